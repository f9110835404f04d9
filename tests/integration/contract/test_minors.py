"""What a minor and the guardian read, from the registration to the message to keep."""

import re
from typing import Any

import pytest

from shared.contracts.events import ConsentAsked, GuardianNamed, RequestWithdrawn
from tests.integration.contract.network import Network
from tests.integration.contract.test_dead_mailbox import come
from tests.integration.notification.mail_server import MailServer, words
from tests.integration.registration.conftest import DECLARED
from tests.unit.registration.people import young

PARENT = "maud@exemple.fr"
CHILD = {
    "kind": "mentee",
    **young(born="2013-03-04", guardian_first_name="Maud", guardian_email=PARENT),
}
"""Twelve years old."""


def texts(mail: MailServer, address: str) -> list[str]:
    return [words(message) for message in mail.to(address)]


def path_in(text: str, page: str) -> str:
    """Where the link of a message leads, without its host."""
    (link,) = set(re.findall(rf"https?://[^\s\"<>]+(/{page}/[A-Za-z0-9_-]{{43}})", text))
    return str(link)


async def press(network: Network, path: str, form: dict[str, Any] | None = None) -> None:
    answer = await network.harnesses["registration"].client.post(path, data=form or {})
    assert answer.status_code in (200, 303)
    await network.settle()


@pytest.mark.parametrize(
    ("lang", "waits", "over"),
    [
        ("fr", "Tout attend maintenant l’accord de ton parent", "rien d’autre à faire"),
        ("en", "Everything now waits for the consent of your parent", "nothing else to do"),
    ],
)
async def test_a_child_under_15_reads_that_all_waits_for_the_parent(
    network: Network, mail: MailServer, lang: str, waits: str, over: str
) -> None:
    await come(network, CHILD | {"lang": lang})
    await network.settle()
    (own,) = texts(mail, CHILD["email"])
    assert waits in own
    assert over not in own
    assert len(texts(mail, PARENT)) == 1


async def test_a_parent_is_reminded_and_keeps_a_mail_by_which_consent_is_withdrawn(
    network: Network, mail: MailServer
) -> None:
    await come(network, CHILD)
    await network.days(12)
    assert [event.reminder for event in network.all(ConsentAsked)] == [0, 1, 2]
    asked = texts(mail, PARENT)
    assert len(asked) == 3, "the question, and on day 3 and day 10 again"
    (consent,) = {path_in(text, "consentement") for text in asked}
    await press(network, consent, DECLARED)
    (kept,) = [text for text in texts(mail, PARENT) if "Gardez ce message" in text]
    assert "retirer votre accord à tout moment" in kept
    await press(network, path_in(kept, "parent") + "/retrait")
    assert [event.reason for event in network.all(RequestWithdrawn)] == ["consent_withdrawn"]
    assert "accord" in texts(mail, PARENT)[-1], "what was stopped is confirmed"


async def test_a_parent_of_15_to_17_is_told(network: Network, mail: MailServer) -> None:
    await come(network, CHILD | {"born": "2009-03-04"})
    await network.settle()
    assert len(network.all(GuardianNamed)) == 1
    (text,) = texts(mail, PARENT)
    assert path_in(text, "parent"), "with the page on which they may object"
