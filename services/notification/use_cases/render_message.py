"""Writing a message out: its template, the words it may use, the look of a mail or of an SMS."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import Any

from services.notification.domain.catalogue import CATALOGUE, Link, subject_of
from services.notification.domain.display_name import display_name
from services.notification.domain.gsm import gsm
from services.notification.domain.message import Message
from services.notification.domain.outgoing_message import OutgoingMessage
from services.notification.use_cases.find_recipient import RecipientContact
from shared.contracts.types import Channel, Lang
from shared.contracts.vocabulary.associations import association_or_head
from shared.web import mail_templates
from shared.web.dates import day
from shared.web.signed_links import LinkSigner

_ALSO: dict[str, dict[Lang, str]] = {
    "mentee_registered": {"fr": "Une demande de mentor", "en": "A request for a mentor"},
    "mentor_registered": {"fr": "Une inscription de mentor", "en": "A mentor’s registration"},
    "registration_repeated": {"fr": "Une inscription déjà faite", "en": "An earlier registration"},
    "consent_asked": {"fr": "L’accord d’un parent", "en": "A parent’s consent"},
    "guardian_informed": {
        "fr": "Une démarche de votre enfant",
        "en": "A step your child has taken",
    },
    "request_confirmed": {"fr": "Une demande de mentor", "en": "A request for a mentor"},
}
"""What a message that leaves as part of another is about."""
TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True)
class Association:
    """An association as a young person meets it."""

    name: str
    presentation: str


class MessageRenderer:
    """Renders outgoing messages. `bases`: address of each service's pages, without a last slash.

    The subject of a mail is the block `subject` of its HTML template.
    """

    def __init__(self, links: LinkSigner, bases: dict[str, str]) -> None:
        self._links = links
        self._bases = bases
        self._mail_templates = mail_templates(TEMPLATES)

    def write(
        self,
        message: Message,
        contact: RecipientContact,
        channel: Channel,
        at: datetime,
        folded: Sequence[Message] = (),
    ) -> OutgoingMessage:
        """`folded`: what else leaves with it, a line with its link each.

        Raises UnsafeHeader, and jinja2's errors when a template is wrong.
        """
        lang = message.lang or contact.addressee.lang
        words = self._words(message, contact, lang) | {"also": self._also(message, folded, lang)}
        name = f"{message.template}.{lang}"
        given = contact.addressee
        if channel == "sms":
            text = gsm(self._render(f"{name}.sms.txt", words) + _also_by_sms(words["also"], lang))
            return OutgoingMessage(message.id, message.template, "sms", given.phone or "", text, at)
        mail = self._mail_templates.write(name, lang, words)
        subject = self._subject(name, words)
        return OutgoingMessage(
            message.id, message.template, "mail", given.email or "", mail.text, at,
            subject, mail.html,
        )  # fmt: skip

    def _words(self, message: Message, contact: RecipientContact, lang: Lang) -> dict[str, Any]:
        facts = message.facts
        return {
            "name": display_name(contact.addressee.first_name),
            "link": self._link(message),
            "side": message.recipient,
            "other": contact.other,
            "guarded": contact.addressee.guarded,
            "association": _association(facts.get("association"), lang),
            "kind": facts.get("kind", ""),
            "reason": facts.get("reason", ""),
            "signal": int(facts.get("signal", "1")),
            "said_by": facts.get("said_by", ""),
            "left": facts.get("left", ""),
            "introduced": bool(facts.get("introduced")),
            "term": int(facts.get("term", "1")),
            "awaits": facts.get("awaits", ""),
            "age": facts.get("age", ""),
            "child_side": facts.get("child_side", ""),
            "minority": facts.get("minority", ""),
            "reminder": bool(facts.get("reminder")),
            "last_day": _day(facts.get("last_day"), lang),
        }

    def _link(self, message: Message) -> str:
        target = CATALOGUE[message.template]
        if isinstance(target, Link):
            return self._links.url(target.purpose, subject_of(target, message))
        return self._bases[target.service] + target.path

    def _also(
        self, message: Message, folded: Sequence[Message], lang: Lang
    ) -> list[tuple[str, str]]:
        """What each of the others says, and its link; a repeat of a link says nothing new."""
        sentences = {self._link(other): _ALSO[other.template][lang] for other in folded}
        own = self._link(message)
        return [(words, link) for link, words in sentences.items() if link != own]

    def _subject(self, name: str, words: dict[str, Any]) -> str:
        template = self._mail_templates.environment.get_template(f"{name}.html")
        block = template.blocks["subject"](template.new_context(words))
        return " ".join(unescape("".join(block)).split())

    def _render(self, name: str, words: dict[str, Any]) -> str:
        return " ".join(self._mail_templates.environment.get_template(name).render(words).split())


def _also_by_sms(also: list[tuple[str, str]], lang: Lang) -> str:
    if not also:
        return ""
    links = " ".join(link for _, link in also)
    return f" Autres inscriptions : {links}" if lang == "fr" else f" Other registrations: {links}"


def _day(written: str | None, lang: Lang) -> str:
    return day(date.fromisoformat(written), lang) if written else ""


def _association(code: str | None, lang: Lang) -> Association | None:
    entry = association_or_head(code)
    if entry is None:
        return None
    return Association(getattr(entry, lang), getattr(entry.presentation, lang))
