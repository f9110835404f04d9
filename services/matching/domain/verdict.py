"""What a check of a round found: each broken rule by its name, and where."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """A broken rule. `rule` is a gate, or `person twice capacity round_cap score components` for
    pairs, or a field of the certificate; the ids are None where no single pair is at fault.
    `says` is a French sentence."""

    rule: str
    says: str
    mentee_id: str | None = None
    mentor_id: str | None = None


@dataclass(frozen=True)
class Verdict:
    """All violations, and notes on what is accepted but should be known (French)."""

    violations: tuple[Violation, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """True when nothing is violated."""
        return not self.violations
