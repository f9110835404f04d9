"""Priority publics: which follow from other answers, and which are nobody's business."""

from collections.abc import Iterable

from services.registration.domain.overseas import OVERSEAS_REGIONS

SENSITIVE = frozenset({"ase", "disability", "refugee"})
"""Kept apart from everything else, shown only to an association whose speciality they are."""


def with_derived_publics(declared: Iterable[str], level: str, department: str) -> frozenset[str]:
    """What was declared, and what level and place say by themselves."""
    derived = {"lycee_pro"} if level == "lycee_pro" else set()
    if department in OVERSEAS_REGIONS:
        derived.add("outre_mer")
    return frozenset(declared) | derived


def visible_publics(publics: Iterable[str], speciality: frozenset[str]) -> list[str]:
    """Those of a young person's publics that an association is competent for."""
    return sorted(frozenset(publics) & speciality)
