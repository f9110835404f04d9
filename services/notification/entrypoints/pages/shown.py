"""A message of the local mailbox as a page or a program is shown it."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

from services.notification.gateways.mime import CHANNEL_HEADER, ID_HEADER, TEMPLATE_HEADER

_LINK = re.compile(r"https?://[^\s<>\"')\]]+")

TITLES: dict[str, tuple[str, str]] = {
    "mentee_registered": ("Demande reçue", "Request received"),
    "mentor_registered": ("Mentor inscrit", "Mentor registered"),
    "registration_repeated": ("Lien envoyé de nouveau", "Link sent again"),
    "doubt_raised": ("Doublon possible", "Possible duplicate"),
    "contact_changed": ("Contact modifié", "Contact changed"),
    "consent_asked": ("Accord d’un parent", "A parent’s consent"),
    "consent_reminder": ("Accord d’un parent, rappel", "A parent’s consent, reminder"),
    "consent_given": ("Accord d’un parent, à garder", "A parent’s consent, to keep"),
    "guardian_informed": ("Parent informé", "Parent told"),
    "minor_introduced": ("Mise en relation, parent", "Introduction, parent"),
    "guardian_to_confirm": ("Parent à joindre", "Parent to reach"),
    "birthday_reached": ("Anniversaire", "Birthday"),
    "birth_date_corrected": ("Date de naissance corrigée", "Date of birth corrected"),
    "consent_withdrawn": ("Accord retiré", "Consent withdrawn"),
    "request_withdrawn": ("Demande retirée", "Request withdrawn"),
    "request_stopped": ("Demande arrêtée", "Request stopped"),
    "contact_ended": ("Contact arrêté", "Contact ended"),
    "request_routed": ("Demande à prendre en charge", "Request to take charge of"),
    "request_confirmed": ("Association présentée", "Association introduced"),
    "signin_link": ("Lien de connexion", "Link to sign in"),
    "proposition_asked": ("Proposition de binôme", "Proposal for a pair"),
    "proposition_reminder": ("Proposition, rappel", "Proposal, reminder"),
    "proposition_over": ("Proposition refermée", "Proposal closed"),
    "pair_introduced_mentee": ("Mise en relation, jeune", "Introduction, young person"),
    "pair_introduced_mentor": ("Mise en relation, mentor", "Introduction, mentor"),
    "checkin_first_meeting": ("Première rencontre ?", "First meeting?"),
    "checkin_month": ("Suivi du mois", "Monthly check-in"),
    "checkin_renewal": ("Continuer ?", "Go on?"),
    "alert_raised": ("Alerte", "Alert"),
    "engagement_renewed": ("Binôme prolongé", "Pair renewed"),
    "engagement_ended": ("Binôme terminé", "Pair ended"),
}


@dataclass(frozen=True)
class Shown:
    """`name`: the message's file, by which its page is found."""

    name: str
    id: str
    template: str
    channel: str
    recipient: str
    subject: str
    date: datetime
    text: str
    html: str

    @property
    def title(self) -> tuple[str, str]:
        """What the message is, French and English; its template's name for an unknown one."""
        return TITLES.get(self.template, (self.template, self.template))

    @property
    def links(self) -> list[str]:
        """The addresses in the text, each once, in their order."""
        return list(dict.fromkeys(_LINK.findall(self.text)))

    def summary(self) -> dict[str, Any]:
        """For programs: everything but the words."""
        return {
            "id": self.id,
            "template": self.template,
            "channel": self.channel,
            "recipient": self.recipient,
            "date": self.date.isoformat(),
            "links": self.links,
        }


def read_stored(name: str, message: EmailMessage) -> Shown:
    """Read a stored message."""
    return Shown(
        name=name,
        id=message.get(ID_HEADER, ""),
        template=message.get(TEMPLATE_HEADER, ""),
        channel=message.get(CHANNEL_HEADER, "mail"),
        recipient=message.get("To", ""),
        subject=message.get("Subject", ""),
        date=parsedate_to_datetime(message["Date"]),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""
