"""Why a round failed, or a row was set aside, in words for those who look after it."""

Said = tuple[str, str]
"""French, English."""

_ROUND: dict[str, Said] = {
    "too_many_attempts": (
        "interrompue trop souvent : lire les journaux de matching autour de cette heure",
        "interrupted too often: read the logs of matching around that time",
    ),
    "unproved": (
        "la preuve du calcul ne tient pas : rien n’a été annoncé",
        "the proof does not hold: nobody was told anything",
    ),
}
_SET_ASIDE: dict[str, Said] = {
    "association": ("son association n’existe plus", "its association no longer exists"),
    "department": ("son département n’existe plus", "its département no longer exists"),
    "level": ("un niveau scolaire n’existe plus", "a school level no longer exists"),
    "need": ("un besoin n’existe plus", "a need no longer exists"),
    "slot": ("un créneau n’existe plus", "a time slot no longer exists"),
    "unreachable": ("aucun message ne lui parvient", "no message arrives"),
    "untold": ("son binôme n’a pas pu être annoncé", "its pair could not be stated"),
}


def why_failed(reason: str | None) -> Said:
    """Why a round failed: a reason of ours, or the name of an error."""
    if reason is None:
        return "raison inconnue", "reason unknown"
    error = (f"erreur du programme ({reason})", f"error of the program ({reason})")
    return _ROUND.get(reason, error)


def why_set_aside(reason: str) -> Said:
    """Why a request or a mentor is set aside."""
    return _SET_ASIDE.get(reason, (reason, reason))
