"""Invented people, as every source sends them."""

from datetime import date
from typing import Any

from services.registration.domain.registration import ValidationContext

TODAY = date(2026, 1, 10)
AROUND = ValidationContext(TODAY, fictional_numbers=True)


def young(**changes: Any) -> dict[str, Any]:
    """A young adult of 19 whom an automatic association can serve."""
    person: dict[str, Any] = {
        "first_name": "Inès",
        "last_name": "Marchandeau",
        "born": "2006-05-17",
        "department": "69",
        "email": "ines.marchandeau@exemple.fr",
        "level": "lycee",
        "needs": ["internship", "orientation"],
        "slots": ["wed_pm", "sat_am"],
        "consent": True,
    }
    return person | changes


def volunteer(**changes: Any) -> dict[str, Any]:
    """A mentor of 40."""
    person: dict[str, Any] = {
        "first_name": "Gaspard",
        "last_name": "Lenormand",
        "born": "1985-11-02",
        "department": "69",
        "email": "gaspard.lenormand@exemple.fr",
        "offers": ["internship", "cv_letter"],
        "levels": ["lycee", "bac1_2"],
        "slots": ["wed_pm"],
        "consent": True,
    }
    return person | changes


def form_of(person: dict[str, Any]) -> dict[str, Any]:
    """The same as a browser posts it."""
    year, month, day = str(person["born"]).split("-")
    date = {"born_day": day, "born_month": month, "born_year": year}
    rest = {name: value for name, value in person.items() if name not in ("born", "consent")}
    return rest | date | ({"consent": "yes"} if person["consent"] else {})
