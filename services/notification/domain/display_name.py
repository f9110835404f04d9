"""What we call somebody in a message: their first name, unless it is something else."""

import re

LONGEST = 40
_NAME = re.compile(r"[^\W\d_]+(?:[ '’\-][^\W\d_]+)*\.?")


def display_name(first_name: str) -> str:
    """The first name when it reads as one, else "" (the message then greets without a name).

    A form anybody may fill with somebody else's address must not carry a stranger's words or a
    link into our mails.
    """
    name = " ".join(first_name.split())
    return name if len(name) <= LONGEST and _NAME.fullmatch(name) else ""
