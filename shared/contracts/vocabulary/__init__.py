"""The closed lists that people choose from, as data: one JSON file each, beside this module.

Adding a need, a public or a sector is a line in a file; no code changes. Codes stand in files
and events, labels on pages. Départements and regions follow the code officiel géographique.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

KINDS = (
    "needs",
    "levels",
    "slots",
    "publics",
    "sectors",
    "departments",
    "regions",
    "languages",
    "bonds",
)


def _entries(kind: str) -> Mapping[str, Mapping[str, str]]:
    rows: list[dict[str, Any]] = json.loads(
        files(__name__).joinpath(f"{kind}.json").read_text(encoding="utf-8")
    )
    return MappingProxyType({row["code"]: MappingProxyType(row) for row in rows})


_VOCABULARY = {kind: _entries(kind) for kind in KINDS}

NEEDS: tuple[str, ...] = tuple(_VOCABULARY["needs"])
LEVELS: tuple[str, ...] = tuple(_VOCABULARY["levels"])
SLOTS: tuple[str, ...] = tuple(_VOCABULARY["slots"])
PUBLICS: tuple[str, ...] = tuple(_VOCABULARY["publics"])
SECTORS: tuple[str, ...] = tuple(_VOCABULARY["sectors"])
DEPARTMENTS: tuple[str, ...] = tuple(_VOCABULARY["departments"])
BONDS: tuple[str, ...] = tuple(_VOCABULARY["bonds"])
"""How a guardian is bound to a minor."""
LANGUAGES: tuple[str, ...] = tuple(_VOCABULARY["languages"])
"""Languages offered on pages; any two-letter ISO 639-1 code is accepted elsewhere."""

REGION_OF: Mapping[str, str] = MappingProxyType(
    {code: entry["region"] for code, entry in _VOCABULARY["departments"].items()}
)


def label(kind: str, code: str, lang: str = "fr") -> str:
    """What people read for a code: `label("needs", "job")` → "Trouver un premier emploi".

    A code without a label (a rare language, say) is shown as it is. Raises KeyError for an
    unknown kind.
    """
    entry = _VOCABULARY[kind].get(code)
    return entry[lang] if entry else code
