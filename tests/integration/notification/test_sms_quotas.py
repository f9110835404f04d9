"""What a day’s SMS may cost: limits by number, block of numbers and day."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from shared.persistence.maintenance import set_aside
from tests.integration.notification.notification_driver import NotificationDriver
from tests.integration.notification.quotas import days_later, registration


async def test_a_number_gets_one_sms_a_day(driver: NotificationDriver) -> None:
    """Seen: 40 forms to random numbers, 80 SMS."""
    numbers = [f"+336399810{n:02}" for n in range(40)]
    for number in numbers:
        await driver.deliver(*registration(driver, phone=number))
    await driver.send()
    assert sorted(await sms(driver)) == numbers
    await driver.deliver(*registration(driver, phone=numbers[0]))
    await driver.send()
    assert len(await sms(driver)) == 40
    await days_later(driver)
    assert len(await sms(driver)) == 80
    assert await driver.states() == {"delivered": 82}


async def test_a_block_of_numbers_gets_sixty_sms_an_hour(driver: NotificationDriver) -> None:
    driver.settings.limit_sms_per_prefix = 3
    for n in range(5):
        await driver.deliver(registration(driver, phone=f"+33639981{n:03}")[0])
    await driver.deliver(registration(driver, phone="+33639990001")[0])
    await driver.send()
    assert len(await sms(driver)) == 4
    await days_later(driver)
    assert len(await sms(driver)) == 6


@pytest.mark.parametrize("number", ["+447700900123", "+212600000000", "+15550100"])
async def test_only_france_and_overseas_get_sms(driver: NotificationDriver, number: str) -> None:
    await driver.deliver(registration(driver, "partner", phone=number)[0])
    await driver.send()
    assert await sms(driver) == []
    assert await driver.reasons() == {"no-address"}


async def test_the_daily_cap_of_sms_is_logged_once_and_loses_nothing(
    driver: NotificationDriver,
) -> None:
    driver.settings.sms_daily_cap = 5
    for n in range(8):
        await driver.deliver(registration(driver, "partner", phone=f"+3363998{n:04}")[0])
    both = {"phone": "+33639985555", "email": "mail.et.mobile@exemple.example"}
    await driver.deliver(registration(driver, "partner", **both)[0])
    with capture_logs() as logged:
        await driver.send()
    assert len(await sms(driver)) == 5
    assert len(driver.mail.received) == 1, "who has a mail address needs no SMS"
    lines = [line for line in logged if line["event"] == "sms.cap_reached"]
    assert [(line["log_level"], line["count"]) for line in lines] == [("warning", 5)]
    assert await set_aside(driver.harness.runtime) == {"sms_over_cap": 3}, "binome status says so"
    not_before = await driver.harness.pool.fetchval(
        "SELECT min(not_before) - now() FROM messages WHERE held_for = 'sms_cap'"
    )
    assert timedelta(hours=22) < not_before <= timedelta(hours=23), "9 in the morning in Paris"
    await days_later(driver)
    assert await driver.states() == {"delivered": 9}
    assert len(await sms(driver)) == 8
    assert await set_aside(driver.harness.runtime) == {"sms_over_cap": 0}


async def sms(driver: NotificationDriver) -> list[str]:
    """To which numbers SMS have left."""
    return [message["To"] for message in await driver.sms()]
