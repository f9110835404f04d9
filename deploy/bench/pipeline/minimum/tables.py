"""Tables and statements of the minimum, and what it accepts."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.vocabulary import DEPARTMENTS, LEVELS, NEEDS, SLOTS

REGISTRATIONS, REGISTERED = "minimum.registrations", "minimum.registered"
PARKED = "minimum.parked"
COLUMNS = {
    "reference": "text",
    "first_name": "text",
    "last_name": "text",
    "email": "text",
    "phone": "text",
    "born": "date",
    "level": "text",
    "needs": "text[]",
    "offers": "text[]",
    "levels": "text[]",
    "slots": "text[]",
    "department": "text",
    "languages": "text[]",
    "remote": "boolean",
    "campaign": "text",
}
_NAMES = ", ".join(COLUMNS)
_TYPED = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())

TABLES = f"""
CREATE TABLE receipts (consumer text, message_id uuid, received_at timestamptz DEFAULT now(),
    PRIMARY KEY (consumer, message_id));
CREATE TABLE people (id uuid PRIMARY KEY, {_TYPED});
CREATE TABLE mails (person_id uuid PRIMARY KEY, email text NOT NULL, sent boolean DEFAULT false,
    intended_at timestamptz DEFAULT now(), sent_at timestamptz);
"""
KEEP_PEOPLE = f"""
WITH given AS (
        SELECT message_id, fields.* FROM unnest($1::uuid[], $2::json[]) AS given(message_id, body),
            json_to_record(body) AS fields({_TYPED})),
    fresh AS (
        INSERT INTO receipts (consumer, message_id) SELECT 'register', message_id FROM given
        ON CONFLICT DO NOTHING RETURNING message_id)
INSERT INTO people (id, {_NAMES})
SELECT message_id, {_NAMES} FROM given JOIN fresh USING (message_id)
"""  # noqa: S608 - the names of the columns above
INTEND_MAILS = """
WITH wanted AS (SELECT id, email, first_name FROM people WHERE id = ANY($1::uuid[])),
    fresh AS (INSERT INTO mails (person_id, email) SELECT id, email FROM wanted
        ON CONFLICT DO NOTHING)
SELECT id, wanted.email, first_name FROM wanted LEFT JOIN mails ON person_id = id
WHERE sent IS NOT TRUE
"""
RECORD_MAILS = "UPDATE mails SET sent = true, sent_at = now() WHERE person_id = ANY($1::uuid[])"


def _one_of(words: Any) -> Any:
    return Literal[tuple(words)]


class Registration(BaseModel):
    """What it validates of a registration; the rest of the fields is let through."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    reference: str = Field(max_length=64)
    first_name: str = Field(min_length=1, max_length=60)
    last_name: str = Field(min_length=1, max_length=60)
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]+$", max_length=254)
    phone: str | None = Field(default=None, pattern=r"^0[67]\d{8}$")
    born: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    level: _one_of(LEVELS) | None = None  # type: ignore[valid-type]  # the words are data
    needs: list[_one_of(NEEDS)] = []  # type: ignore[valid-type]  # the same
    offers: list[_one_of(NEEDS)] = []  # type: ignore[valid-type]  # the same
    levels: list[_one_of(LEVELS)] = []  # type: ignore[valid-type]  # the same
    slots: list[_one_of(SLOTS)] = Field(min_length=1)  # type: ignore[valid-type]  # the same
    department: _one_of(DEPARTMENTS)  # type: ignore[valid-type]  # the same
    languages: list[str] = Field(min_length=1)
    remote: bool
    consent: Literal[True]
