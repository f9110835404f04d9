"""Every message, both languages, mail and SMS, with the least and the most that can be known."""

import re
from itertools import product
from pathlib import Path
from uuid import uuid4

import pytest

from services.notification.domain.catalogue import CATALOGUE
from services.notification.domain.gsm import parts
from services.notification.use_cases.find_recipient import Counterpart
from services.notification.use_cases.render_message import TEMPLATES
from shared.contracts.types import Lang, Recipient
from tests.unit.notification.writing import (
    AT,
    BASE,
    LINKS,
    REASONS,
    SIDES,
    WRITER,
    contact,
    message,
)

EVERY = [
    (template, side, lang)
    for template, sides in SIDES.items()
    for side, lang in product(sides, ("fr", "en"))
]
LEAST = contact("")
MOST = contact(
    "Jean-Baptiste", Counterpart("Karim", "k@exemple.example", "+33639980002", True), guarded=True
)
FULL = {
    "association": "passerelle_idf",
    "kind": "month_1",
    "term": "2",
    "last_day": "2026-01-17",
}


def test_every_message_has_its_six_files_and_no_stranger_lies_there() -> None:
    kinds = product(CATALOGUE, ("fr", "en"), ("html", "txt", "sms.txt"))
    assert {path.name for path in TEMPLATES.iterdir()} == {".".join(kind) for kind in kinds}
    assert SIDES.keys() == CATALOGUE.keys()


@pytest.mark.parametrize(("template", "side", "lang"), EVERY)
def test_it_renders_with_the_least_and_the_most(template: str, side: Recipient, lang: Lang) -> None:
    for person, events, reason in product((LEAST, MOST), ({}, FULL), REASONS):
        written = message(template, side, lang, reason=reason, request_id=str(uuid4()), **events)
        mail = WRITER.write(written, person, "mail", AT)
        sms = WRITER.write(written, person, "sms", AT)
        link = BASE + "/"
        assert mail.subject
        assert link in mail.text
        assert link in mail.html
        assert link in sms.text
        for words in (mail.subject, mail.text, mail.html, sms.text):
            assert not re.search(r"\bNone\b|\bUndefined\b|\{\{|\{%", words)
        assert parts(sms.text) <= 3


@pytest.mark.parametrize(("template", "side", "lang"), EVERY)
def test_the_two_bodies_say_the_same(template: str, side: Recipient, lang: Lang) -> None:
    mail = WRITER.write(message(template, side, lang, **FULL), MOST, "mail", AT)
    shown = re.sub(r"<style.*?</style>|<title.*?</title>", " ", mail.html, flags=re.DOTALL)
    html = set(re.findall(r"[\w’-]{4,}", re.sub(r"<[^>]+>", " ", shown)))
    text = set(re.findall(r"[\w’-]{4,}", mail.text))
    assert text <= html


@pytest.mark.parametrize(("template", "side", "lang"), EVERY)
def test_it_names_what_comes_next_and_promises_no_wait(
    template: str, side: Recipient, lang: Lang
) -> None:
    text = WRITER.write(message(template, side, lang, **FULL), MOST, "mail", AT).text
    assert ("Et maintenant" if lang == "fr" else "What comes next") in text
    assert ("gratuit et ouvert à tous" if lang == "fr" else "free and open to all") in text
    promised = r"\d+ (?:jours|heures|semaines|days|hours|weeks)|rapidement|shortly|bientôt"
    assert not re.search(promised, text)


@pytest.mark.parametrize(
    ("template", "side"), [(name, side) for name, sides in SIDES.items() for side in sides]
)
def test_young_people_are_tu_and_everybody_else_vous(template: str, side: Recipient) -> None:
    written = message(template, side, "fr", reason="completed", **FULL)
    text = WRITER.write(written, MOST, "mail", AT).text.replace("’", " ")
    sentences = re.sub(r"https?://\S+", " ", text)  # a token may hold any syllable
    words = set(re.findall(r"\w+", sentences.lower()))
    if side == "mentee":
        assert words & {"tu", "ta", "ton", "tes", "toi"}
        assert not words & {"votre", "vos"}
    else:
        assert words & {"vous", "votre"}
        assert not words & {"tu", "ta", "ton", "tes", "toi"}


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.fr.*")), ids=lambda path: path.name)
def test_french_punctuation_never_begins_a_line(path: Path) -> None:
    words = path.read_text(encoding="utf-8")
    if not str(path).endswith(".sms.txt"):
        assert not re.search(r" [?!;:»](?!=)|« ", words)


def test_the_mentee_learns_the_first_name_and_no_address_of_the_mentor() -> None:
    other = Counterpart("Karim", "karim@exemple.example", "+33639980002")
    mail = WRITER.write(
        message("pair_introduced_mentee", "mentee"), contact(other=other), "mail", AT
    )
    assert "Karim" in mail.text
    assert "karim@" not in mail.text + mail.html
    assert "+33639980002" not in mail.text + mail.html


def test_the_mentor_learns_how_to_write_first() -> None:
    other = Counterpart("Inès", "ines@exemple.example", "+33639980002")
    written = message("pair_introduced_mentor", "mentor")
    mail = WRITER.write(written, contact("Karim", other), "mail", AT)
    for words in (mail.text, mail.html):
        assert "Inès" in words
        assert "ines@exemple.example" in words
        assert "+33639980002" in words
        assert "tuteur" not in words


def test_a_first_name_cannot_carry_a_message() -> None:
    name = "<b>Gagne</b> http://mal.example"
    for channel in ("mail", "sms"):
        sent = WRITER.write(message("mentee_registered", "mentee"), contact(name), channel, AT)
        assert "mal.example" not in sent.text + sent.html


def test_a_name_with_an_apostrophe_is_escaped_in_html_and_plain_elsewhere() -> None:
    mail = WRITER.write(message("mentee_registered", "mentee"), contact("N'Golo"), "mail", AT)
    assert "N'Golo" in mail.text
    assert "N&#39;Golo" in mail.html or "N'Golo" in mail.html


def test_styles_stand_on_the_elements() -> None:
    mail = WRITER.write(message("mentee_registered", "mentee"), contact(), "mail", AT)
    assert re.search(r'<a class="big"[^>]* style="[^"]*background-color', mail.html)


def test_an_association_is_presented_in_its_own_words() -> None:
    written = message("request_confirmed", "mentee", association="passerelle_idf")
    mail = WRITER.write(written, contact(), "mail", AT)
    assert "Passerelle Île-de-France" in mail.text
    assert "choisir leur voie" in mail.text


def test_a_mentors_button_leads_to_the_mentors_own_page() -> None:
    for template in ("engagement_ended", "engagement_renewed", "pair_introduced_mentor"):
        written = message(template, "mentor", request_id=str(uuid4()))
        own = LINKS.url("request", written.person)
        assert (
            own
            in WRITER.write(
                written, contact(other=Counterpart("Inès", "i@e.example")), "mail", AT
            ).text
        )
