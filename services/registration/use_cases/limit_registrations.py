"""Who comes too often: what a form and a request for a link are counted by.

A form counts for the addresses and the number that it names, for the number's block, for the
network that it comes from and for the client itself. All is counted before anything is looked up,
so the answer says nothing of who is known. Nothing is counted when one of them has no room left.
"""

from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from services.registration.domain.phones import read_mobile
from services.registration.settings import RegistrationSettings
from shared.contracts.addresses import number_block, plain_mail
from shared.persistence.limits import HOUR, MINUTE, Limit, LimitKeys, Use, network_of

SIGN_IN_LINK = Limit("sign_in_link", 1, 5 * MINUTE)
"""Links that one person of an association is mailed, however often the address is written."""


def form_uses(
    values: Mapping[str, Any], client: str, settings: RegistrationSettings, keys: LimitKeys
) -> list[Use]:
    """Everything that one form from an open page is counted by. `client`: its IP address."""
    network = Limit("forms_network", settings.limit_forms_per_network, HOUR)
    burst = Limit("forms_client", settings.limit_forms_per_client, MINUTE)
    mail = Limit("forms_mail", settings.limit_forms_per_mail, HOUR)
    uses = [keys.use(network, "network", network_of(client)), keys.use(burst, "client", client)]
    uses += [keys.use(mail, "mail", address) for address in _addresses(values)]
    phone = Limit("forms_phone", settings.limit_forms_per_phone, HOUR)
    prefix = Limit("forms_prefix", settings.limit_forms_per_prefix, HOUR)
    numbers = _numbers(values)
    uses += [keys.use(phone, "phone", number) for number in numbers]
    blocks = {number_block(number) for number in numbers}
    return uses + [keys.use(prefix, "block", block) for block in sorted(blocks)]


def partner_use(partner: str, settings: RegistrationSettings, keys: LimitKeys) -> Use:
    """One registration by a partner's key."""
    limit = Limit("registrations_partner", settings.limit_registrations_per_partner, HOUR)
    return keys.use(limit, "partner", partner)


def _addresses(values: Mapping[str, Any]) -> set[str]:
    written = (str(values.get(name) or "").strip() for name in ("email", "guardian_email"))
    return {plain_mail(address) for address in written if "@" in address}


def _numbers(values: Mapping[str, Any]) -> list[str]:
    """The person's and the guardian's, each once."""
    department = str(values.get("department") or "")
    read = (
        _number(str(values.get(name) or ""), department) for name in ("phone", "guardian_phone")
    )
    return sorted({number for number in read if number})


def _number(written: str, department: str) -> str | None:
    """The number in E.164; None for none, and for one that the form will refuse."""
    if not written:
        return None
    try:
        return read_mobile(written, department, True)
    except PydanticCustomError:
        return None
