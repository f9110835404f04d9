"""Which association looks into a message that did not arrive."""

from services.notification.domain.message import Message
from shared.contracts.vocabulary.associations import ASSOCIATIONS, NETWORK_HEAD


def responsible_association(message: Message) -> str:
    """The one that the message was for, or that is in charge of what it is about; where none is
    known, or it has left the file, the network's head."""
    named = message.facts.get("association")
    if message.recipient == "coordinator" and message.person in ASSOCIATIONS:
        named = message.person
    return named if named in ASSOCIATIONS else NETWORK_HEAD
