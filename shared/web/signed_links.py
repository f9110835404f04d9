"""Links that act for one person and one purpose, without an account.

A token is HMAC-SHA256 of purpose and subject under the installation's secret key: 256 bits that
nobody can guess, one purpose each. The owner of a page keeps only its fingerprint and an expiry;
notification derives the same token when it writes the message. So no token ever travels in an
event, waits in a queue or stands in a table.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode

PATHS = {
    "request": ("registration", "/demande/{}"),
    "steps": ("registration", "/demande/{}"),
    "consent": ("registration", "/consentement/{}"),
    "parent": ("registration", "/parent/{}"),
    "contact": ("registration", "/contact-change/{}"),
    "signin": ("registration", "/associations/entree/{}"),
    "checkin": ("followup", "/suivi/{}"),
    "selection": ("matching", "/selection/{}"),
    "proposition": ("matching", "/proposition/{}"),
}
"""Purpose → the service that owns the page, and the page."""


class LinkSigner:
    """Derives tokens and addresses. `bases`: base URL of each service's pages."""

    def __init__(self, secret: str, bases: dict[str, str]) -> None:
        self._key = hashlib.sha256(b"binome-links:" + secret.encode()).digest()
        self._bases = bases

    def token(self, purpose: str, subject: object) -> str:
        """43 URL-safe characters for one purpose and one subject (an id)."""
        digest = hmac.digest(self._key, f"{purpose}:{subject}".encode(), "sha256")
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    def url(self, purpose: str, subject: object) -> str:
        """The whole address to put into a message."""
        service, path = PATHS[purpose]
        return self._bases[service] + path.format(self.token(purpose, subject))


def token_hash(token: str) -> bytes:
    """What is stored of a token, 32 bytes: enough to find its row, useless to open the page."""
    return hashlib.sha256(token.encode()).digest()
