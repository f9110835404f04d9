"""French mobile numbers, metropolitan and overseas, as people write them."""

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from services.registration.domain.errors import field_error
from services.registration.domain.overseas import OVERSEAS_REGIONS

COUNTRY_CODES = frozenset({33, 262, 590, 594, 596})
MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})

_FICTIONAL = re.compile(r"(?:\+33|0033|0)?(63998\d{4})", re.ASCII)
"""Reserved by ARCEP for works of fiction: 06 39 98 00 00 to 06 39 98 99 99."""


def read_mobile(written: str, department: str | None, fictional: bool) -> str:
    """A mobile in E.164 (`+33612345678`).

    A national number is read where the person lives first, then in metropolitan France, then in
    the other overseas départements: read as FR alone, `0692…` would silently be nobody's number.
    Raises the faults phone.unreadable, phone.abroad, phone.fictional, phone.not_mobile.
    """
    bare = re.sub(r"[\s.\-/()]", "", written)
    if reserved := _FICTIONAL.fullmatch(bare.replace("+330", "+33")):
        if not fictional:
            raise field_error("fictional")
        return f"+33{reserved[1]}"
    number = _parse(bare, department)
    if number.country_code not in COUNTRY_CODES:
        raise field_error("abroad")
    if phonenumbers.number_type(number) not in MOBILE:
        raise field_error("not_mobile")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _parse(bare: str, department: str | None) -> PhoneNumber:
    home = OVERSEAS_REGIONS.get(department or "", "FR")
    for region in dict.fromkeys((home, "FR", *OVERSEAS_REGIONS.values())):
        try:
            number = phonenumbers.parse(bare, region)
        except phonenumbers.NumberParseException:
            raise field_error("unreadable") from None
        if phonenumbers.is_valid_number(number):
            return number
        if number.country_code not in COUNTRY_CODES:
            raise field_error("abroad")
    raise field_error("unreadable")
