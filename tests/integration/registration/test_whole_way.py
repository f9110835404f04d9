"""From the form to the association that takes charge, in one go."""

from services.registration.app import SERVICE
from shared.contracts.events import MenteeRegistered, RequestConfirmed, RequestRouted
from tests.unit.registration.people import posted, young


async def test_a_form_becomes_a_confirmed_request(stage):
    s = await stage(SERVICE)
    answer = await s.client.post("/inscription/jeune", data=posted(young()))
    assert answer.status_code == 303
    registered, routed, confirmed = await s.emitted()
    assert isinstance(registered, MenteeRegistered)
    assert isinstance(routed, RequestRouted)
    assert isinstance(confirmed, RequestConfirmed)
    thanks = await s.client.get(answer.headers["location"])
    assert "/demande/" in thanks.text
    link = s.runtime.links.url("request", registered.request_id)
    page = await s.client.get(link.removeprefix(s.runtime.bases["registration"]))
    assert page.status_code == 200
    assert "Tandem Avenir" in page.text
