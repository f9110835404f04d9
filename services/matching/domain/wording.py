"""The sentences of an explanation, French and English, for pages, mails and files.

They name no person and suit whoever reads: the young person, the mentor, a coordinator. An
`avoid` is never given away: it reads as "cannot be proposed".
"""

from shared.contracts.vocabulary import label

_SLOTS_COUNTED = 3
"""Time slots in common beyond which a further one counts no more."""
_REGION_OR_DEPARTMENT = 0.5
"""Between the components of people of one region (0.4) and of one département (0.7)."""

Said = tuple[str, str]
"""French, English."""

_STOPPED: dict[str, Said] = {
    "need": ("n'apportent pas l'aide demandée", "do not offer the help asked for"),
    "slot": ("n'ont aucun créneau en commun", "have no time slot in common"),
    "language": ("ne parlent aucune langue en commun", "speak no common language"),
    "level": ("n'accompagnent pas ce niveau", "do not take this school level"),
    "place": ("sont trop loin pour se voir", "are too far away to meet"),
    "safety": (
        "n'ont pas l'habilitation ou l'âge qu'il faut pour l'accompagner",
        "have not the clearance or the age to mentor this person",
    ),
    "association": ("relèvent d'une autre association", "belong to another association"),
    "avoid": ("ne peuvent pas être proposés", "cannot be proposed"),
    "capacity": ("n'ont plus de place", "have no place left"),
    "min_score": ("correspondent trop peu à la demande", "fit the request too little"),
}


def reason(component: str, value: float) -> Said:
    """A reason for a pair, from the name of a component and its value (above 0)."""
    return _REASONS[component](value)


def _share_of(everything: Said, part: Said, value: float) -> Said:
    if value >= 1:
        return everything
    percent = max(round(value * 100), 1)
    return part[0].format(percent), part[1].format(percent)


def _needs(value: float) -> Said:
    return _share_of(
        ("répond à tous les besoins exprimés", "meets every need named"),
        ("répond à {} % des besoins exprimés", "meets {}% of the needs named"),
        value,
    )


def _sectors(value: float) -> Said:
    return _share_of(
        ("connaît tous les secteurs souhaités", "knows every sector wished for"),
        ("connaît {} % des secteurs souhaités", "knows {}% of the sectors wished for"),
        value,
    )


def _slots(value: float) -> Said:
    if value >= 1:
        return "au moins trois créneaux en commun", "three time slots or more in common"
    if round(value * _SLOTS_COUNTED) == _SLOTS_COUNTED - 1:
        return "deux créneaux en commun", "two time slots in common"
    return "un créneau en commun", "one time slot in common"


def _proximity(value: float) -> Said:
    if value >= 1:
        return "même commune", "same municipality"
    if value > _REGION_OR_DEPARTMENT:
        return "même département", "same département"
    return "même région", "same region"


def _waiting(value: float) -> Said:
    days = round(value * 30)
    if value >= 1:
        return "attend depuis 30 jours ou plus", "has waited for 30 days or more"
    if days <= 1:
        return "attend depuis un jour", "has waited for a day"
    return f"attend depuis {days} jours", f"has waited for {days} days"


_REASONS = {
    "needs": _needs,
    "sectors": _sectors,
    "slots": _slots,
    "proximity": _proximity,
    "waiting": _waiting,
}


def describe_taken(permitted: int) -> Said:
    """Somebody would do, but the round has given every place to others."""
    if permitted == 1:
        return (
            "Une personne conviendrait, mais toutes ses places sont prises dans cette tournée.",
            "One mentor would fit, but every place with them is taken in this round.",
        )
    return (
        f"{permitted} personnes conviendraient, mais toutes les places sont prises "
        "dans cette tournée.",
        f"{permitted} mentors would fit, but every place is taken in this round.",
    )


def describe_gate(gate: str | None, count: int, mentors: int) -> Said:
    """Nobody would do; `gate` stops `count` of the `mentors` (None: there is no mentor)."""
    if gate is None:
        return "Aucun mentor n'est disponible.", "There is no mentor available."
    fr, en = _STOPPED[gate]
    return (
        f"Aucun mentor ne convient pour l'instant : sur {mentors}, {count} {fr}.",
        f"No mentor fits yet: of {mentors}, {count} {en}.",
    )


def describe_opening(change: str, mentors: int) -> Said:
    """What one change would bring; `change` as in `Opening`."""
    fr, en = _change(change)
    more_fr = (
        "un mentor de plus conviendrait"
        if mentors == 1
        else (f"{mentors} mentors de plus conviendraient")
    )
    more_en = "one more mentor would fit" if mentors == 1 else f"{mentors} more mentors would fit"
    return f"{fr}, {more_fr}.", f"{en}, {more_en}."


def _change(change: str) -> Said:
    kind, _, code = change.partition(":")
    if kind == "slot":
        fr, en = label("slots", code, "fr"), label("slots", code, "en")
        return f"Avec le créneau « {fr} »", f"With the time slot “{en}”"
    if kind == "language":
        fr, en = label("languages", code, "fr"), label("languages", code, "en")
        return f"Avec la langue « {fr} »", f"With the language “{en}”"
    return "En acceptant le mentorat à distance", "By accepting remote mentoring"
