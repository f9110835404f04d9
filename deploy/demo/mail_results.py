"""What the mailbox says of a demonstration: acknowledgements, and messages by channel."""

from collections import Counter
from collections.abc import Iterable, Mapping

from deploy.demo.inbox import Received
from deploy.demo.store_counts import StoreCounts

ACKNOWLEDGEMENTS = ("mentee_registered", "mentor_registered")


async def count_acknowledgements(
    books: StoreCounts, mails: Iterable[Received], registered: Mapping[str, str]
) -> int:
    """Registered people with exactly one acknowledgement in the mailbox."""
    rows = await books.rows("notification", "SELECT id, person FROM messages")
    person_of: dict[str, str] = {str(row["id"]): row["person"] for row in rows}
    got = Counter(
        person_of.get(mail.message_id, "") for mail in mails if mail.template in ACKNOWLEDGEMENTS
    )
    return sum(1 for person in registered if got[person] == 1)


async def count_messages(books: StoreCounts, mails: list[Received]) -> dict[str, int]:
    """Messages that arrived by each channel, those that failed, and those that came twice."""
    channels = Counter(mail.channel for mail in mails)
    ids = Counter(mail.message_id for mail in mails)
    failed = await books.count(
        "notification",
        "SELECT count(*) FROM messages"
        " WHERE state IN ('permanent-failure', 'technical-failure', 'unknown')",
    )
    return {
        "mail": channels["mail"],
        "sms": channels["sms"],
        "failed": failed,
        "duplicates": sum(count - 1 for count in ids.values()),
    }
