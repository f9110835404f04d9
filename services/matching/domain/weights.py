"""The five components of a score, and what a policy makes each count."""

from dataclasses import dataclass

COMPONENTS = ("needs", "sectors", "slots", "proximity", "waiting")


@dataclass(frozen=True)
class Components:
    """The five parts of a score, each in [0, 1], before weighting."""

    needs: float
    sectors: float
    slots: float
    proximity: float
    waiting: float

    def by_name(self) -> dict[str, float]:
        """Name → value, in the order of `COMPONENTS`."""
        return {name: getattr(self, name) for name in COMPONENTS}


@dataclass(frozen=True)
class Weights:
    """What each component counts; ≥ 0, summing to 1 (`policy` checks it)."""

    needs: float = 0.40
    sectors: float = 0.15
    slots: float = 0.15
    proximity: float = 0.10
    waiting: float = 0.20

    def by_name(self) -> dict[str, float]:
        """Name → weight, in the order of `COMPONENTS`."""
        return {name: getattr(self, name) for name in COMPONENTS}
