"""`/suivi/{token}`: what it shows, what it takes, and the one answer of a link that is done."""

from itertools import product

from shared.contracts.events import MeetingConfirmed
from shared.contracts.types import CheckInKind, Side
from tests.integration.followup.pair import Pair
from tests.support.service_harness import ServiceHarness

SIDES: tuple[Side, ...] = ("mentee", "mentor")
BROWSER = {"accept": "text/html"}
DAYS_BETWEEN: dict[CheckInKind, float] = {
    "first_meeting": 7,
    "month_1": 24,
    "month_2": 28,
    "month_3": 18,
}
OFFERED = {
    "first_meeting": ["yes", "not_yet"],
    "month_1": ["well", "could_be_better", "not_well", "stopped"],
    "month_2": ["well", "could_be_better", "not_well", "stopped"],
    "month_3": ["renew", "longer", "close"],
}


async def page(pair: Pair, kind: CheckInKind, side: Side, lang: str = "fr") -> str:
    path = pair.path(pair.find_question(kind, side).checkin_id)
    response = await pair.harness.client.get(path, params={"lang": lang})
    assert response.status_code == 200
    return response.text


def buttons(html: str) -> list[str]:
    """Values of the buttons that answer, in the order shown."""
    return [part.split('"')[0] for part in html.split('name="answer" value="')[1:]]


async def test_offers_the_answers_of_its_question(pair: Pair) -> None:
    for kind, days in DAYS_BETWEEN.items():
        await pair.days(days)
        for side, lang in product(SIDES, ("fr", "en")):
            assert buttons(await page(pair, kind, side, lang)) == OFFERED[kind]


async def test_says_tu_to_the_mentee_and_vous_to_the_mentor(pair: Pair) -> None:
    await pair.days(7)

    assert "ton mentor" in await page(pair, "first_meeting", "mentee")
    to_mentor = await page(pair, "first_meeting", "mentor")
    assert "vous accompagnez" in to_mentor
    assert "ton mentor" not in to_mentor


async def test_looking_is_not_answering(pair: Pair) -> None:
    await pair.days(7)
    for _ in range(3):
        await page(pair, "first_meeting", "mentee")

    response = await pair.answer("first_meeting", "mentee", "yes")

    assert response.status_code == 303


async def test_unknown_used_and_expired_links_answer_alike(pair: Pair) -> None:
    async def status_after(path: str) -> str:
        response = await pair.harness.client.get(path)
        assert response.status_code == 410
        return response.text.replace(path, "PATH")

    await pair.days(7)
    used = pair.path(pair.find_question("first_meeting", "mentee").checkin_id)
    expired = pair.path(pair.find_question("first_meeting", "mentor").checkin_id)
    await pair.answer("first_meeting", "mentee", "not_yet")

    answers = [await status_after(used), await status_after("/suivi/" + "x" * 43)]
    await pair.days(25)
    answers.append(await status_after(expired))

    assert len(set(answers)) == 1
    assert buttons(answers[0]) == []


async def test_the_first_answer_stands(pair: Pair) -> None:
    await pair.days(7)
    await pair.answer("first_meeting", "mentee", "not_yet")

    again = await pair.answer("first_meeting", "mentee", "yes")

    assert again.status_code == 410
    assert pair.all(MeetingConfirmed) == []


async def test_an_answer_to_another_question_is_refused_and_leaves_the_link(pair: Pair) -> None:
    await pair.days(7)

    for lie in ("", "renew", "well", "yes' OR 1=1", "YES"):
        refused = await pair.answer("first_meeting", "mentee", lie)
        assert refused.status_code == 422, lie

    assert (await pair.answer("first_meeting", "mentee", "yes")).status_code == 303


async def test_keeps_the_language_chosen_by_hand(pair: Pair) -> None:
    await pair.days(7)
    path = pair.path(pair.find_question("first_meeting", "mentee").checkin_id)

    response = await pair.harness.client.post(
        path, params={"lang": "en"}, data={"answer": "yes"}, follow_redirects=True
    )

    assert "Thank you!" in response.text
    assert response.url.path == "/suivi/merci/mentee/first_meeting/yes"


CALLS = [
    ("first_meeting/not_yet", False),
    ("month_1/well", False),
    ("month_1/could_be_better", False),
    ("month_2/not_well", True),
    ("month_2/stopped", True),
    ("month_3/renew", False),
    ("month_3/renew?mood=well", False),
    ("month_3/longer?mood=not_well", True),
    ("month_3/close", False),
    ("month_3/not_well", True),
    ("month_3/well", False),
]


async def test_thanks_say_whether_somebody_will_call(followup: ServiceHarness) -> None:
    words = {"mentee": "va t’appeler", "mentor": "va vous appeler"}
    for side, (answer, calls) in product(SIDES, CALLS):
        html = (await followup.client.get(f"/suivi/merci/{side}/{answer}")).text

        assert (words[side] in html) is calls, answer
        assert ("le 119" in html) is (calls and side == "mentee"), answer


async def test_no_thanks_for_what_cannot_be_answered(followup: ServiceHarness) -> None:
    for path in (
        "mentee/first_meeting/well",
        "nobody/month_1/well",
        "mentee/month_9/well",
        "mentor/month_1/x",
        "mentor/month_3/renew?mood=x",
    ):
        response = await followup.client.get(f"/suivi/merci/{path}", headers=BROWSER)

        assert response.status_code in (404, 422), path


async def test_nothing_of_anybody_in_addresses(pair: Pair) -> None:
    await pair.days(7)
    response = await pair.answer("first_meeting", "mentor", "yes")

    token = pair.harness.runtime.links.token(
        "checkin", pair.find_question("first_meeting", "mentor").checkin_id
    )
    assert token not in response.headers["location"]
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cache-control"] == "no-store"


async def test_the_link_stands_nowhere_in_the_store(pair: Pair) -> None:
    await pair.days(7)
    checkin_id = pair.find_question("first_meeting", "mentee").checkin_id
    token = pair.harness.runtime.links.token("checkin", checkin_id)

    rows = await pair.harness.pool.fetch("SELECT c::text AS line FROM checkins c")
    lines = await pair.harness.pool.fetch("SELECT o::text AS line FROM outbox o")

    assert rows
    assert lines
    assert not [row for row in (*rows, *lines) if token in row["line"]]
