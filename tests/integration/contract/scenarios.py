"""Courses of invented people, each by real endpoints: together they publish every event."""

from datetime import timedelta
from typing import Any

from services.matching.domain.programme import Changes
from services.matching.store import Programmes
from services.registration.use_cases.sign_in import invite_user, state_open_sessions
from shared.contracts.events import (
    AnswerAsked,
    CheckInAsked,
    ContactChanged,
    DoubtRaised,
    Event,
    GuardianNamed,
    MenteeRegistered,
    MentorRegistered,
    SignInAsked,
)
from tests.integration.contract.network import Network
from tests.integration.notification.mail_server import MailServer
from tests.integration.registration.conftest import DECLARED, csrf, path_of, register
from tests.unit.registration.people import volunteer, young

PARENT = {"guardian_first_name": "Maud", "guardian_email": "maud@exemple.fr"}
OURS = "tandem_avenir"
MENTOR = {"kind": "mentor", **volunteer(association=OURS, reference="m-1")}
REFUSED = "550 5.1.1 No such user"


async def come(network: Network, **fields: Any) -> Any:
    """Somebody registers by a partner's key, and everything that follows at once."""
    answer = await register(network.harnesses["registration"], fields)
    assert answer.status_code == 202, answer.text
    await network.settle()
    kind = MenteeRegistered if fields["kind"] == "mentee" else MentorRegistered
    return network.all(kind)[-1]


async def post(network: Network, service: str, path: str, **data: str) -> None:
    """Press a button, and everything that follows at once."""
    answer = await network.harnesses[service].client.post(path, data=data)
    assert answer.status_code in (200, 303), (path, answer.status_code)
    await network.settle()


async def pair(network: Network, **more: Any) -> tuple[Any, Any]:
    """A cleared mentor and a young person, introduced to each other."""
    until = (network.harnesses["registration"].clock.now() + timedelta(days=400)).date()
    mentor = await come(network, **MENTOR | {"cleared": until.isoformat()})
    mentee = await come(network, **{"kind": "mentee", **young(**more)})
    return mentor, mentee


async def answer(network: Network, kind: str, choice: str) -> None:
    """Both tap the same answer to their latest question of a kind."""
    harness = network.harnesses["followup"]
    for side in ("mentee", "mentor"):
        asked = [x for x in network.all(CheckInAsked) if (x.kind, x.side) == (kind, side)][-1]
        token = harness.runtime.links.token("checkin", asked.checkin_id)
        await post(network, "followup", f"/suivi/{token}", answer=choice)
    await harness.fire_due()
    await network.settle()


async def sign_in(network: Network, association: str) -> None:
    """By the link that is mailed to a person of an association."""
    harness = network.harnesses["registration"]
    address = f"camille.{association}@exemple.fr"
    async with harness.runtime.begin() as tx:
        await invite_user("camille", association, address, tx)
    await post(network, "registration", "/associations/entree", email=address)
    asked = network.all(SignInAsked)[-1]
    await post(network, "registration", path_of(harness, "signin", asked.signin_id))


async def a_pair_goes_its_way(network: Network, mail: MailServer) -> None:
    """Introduced, met, renewed; then nobody answers any more, and it ends."""
    await pair(network)
    await network.days(7)
    await answer(network, "first_meeting", "yes")
    await network.days(75)
    await answer(network, "month_3", "renew")
    await network.days(102)


async def a_child_has_a_guardian(network: Network, mail: MailServer) -> None:
    """A parent consents; the association is asked to make sure of them; the child is 15."""
    child = await come(network, **{"kind": "mentee", **young(born="2011-01-20", **PARENT)})
    harness = network.harnesses["registration"]
    await post(network, "registration", path_of(harness, "consent", child.request_id), **DECLARED)
    await network.days(12)


async def a_pupil_is_introduced(network: Network, mail: MailServer) -> None:
    """At 16: the guardian is informed of the request, and of the mentor."""
    await pair(network, born="2009-05-17", **PARENT)
    assert network.all(GuardianNamed)


async def a_mailbox_dies(network: Network, mail: MailServer) -> None:
    """The mentor's, after they registered: the pair is undone."""
    await come(network, **MENTOR)
    mail.replies[MENTOR["email"]] = REFUSED
    await come(network, **{"kind": "mentee", **young()})


async def somebody_registers_twice(network: Network, mail: MailServer) -> None:
    """Who may be somebody known is held, until the association says: somebody else."""
    await come(network, **{"kind": "mentee", **young()})
    await come(network, **{"kind": "mentee", **young(email="autre@exemple.fr")})
    (doubt,) = network.all(DoubtRaised)
    await sign_in(network, doubt.association)
    harness = network.harnesses["registration"]
    path = f"/associations/doublons/{doubt.doubt_id}"
    page = (await harness.client.get(path)).text
    await post(network, "registration", path, csrf=csrf(page), answer="different")


async def people_of_associations_come_and_go(network: Network, mail: MailServer) -> None:
    """Signed in, listed, signed out."""
    await sign_in(network, OURS)
    harness = network.harnesses["registration"]
    async with harness.runtime.begin() as tx:
        await state_open_sessions(tx)
    page = (await harness.client.get("/associations")).text
    await post(network, "registration", "/associations/sortie", csrf=csrf(page))


async def people_leave(network: Network, mail: MailServer) -> None:
    """A young person withdraws, a mentor is erased, everybody gives a receipt."""
    mentor, mentee = await pair(network)
    harness = network.harnesses["registration"]
    await post(network, "registration", path_of(harness, "request", mentee.request_id) + "/retrait")
    await post(network, "registration", path_of(harness, "request", mentor.mentor_id) + "/effacer")
    await network.days(1)


async def a_contact_changes(network: Network, mail: MailServer) -> None:
    """Told to the old address, which was proved by its link; the new one is a mentor's, too."""
    await come(network, **MENTOR)
    await post(network, "registration", "/inscription/jeune", **_form_of(young()))
    mentee = network.all(MenteeRegistered)[-1]
    path = path_of(network.harnesses["registration"], "request", mentee.request_id)
    await post(network, "registration", path + "/adresse")
    await post(network, "registration", path + "/contact", email=MENTOR["email"])
    assert network.all(ContactChanged)


async def a_birth_date_is_corrected(network: Network, mail: MailServer) -> None:
    """To somebody younger, by one's own link."""
    await post(network, "registration", "/inscription/jeune", **_form_of(young()))
    mentee = network.all(MenteeRegistered)[-1]
    path = path_of(network.harnesses["registration"], "request", mentee.request_id)
    later = {"born_day": "3", "born_month": "6", "born_year": "2009"} | PARENT
    await post(network, "registration", path + "/naissance", **later)


def _form_of(person: dict[str, Any]) -> dict[str, Any]:
    year, month, day = person["born"].split("-")
    rest = {name: value for name, value in person.items() if name not in ("born", "consent")}
    return rest | {"born_day": day, "born_month": month, "born_year": year, "consent": "yes"}


async def a_clearance_ends_and_comes_back(network: Network, mail: MailServer) -> None:
    """A partner withdraws its yes and gives it again; somebody else's yes is a claim."""
    await pair(network, born="2009-05-17", **PARENT)
    for cleared in ("no", "2027-01-01"):
        await come(network, **MENTOR | {"cleared": cleared})
    claimed = volunteer(email="autre@exemple.fr", first_name="Basile", born="1970-02-03")
    await come(network, **{"kind": "mentor", **claimed, "association": OURS, "cleared": True})


async def a_mentor_is_sixteen_after_all(network: Network, mail: MailServer) -> None:
    """By their own link: they wait for their guardian."""
    mentor = await come(network, **MENTOR)
    path = path_of(network.harnesses["registration"], "request", mentor.mentor_id)
    born = {"born_day": "3", "born_month": "5", "born_year": "2009"}
    await post(network, "registration", path + "/naissance", **born)


async def both_are_asked_first(network: Network, mail: MailServer) -> None:
    """One agrees, the other does not; who waits then reads why."""
    async with network.harnesses["matching"].runtime.begin() as tx:
        await Programmes(tx.connection).set("national", Changes(mode="proposal"))
    await pair(network)
    links = network.harnesses["matching"].runtime.links
    for choice, asked in zip(("accepted", "declined"), network.all(AnswerAsked), strict=True):
        token = links.token("proposition", asked.answer_id)
        await post(network, "matching", f"/proposition/{token}", answer=choice)
    await network.days(2)


SCENARIOS = {
    a_pair_goes_its_way: (
        "mentee.registered",
        "mentor.registered",
        "request.routed",
        "request.confirmed",
        "pair.proposed",
        "pair.confirmed",
        "pair.introduced",
        "message.sent",
        "checkin.asked",
        "meeting.confirmed",
        "engagement.renewed",
        "engagement.ended",
        "alert.raised",
    ),
    a_child_has_a_guardian: (
        "consent.asked",
        "consent.given",
        "confirmation.asked",
        "birthday.reached",
    ),
    a_pupil_is_introduced: ("guardian.named", "minor.introduced"),
    a_mailbox_dies: (
        "message.failed",
        "reachability.changed",
        "introduction.failed",
        "pair.undone",
    ),
    somebody_registers_twice: ("doubt.raised", "registration.repeated", "hold.lifted"),
    people_of_associations_come_and_go: (
        "signin.asked",
        "session.opened",
        "session.ended",
        "sessions.listed",
    ),
    people_leave: ("request.withdrawn", "mentor.left", "person.erased", "erasure.done"),
    a_birth_date_is_corrected: ("birth_date.corrected",),
    a_contact_changes: ("contact.proved", "contact.changed", "person.kept_apart"),
    a_clearance_ends_and_comes_back: (
        "clearance.changed",
        "clearance.asked",
        "pair.paused",
        "pair.resumed",
    ),
    a_mentor_is_sixteen_after_all: ("birth_date.corrected", "hold.placed"),
    both_are_asked_first: ("answer.asked", "pair.released", "request.explained"),
}
"""Each scenario, and the topics that it shows."""


def told_by_nobody(topics: dict[str, type[Event]]) -> set[str]:
    """The topics that no scenario publishes."""
    return set(topics) - {topic for published in SCENARIOS.values() for topic in published}
