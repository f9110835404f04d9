"""The registration as partners read it in the published contract."""

from typing import Any

from services.registration.domain.mentee_registration import MenteeRegistration
from services.registration.domain.mentor_registration import MentorRegistration


def request_body_schema() -> dict[str, Any]:
    """An OpenAPI request body: a young person or a mentor, distinguished by `kind`."""
    kinds = [_schema("mentee", MenteeRegistration), _schema("mentor", MentorRegistration)]
    return {"required": True, "content": {"application/json": {"schema": {"oneOf": kinds}}}}


def _schema(
    kind: str, model: type[MenteeRegistration] | type[MentorRegistration]
) -> dict[str, Any]:
    schema = model.model_json_schema()
    entry = {"kind": {"const": kind, "type": "string"}}
    return schema | {
        "properties": entry | schema["properties"],
        "required": ["kind", *schema["required"]],
    }
