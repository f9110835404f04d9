"""Whose uses are counted together, and under which key."""

import pytest

from shared.persistence.limits import LimitKeys, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.0/24"),
        ("192.0.2.254", "192.0.2.0/24"),
        ("::ffff:192.0.2.9", "192.0.2.0/24"),
        ("2001:db8:12:3401::1", "2001:db8:12:3400::/56"),
        ("2001:db8:12:34ff:ffff::", "2001:db8:12:3400::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_a_network_is_a_24_or_a_56(address: str, network: str) -> None:
    assert network_of(address) == network


def test_neighbouring_networks_are_apart() -> None:
    assert network_of("192.0.3.1") != network_of("192.0.2.1")
    assert network_of("2001:db8:12:3500::") != network_of("2001:db8:12:34ff::")


def test_a_key_depends_on_the_secret_the_kind_and_the_text() -> None:
    keys = LimitKeys("a" * 32)
    one = keys.key("mail", "ines@exemple.fr")
    assert one == LimitKeys("a" * 32).key("mail", "ines@exemple.fr")
    others = {
        LimitKeys("b" * 32).key("mail", "ines@exemple.fr"),
        keys.key("phone", "ines@exemple.fr"),
        keys.key("mail", "lea@exemple.fr"),
    }
    assert len(others | {one}) == 4
    assert b"ines" not in one
