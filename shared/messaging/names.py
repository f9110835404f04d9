"""Names of exchanges and queues, and the delays before a message is tried again."""

from shared.contracts.held import HELD_QUEUES

EVENTS_EXCHANGE = "binome.events"
PARTNERS_IN = "partners.in"
PARTNERS_OUT = "partners.out"
HELD_DATA_EXCHANGE = "questions.held"
"""Restricted: only registration may ask the others what they hold about a person."""
RPC_EXCHANGE = "questions"
"""Restricted: only who must ask (notification) may write to it."""
RETRY_DELAYS = (5, 30, 300, 3600)
"""Seconds to wait before the 1st, 2nd, 3rd and 4th repetition; after those, parked."""
DELIVERY_LIMIT = 20
"""Deliveries without an answer (a process that crashes on a message) before it is parked."""
RPC_TTL_MS = 20_000


def parked_queue(queue: str) -> str:
    """Where messages of a queue are set aside."""
    return f"{queue}.parked"


def rpc_exchange_of(queue: str) -> str:
    """The exchange through which the RPC requests of a queue are sent: who may write to one may not
    write to the other."""
    return HELD_DATA_EXCHANGE if queue in HELD_QUEUES.values() else RPC_EXCHANGE


def retry_exchange(service: str, seconds: int) -> str:
    """Name of the fanout exchange of one delay, and of the queue behind it."""
    return f"{service}.retry.{seconds}s"


def parking_exchange(service: str) -> str:
    """The exchange through which a service sets messages aside; key: the queue they came from."""
    return f"{service}.parking"


def return_exchange(service: str) -> str:
    """The exchange through which messages leave the delay queues; key: the queue they came from."""
    return f"{service}.return"


def refusal_queue(partner: str) -> str:
    """The queue on which a partner reads its refusals."""
    return f"partner.{partner}.refused"
