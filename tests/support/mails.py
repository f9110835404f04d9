"""Mails as their readers see them."""

from email.message import EmailMessage
from typing import Literal


def body_of(mail: EmailMessage, kind: Literal["plain", "html"] = "plain") -> str:
    """The text of a mail; a test fails on one that has none of this kind."""
    body = mail.get_body((kind,))
    assert body is not None, f"no {kind} text"
    return str(body.get_content())
