"""French in the GSM alphabet: nothing that halves an SMS stays, and parts are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain.gsm import gsm, parts


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("l’été", "l'été"),
        ("« Bonjour »", '"Bonjour"'),
        ("«\u00a0Bonjour\u00a0»", '"Bonjour"'),
        ("Ça va\u202f?", "Ça va ?"),
        ("forêt, cœur, Noël, leçon", "foret, coeur, Noel, lecon"),
        ("À bientôt…", "A bientot..."),
        ("10 €", "10 €"),
        ("Île-de-France — Œuvre", "Ile-de-France - OEuvre"),
    ],
)
def test_french_is_written_with_its_nearest(written: str, sent: str) -> None:
    assert gsm(written) == sent
    assert parts(gsm(written)) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts(text: str, count: int) -> None:
    assert parts(text) == count


@given(st.text())
def test_a_text_never_grows_in_parts_beyond_its_unicode_form(text: str) -> None:
    assert gsm(gsm(text)) == gsm(text)
    assert parts(gsm(text)) >= 1


@given(st.text(alphabet="abcdéèàùçêâîôûëïü’«»œæ …—ABCÉÈÀÂ", max_size=300))
def test_all_french_fits_the_alphabet(text: str) -> None:
    assert parts(gsm(text)) <= max(1, -(-len(gsm(text)) // 153))
