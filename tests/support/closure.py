"""What a group of dependencies brings along, by the metadata of what is installed."""

from importlib.metadata import distribution

from packaging.requirements import Requirement

from tests.architecture.dependencies import normalize_name


def closure(groups: list[str]) -> set[str]:
    """Normalized names of all distributions that installing `binome[groups]` on here needs."""
    found: set[str] = set()
    left = [Requirement(f"binome[{','.join(groups)}]")]
    seen: set[tuple[str, frozenset[str]]] = set()
    while left:
        wanted = left.pop()
        name, extras = normalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found.add(name)
        for line in distribution(name).requires or []:
            needed = Requirement(line)
            if _is_needed(needed, extras):
                left.append(needed)
    return found


def _is_needed(requirement: Requirement, extras: frozenset[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})
