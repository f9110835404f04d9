"""Nothing of a person gets into a log line, however it is written."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import phonenumbers
import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st

from shared.service import logging as logs
from shared.service.errors import error_fields

NAMES = st.text(
    st.characters(categories=["Lu", "Ll"], include_characters=" '-"), min_size=3, max_size=30
)
# 06 39 98 xx xx is kept for fiction; the rest is what French phones can look like.
PHONES = st.sampled_from(["6399800", "2619110", "1990012", "7399811"]).flatmap(
    lambda start: st.integers(0, 99).map(lambda end: f"+33{start}{end:02}")
)
FORMATS = st.sampled_from([
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.RFC3966,
])  # fmt: skip
BETWEEN = st.sampled_from(["", " ", ".", "-", "\u00a0", "\u202f", " / ", ") ("])
TEXTS = st.text(st.characters(categories=["Ll", "Zs"]), max_size=20).map(lambda x: f"{x} ")


def line(**fields: Any) -> str:
    r"""As it is written: characters as they are, since in an escape such as \u1d20 are digits
    too."""
    written = logs.redact(None, "info", {"event": "thing.happened", **fields})
    return json.dumps(written, ensure_ascii=False)


def digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


@given(PHONES, FORMATS, TEXTS)
def test_a_phone_in_any_usual_format_is_masked(phone: str, style: int, before: str) -> None:
    written = phonenumbers.format_number(phonenumbers.parse(phone), style)
    output = line(
        reason=f"{before}{written} was refused", ids=[written], event=f"sent to {written}"
    )
    assert phone[-6:] not in digits(output)
    assert "was refused" in output


@given(PHONES, BETWEEN, TEXTS)
@example("+33199001200", "", "\u00a0\u1d20\u00a0 ")
def test_a_phone_is_masked_whatever_stands_between_its_digits(
    phone: str, gap: str, before: str
) -> None:
    national = f"0{phone[3:]}"
    pairs = gap.join(national[n : n + 2] for n in range(0, 10, 2))
    assert phone[-6:] not in digits(line(reason=f"{before}{pairs}"))


@given(st.emails(), TEXTS)
@example("o'brien@exemple.example", "")
@example("'@A.Ac", " ")
def test_a_mail_address_is_masked(address: str, before: str) -> None:
    written = json.loads(line(reason=f"{before}{address}", url=[f"mailto:{address}"]))
    assert address not in written["reason"] + written["url"][0]
    assert "@" not in written["url"][0].removeprefix("mailto:").partition("…")[0]


@given(st.dictionaries(NAMES.map(lambda x: f"x{x}"), NAMES, min_size=1, max_size=4))
def test_a_field_that_is_not_on_the_list_is_dropped_with_its_value(fields: dict[str, str]) -> None:
    written = json.loads(line(**fields))
    assert set(written) == {"event", "dropped"}


@given(NAMES)
def test_an_object_is_logged_by_its_type_alone(name: str) -> None:
    error = LookupError(f"key 'x{name}x' of a row")
    written = line(reason=error, state={"name": f"x{name}x"}, kind=f"x{name}x".encode())
    assert f"x{name}x" not in written
    assert "<LookupError>" in written


@given(st.uuids())
def test_an_id_is_never_mistaken_for_a_phone(found: UUID) -> None:
    written = json.loads(line(event_id=str(found), pair_id=found, reason=f"about {found}"))
    assert written == {
        "event": "thing.happened",
        "event_id": str(found),
        "pair_id": str(found),
        "reason": f"about {found}",
    }


def test_a_link_token_is_masked() -> None:
    token = "x7Zr" * 11
    assert token not in line(url=f"/demande/{token}", route=f"/x?next={token}")


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    """What a configured process prints."""
    out, before = io.StringIO(), logging.root.handlers[:]
    level = logging.root.level
    logs.configure("registration", "INFO")
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(out))
    yield out
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    logging.captureWarnings(False)
    logging.root.handlers, logging.root.level = before, level


@pytest.fixture
def talkative() -> None:
    """A library that has set up its own printing, as uvicorn does by default."""
    own = logging.getLogger("uvicorn.error")
    own.propagate = False
    own.addHandler(logging.StreamHandler(io.StringIO()))


def test_the_message_of_an_error_is_never_printed(talkative: None, printed: io.StringIO) -> None:
    log = structlog.get_logger()
    try:
        int("Lea Martin, 06 39 98 00 01")
    except ValueError as error:
        log.exception("request.failed", **error_fields(error))
        log.error("request.failed", reason=error, exc_info=True)
        logging.getLogger("uvicorn.error").exception("in door for %s", "Lea Martin")
    assert "Martin" not in printed.getvalue()
    assert "0001" not in digits(printed.getvalue())
    lines = [json.loads(x) for x in printed.getvalue().splitlines()]
    assert [x["event"] for x in lines] == ["request.failed"] * 2 + ["library.spoke"]
    assert lines[0]["where"].startswith("tests/unit/shared/test_logs.py:")
    assert lines[2] | {"where": "", "timestamp": ""} == {
        "service": "registration",
        "event": "library.spoke",
        "level": "error",
        "logger": "uvicorn.error",
        "error": "ValueError",
        "where": "",
        "timestamp": "",
    }


def test_a_foreign_level_between_ours_is_no_error(printed: io.StringIO) -> None:
    logging.getLogger("uvicorn").log(35, "a notice about %s", "Lea Martin")
    logging.getLogger("uvicorn").info("quiet")
    lines = [json.loads(line) for line in printed.getvalue().splitlines()]
    # A busy machine may make another library speak meanwhile.
    assert [line["level"] for line in lines if line["logger"] == "uvicorn"] == ["warning"]


@pytest.mark.parametrize("library", ["aiormq.connection", "aio_pika.robust_connection"])
def test_a_library_that_repeats_what_our_lines_say_is_silent(
    printed: io.StringIO, library: str
) -> None:
    """Regression: four lines a second and process while the broker was away, none with the
    cause."""
    logging.getLogger(library).error("connection lost")
    assert printed.getvalue() == ""
