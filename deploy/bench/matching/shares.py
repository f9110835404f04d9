"""How often each thing is met among invented people: plausible for France, taken from no file of
anybody. Whatever makes the benchmark hard is here: minors are many and cleared mentors few, the
associations that vet them are capped, and young people of one public come with little to go by."""

import json
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from shared.contracts.vocabulary import NEEDS, SECTORS, SLOTS

LEVELS = MappingProxyType(
    {
        "primary": 0.02,
        "college": 0.24,
        "lycee": 0.30,
        "lycee_pro": 0.16,
        "bac1_2": 0.12,
        "bac3_plus": 0.10,
        "out_of_school": 0.06,
    }
)
SCHOOL = frozenset(("primary", "college", "lycee", "lycee_pro"))
"""Levels of people who are mostly minors."""

NEED = MappingProxyType(dict(zip(NEEDS, (3, 5, 5, 2, 3, 3, 2, 2, 2, 2), strict=True)))
SECTOR = MappingProxyType(
    dict(zip(SECTORS, (2, 3, 2, 4, 2, 2, 5, 3, 2, 5, 4, 3, 3, 3, 3), strict=True))
)
SLOT = MappingProxyType(
    {
        slot: 4.0 if slot.endswith("eve") or slot.startswith(("wed", "sat")) else 1.0
        for slot in SLOTS
    }
)
OTHER_LANGUAGE = MappingProxyType(
    {"en": 12, "ar": 8, "pt": 3, "es": 5, "tr": 3, "uk": 2, "fa": 2, "ps": 1, "so": 1, "zh": 1}
)
PUBLIC = MappingProxyType({"qpv": 0.22, "rural": 0.15, "rep": 0.12, "scholarship": 0.25})
PRIORITY = "ase"
"""The public of the floor."""

INHABITANTS: Mapping[str, float] = MappingProxyType(
    json.loads(files(__name__.rpartition(".")[0]).joinpath("inhabitants.json").read_text("utf-8"))
)
"""Thousands of inhabitants a département, rounded."""
