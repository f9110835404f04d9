"""The association of a request that waits leaves the file: everybody else is matched as ever."""

import json
from pathlib import Path
from typing import Any

from services.matching.use_cases.reread_rows import read_all
from services.registration.use_cases.hand_on_requests import hand_on_some
from shared.contracts.events import (
    MenteeRegistered,
    PairConfirmed,
    RequestConfirmed,
    RequestRouted,
)
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from tests.integration.contract.network import Network
from tests.integration.contract.test_dead_mailbox import come, count_owned
from tests.integration.matching.stored_pairs import state_of
from tests.integration.notification.mail_server import MailServer, words
from tests.integration.registration.conftest import csrf, path_of, sign_in

CASE = json.loads((Path(__file__).parents[2] / "cases" / "closed_association.json").read_text())
STRANDED, *OTHERS = CASE
IN_CHARGE, GONE = "grandir_ensemble", "closed_club"


async def take_charge(network: Network, request_id: Any) -> None:
    """As the first association does: in charge, and the guardian seen to by the ASE's service."""
    await network.settle()
    registration = network.harnesses["registration"]
    await sign_in(registration, IN_CHARGE)
    page = await registration.client.get("/associations", headers={"accept": "text/html"})
    token = {"csrf": csrf(page.text)}
    item = f"/associations/demandes/{request_id}"
    for act, form in (("/prise-en-charge", {}), ("/parent", {"how": "ase_service"})):
        answer = await registration.client.post(item + act, data=token | form)
        assert answer.status_code == 303
    await network.settle()


async def leave_the_file(network: Network) -> None:
    """What is stored names, from now on, an association that nobody finds in the file."""
    for name in ("registration", "matching"):
        await network.harnesses[name].pool.execute(
            "UPDATE requests SET association = $1 WHERE association = $2", GONE, IN_CHARGE
        )
    await read_all(network.harnesses["matching"].runtime)


async def test_all_others_are_matched_and_the_stranded_request_is_handed_on(
    network: Network, mail: MailServer
) -> None:
    await come(network, STRANDED)
    await network.settle()
    (stranded,) = network.all(MenteeRegistered)
    await take_charge(network, stranded.request_id)
    assert [one.association for one in network.all(RequestConfirmed)] == [IN_CHARGE]
    await leave_the_file(network)
    for person in OTHERS:
        await come(network, person)
    await network.settle()
    assert len(network.all(PairConfirmed)) == 1
    they_read_of_each_other(mail)
    matching = network.harnesses["matching"]
    assert await state_of(matching, stranded.request_id) == "set_aside", "and shown by its count"
    assert await matching.pool.fetchval("SELECT array_agg(DISTINCT state) FROM rounds") == [
        "published"
    ]

    registration = network.harnesses["registration"]
    tracking = await registration.client.get(path_of(registration, "request", stranded.request_id))
    assert ASSOCIATIONS["reseau_binome"].fr in tracking.text, "a subject stands in every sentence"
    assert await count_owned(network) == {"registration": {"requests": 1}}, (
        "an operator is shown it"
    )
    async with registration.runtime.begin() as tx:
        assert await hand_on_some(100, tx) == 1
    await network.settle()
    routed = [one for one in network.all(RequestRouted) if one.request_id == stranded.request_id]
    assert routed[-1].association in ASSOCIATIONS
    assert await count_owned(network) == {}


def they_read_of_each_other(mail: MailServer) -> None:
    young, mentor = OTHERS[1:]
    for one, other in ((young, mentor), (mentor, young)):
        mails = [words(message) for message in mail.to(one["email"])]
        assert [text for text in mails if other["first_name"] in text]
