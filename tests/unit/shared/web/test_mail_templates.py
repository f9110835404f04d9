"""Mails: styles inlined, a text beside, user text harmless in both."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from shared.web import mail_templates

HTML = """{% extends "base.html" %}{% from "macros.html" import big_button %}
{% block subject %}{{ t("Bonjour", "Hello") }}{% endblock %}
{% block main %}<p>{{ t("Bonjour", "Hello") }} {{ first_name }}</p>
{{ big_button(t("Voir", "See"), link, t("Ou copie cette adresse :", "Or copy:")) }}{% endblock %}"""
TEXT = """{% extends "base.txt" %}{% block main %}
{{ t("Bonjour", "Hello") }} {{ first_name }}
{{ link }}
{% endblock %}"""
SEEN = {"first_name": "Zoé <b>& co</b>", "link": "https://binome.example/demande/abc?lang=en"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hello.html").write_text(HTML, encoding="utf-8")
    (tmp_path / "hello.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_styles_are_inlined_and_the_dark_ones_kept(folder: Path) -> None:
    html = mail_templates(folder).write("hello", "fr", SEEN).html
    button = html[html.index('<a class="big"') :].split(">")[0]
    assert "background-color: #0e5a52" in button
    assert "prefers-color-scheme: dark" in html


def test_the_button_and_the_plain_link_lead_to_the_same_place(folder: Path) -> None:
    html = mail_templates(folder).write("hello", "fr", SEEN).html
    assert html.count(f'href="{SEEN["link"]}"') == 2


def test_the_text_has_the_same_content_as_the_html(folder: Path) -> None:
    text = mail_templates(folder).write("hello", "en", SEEN).text
    assert text.startswith("Hello Zoé <b>& co</b>\nhttps://binome.example/demande/abc?lang=en\n")
    assert text.endswith("Binôme is free and open to all.\n")


def test_what_people_typed_is_text_in_html(folder: Path) -> None:
    html = mail_templates(folder).write("hello", "fr", SEEN).html
    assert "<b>" not in html
    assert "Zoé &lt;b&gt;" in html


def test_a_missing_value_is_an_error_not_an_empty_place(folder: Path) -> None:
    with pytest.raises(UndefinedError, match="first_name"):
        mail_templates(folder).write("hello", "fr", {"link": "x"})
