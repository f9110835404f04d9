"""Mail addresses and numbers, as those who carry messages tell them apart."""

SMS_PREFIXES = ("+33", "+262", "+508", "+590", "+594", "+596", "+681", "+687", "+689")
"""France and overseas: only these are sent SMS."""
LAST_DIGITS = 4


def plain_mail(address: str) -> str:
    """An address as its mailbox sees it: no case, no `+tag`, no dots at Gmail's."""
    local, _, domain = address.casefold().rpartition("@")
    local = local.partition("+")[0]
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def gets_sms(number: str) -> bool:
    """Whether a number in E.164 is one that SMS are sent to."""
    return number.startswith(SMS_PREFIXES)


def number_block(number: str) -> str:
    """The block of 10 000 numbers that a number in E.164 lies in.

    Operators are given numbers by the block; who sells SMS to their own numbers owns whole blocks.
    """
    return number[:-LAST_DIGITS]
