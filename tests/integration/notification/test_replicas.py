"""Several replicas share the work, and connections are used again."""

import asyncio
from collections import Counter
from uuid import uuid4

from services.notification.service import SERVICE
from services.notification.use_cases.reconcile_messages import reconcile_interrupted
from services.notification.use_cases.send_due_messages import send_messages
from shared.contracts.events import MenteeRegistered
from tests.integration.notification.post import Post
from tests.support.service_harness import set_up

INTENTS = 200


async def acknowledge(post: Post, count: int) -> None:
    now = post.stage.clock.now()
    for number in range(count):
        event = MenteeRegistered(
            request_id=uuid4(), mentee_id=uuid4(), door="import", registered_at=now
        )
        address = f"jeune{number}@exemple.example"
        post.registration.knows("mentee", event.mentee_id, first_name="Inès", email=address)
        await post.tell(event)


async def test_two_replicas_send_two_hundred_messages_once_each(post: Post) -> None:
    other = await set_up(SERVICE, post.stage.pool, post.stage.clock)
    other.runtime.rpc_client = post.registration  # type: ignore[assignment]  # a stand-in
    replicas = [post.stage.runtime, other.runtime]
    workers = [
        asyncio.create_task(worker(runtime))
        for runtime in replicas
        for worker in (send_messages, reconcile_interrupted)
    ]
    await acknowledge(post, INTENTS)
    await post.until(lambda states: states == {"delivered": INTENTS})
    for runtime in replicas:
        runtime.stopping.set()
    await asyncio.gather(*workers)
    await other.client.aclose()
    assert len(post.mail.received) == INTENTS
    assert set(Counter(mail["To"] for mail in post.mail.received).values()) == {1}
    assert len(await post.stage.take_events()) == INTENTS
    sent = [
        runtime.metrics.registry.get_sample_value(
            "binome_notification_deliveries_total",
            {"template": "mentee_registered", "channel": "mail", "state": "delivered"},
        )
        for runtime in replicas
    ]
    assert sum(count or 0 for count in sent) == INTENTS
    assert all(sent), "both replicas took part"


async def test_a_connection_is_used_again_and_a_dead_one_replaced(post: Post) -> None:
    post.settings.notification_parallel = 1
    await acknowledge(post, 5)
    await post.send()
    assert post.mail.connections == 1
    post.mail.per_connection = 2
    await acknowledge(post, 4)
    await post.send()
    assert len(post.mail.received) == 9
    assert post.mail.connections == 3


async def test_what_is_in_hand_is_finished_before_the_end(post: Post) -> None:
    await acknowledge(post, 8)
    post.mail.slow_seconds = 0.3
    worker = asyncio.create_task(send_messages(post.stage.runtime))
    await post.until(lambda states: "sending" in states)
    post.stage.runtime.stopping.set()
    await worker
    assert set(await post.states()) <= {"delivered", "created"}
    assert len(post.mail.received) == (await post.states())["delivered"]
