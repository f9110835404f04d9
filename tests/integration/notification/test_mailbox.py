"""The local mailbox page: what people got, for people and for programs; elsewhere it is not."""

from uuid import uuid4

import pytest

from shared.contracts.events import ConsentAsked, MenteeRegistered
from tests.integration.notification.notification_driver import NotificationDriver


@pytest.fixture
async def full(driver: NotificationDriver) -> NotificationDriver:
    """One mail to Inès, one SMS to Karim, one mail to a parent."""
    now = driver.harness.clock.now()
    for name, ways in {
        "Inès": {"email": "ines@exemple.example"},
        "Karim": {"phone": "+33639980001"},
    }.items():
        event = MenteeRegistered(
            request_id=uuid4(), mentee_id=uuid4(), door="page", registered_at=now
        )
        driver.registration.knows("mentee", event.mentee_id, first_name=name, **ways)
        await driver.deliver(event)
    asked = ConsentAsked(request_id=uuid4(), mentee_id=uuid4())
    driver.registration.knows("guardian", asked.mentee_id, email="nadia@exemple.example")
    await driver.deliver(asked)
    await driver.send()
    return driver


async def test_programs_see_every_message_with_its_links(full: NotificationDriver) -> None:
    messages = (await full.harness.client.get("/boite.json")).json()
    assert {(x["template"], x["channel"], x["recipient"]) for x in messages} == {
        ("mentee_registered", "mail", "ines@exemple.example"),
        ("mentee_registered", "sms", "+33639980001"),
        ("consent_asked", "mail", "nadia@exemple.example"),
    }
    for message in messages:
        assert set(message) == {"id", "template", "channel", "recipient", "date", "links"}
        assert len(message["links"]) == 1
        assert message["date"] == "2026-01-10T09:00:00+00:00"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("?template=consent_asked", 1),
        ("?to=INES", 1),
        ("?to=%2B33639", 1),
        ("?template=consent_asked&to=ines", 0),
        ("?limit=2", 2),
        ("?limit=²", 3),
        ("?limit=" + "9" * 5000, 3),
    ],
)
async def test_the_list_can_be_narrowed_down(
    full: NotificationDriver, query: str, count: int
) -> None:
    assert len((await full.harness.client.get(f"/boite.json{query}")).json()) == count


async def test_people_see_the_list_newest_first_in_their_language(full: NotificationDriver) -> None:
    page = (await full.harness.client.get("/boite")).text
    assert "Boîte aux lettres" in page
    assert "3 messages" in page
    assert "Ta demande est bien arrivée" in page
    english = (await full.harness.client.get("/boite?lang=en")).text
    assert "Mailbox" in english
    nothing = (await full.harness.client.get("/boite?to=personne@")).text
    assert "Aucun message ne correspond" in nothing


async def test_an_empty_mailbox_is_shown(driver: NotificationDriver) -> None:
    assert "Encore aucun message" in (await driver.harness.client.get("/boite")).text


async def name_of(driver: NotificationDriver, query: str) -> str:
    page = (await driver.harness.client.get(f"/boite{query}")).text
    return page.partition("/boite/")[2].partition('"')[0]


async def test_a_mail_is_shown_in_a_frame_that_runs_nothing(full: NotificationDriver) -> None:
    name = await name_of(full, "?to=ines@")
    page = await full.harness.client.get(f"/boite/{name}")
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    mail = await full.harness.client.get(f"/boite/{name}/html")
    policy = mail.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert '<base target="_blank">' in mail.text


async def test_an_sms_is_shown_as_its_text(full: NotificationDriver) -> None:
    name = await name_of(full, "?to=%2B33639")
    page = (await full.harness.client.get(f"/boite/{name}")).text
    assert "ta demande est bien arrivée" in page
    assert "<iframe" not in page


@pytest.mark.parametrize("name", ["nothing", "..%2F..%2Fetc%2Fpasswd", "x.eml"])
async def test_a_message_that_is_not_there_is_not_found(
    full: NotificationDriver, name: str
) -> None:
    assert (await full.harness.client.get(f"/boite/{name}")).status_code == 404
    assert (await full.harness.client.get(f"/boite/{name}/html")).status_code == 404


async def test_elsewhere_there_is_no_mailbox(full: NotificationDriver) -> None:
    full.settings.mailbox_dir = None
    for path in ("/boite", "/boite.json", "/boite/x", "/boite/x/html"):
        assert (await full.harness.client.get(path)).status_code == 404


@pytest.mark.parametrize("page", ["²", "٣", "9" * 5000, "-1", "x", "0", "1.5", "\x00"])
async def test_a_page_number_that_is_none_shows_the_first_page(
    full: NotificationDriver, page: str
) -> None:
    answer = await full.harness.client.get("/boite", params={"page": page})
    assert answer.status_code == 200
    assert "ines@exemple.example" in answer.text
