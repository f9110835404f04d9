"""A mentor whose mailbox is dead, from the form to the alert of the association."""

import json
from pathlib import Path
from typing import Any

from shared.contracts.events import (
    AlertRaised,
    IntroductionFailed,
    MessageFailed,
    PairConfirmed,
    PairIntroduced,
    PairUndone,
    ReachabilityChanged,
)
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from tests.integration.contract.network import Network
from tests.integration.notification.mail_server import MailServer, words
from tests.integration.owners import count_unowned
from tests.integration.registration.conftest import register

CASE = json.loads((Path(__file__).parents[2] / "cases" / "dead_mailbox.json").read_text())
YOUNG, MENTOR = CASE
DEAD, HERS = MENTOR["email"], YOUNG["email"]
REFUSED = "550 5.1.1 No such user"
WILL_WRITE = "va t’écrire"


async def come(network: Network, person: dict[str, Any]) -> None:
    answer = await register(network.harnesses["registration"], person)
    assert answer.status_code == 202, answer.text


async def count_owned(network: Network) -> dict[str, dict[str, int]]:
    found = {name: await count_unowned(harness) for name, harness in network.harnesses.items()}
    return {name: counts for name, counts in found.items() if counts}


async def test_a_mentor_whose_first_mail_is_refused_is_not_matched(
    network: Network, mail: MailServer
) -> None:
    mail.replies[DEAD] = REFUSED
    await come(network, MENTOR)
    await network.settle()
    await come(network, YOUNG)
    await network.settle()
    assert network.all(PairConfirmed) == []
    assert [one.reachable for one in network.all(ReachabilityChanged)] == [False]
    (alert,) = network.all(AlertRaised)
    assert alert.association in ASSOCIATIONS, "a human is informed"
    assert not [message for message in mail.to(HERS) if WILL_WRITE in words(message)]
    assert await count_owned(network) == {}


async def test_a_later_bounce_frees_the_place_and_all_are_informed(
    network: Network, mail: MailServer
) -> None:
    await come(network, MENTOR)
    await network.settle()
    mail.replies[DEAD] = REFUSED
    await come(network, YOUNG)
    await network.settle()
    (pair,) = network.all(PairConfirmed)
    (failed,) = network.all(IntroductionFailed)
    assert (failed.pair_id, failed.side, failed.association) == (
        pair.pair_id,
        "mentor",
        pair.association,
    )
    assert [one.pair_id for one in network.all(PairUndone)] == [pair.pair_id]
    assert network.all(PairIntroduced) == []
    assert {one.association for one in network.all(MessageFailed)} == {pair.association}
    assert [(one.association, one.reason) for one in network.all(AlertRaised)] == [
        (pair.association, "introduction_failed")
    ]
    texts = [words(message) for message in mail.to(HERS)]
    assert not [text for text in texts if WILL_WRITE in text]
    assert len([text for text in texts if "nous n’arrivons pas à le joindre" in text]) == 1
    matching = network.harnesses["matching"].pool
    assert await matching.fetchval("SELECT taken FROM mentors") == 0
    assert await matching.fetchval("SELECT state FROM requests") == "waiting"
    assert await count_owned(network) == {}
    coordinator = ASSOCIATIONS[pair.association].coordinator
    assert [message for message in mail.to(coordinator) if "besoin de vous" in message["Subject"]]


async def test_whoever_is_reached_again_is_matched_and_asked_how_it_goes(
    network: Network, mail: MailServer
) -> None:
    mail.replies[DEAD] = REFUSED
    for person in (MENTOR, YOUNG):
        await come(network, person)
    await network.settle()
    del mail.replies[DEAD]
    second = MENTOR | {
        "email": "odile.two@example.org",
        "first_name": "Ondine",
        "born": "1981-02-03",
    }
    await come(network, second)
    await network.settle()
    await network.days(8)
    assert len(network.all(PairIntroduced)) == 1
    assert await count_owned(network) == {}
    for name, harness in network.harnesses.items():
        asked = {kind.topic for kind in harness.service.subscribes}
        assert {topic for other, topic in network.deliveries if other == name} <= asked
