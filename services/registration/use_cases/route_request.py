"""A request finds the association that takes charge of it, and is never lost on the way."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import structlog

from services.registration.domain.identity import Identity
from services.registration.domain.routing import RoutingDecision, RoutingRequest, choose
from services.registration.domain.timers import ASSOCIATION_SILENT, ROUTE_AGAIN
from services.registration.store import People, Request, Requests, Routings
from services.registration.use_cases.check_guardian import (
    drop_check,
    open_request_check,
)
from services.registration.use_cases.recognise_person import (
    find_mentors_apart,
    find_own_associations,
)
from services.registration.use_cases.vault_provider import vault
from shared.contracts.events import RequestConfirmed, RequestRouted
from shared.contracts.types import PARIS
from shared.contracts.vocabulary.associations import ASSOCIATIONS
from shared.persistence.transaction import Transaction

RETRY_AFTER = timedelta(days=1)

log = structlog.get_logger()


async def route(request_id: UUID, tx: Transaction, *, anew: bool = False) -> None:
    """Send a request to the most fitting association that has not had its turn.

    `anew`: those that stayed silent get another turn; those that declined never do.
    """
    request = await Requests(tx.connection).get_for_update(request_id)
    if request is None or request.state not in ("placing", "unrouted"):
        return
    spent = ("declined",) if anew else ("declined", "silent")
    await route_new(request, tx, await Routings(tx.connection).get_excluded(request_id, spent))


async def route_new(
    request: Request,
    tx: Transaction,
    excluded: Collection[str] = frozenset(),
    identity: Identity | None = None,
) -> None:
    """Send a request that is in hand already; `excluded` associations have had their turn.
    `identity`: whose it is, where that is in hand too."""
    identity = identity or await _identity_of(request, tx)
    choice = await _choice(request, excluded, identity, tx)
    if choice is None:
        await _wait_for_one(request, tx)
    else:
        await _route(request, choice, identity, tx)


async def confirm(
    request: Request,
    association: str,
    tx: Transaction,
    *,
    by_hand: bool = True,
    identity: Identity | None = None,
) -> None:
    """The association takes charge: matching may begin, once it has seen to a minor's guardian."""
    await Routings(tx.connection).settle(request.id, "confirmed", tx.now)
    if await open_request_check(request, association, tx):
        await Requests(tx.connection).take_charge(request.id, "guardian_check", tx.now)
    else:
        await open_to_matching(request, association, tx, by_hand=by_hand, identity=identity)


async def open_to_matching(
    request: Request,
    association: str,
    tx: Transaction,
    *,
    by_hand: bool = True,
    identity: Identity | None = None,
) -> None:
    """Everybody may know that the request is taken in charge, and matching may begin."""
    await Requests(tx.connection).take_charge(request.id, "confirmed", tx.now)
    identity = identity or await _identity_of(request, tx)
    apart_from = await find_mentors_apart(identity, [association], tx) if identity else ()
    tx.publish(
        RequestConfirmed(
            request_id=request.id,
            mentee_id=request.mentee_id,
            association=association,
            criteria=request.criteria,
            since=request.registered_at,
            lang=request.lang,
            by_hand=by_hand,
            held=await People(tx.connection, vault()).is_held(request.mentee_id),
            apart_from=apart_from,
            changed_at=tx.now,
        )
    )


async def reroute(
    request: Request, outcome: str, tx: Transaction, declined_for: str | None = None
) -> None:
    """The association declined or stayed silent: on to the next best."""
    await Routings(tx.connection).settle(request.id, outcome, tx.now, declined_for)
    await Requests(tx.connection).give_back(request.id)
    await drop_check(request.id, tx)
    await tx.cancel(ASSOCIATION_SILENT, request.id)
    await route(request.id, tx)


async def _identity_of(request: Request, tx: Transaction) -> Identity | None:
    opened = await People(tx.connection, vault()).open(request.mentee_id)
    return opened[0] if opened else None


async def _choice(
    request: Request, excluded: Collection[str], identity: Identity | None, tx: Transaction
) -> RoutingDecision | None:
    criteria = request.criteria
    wish = RoutingRequest(
        request.age, criteria.department, frozenset(criteria.needs), frozenset(criteria.publics)
    )
    own = await find_own_associations(identity, tx) if identity else frozenset()
    in_hand = await Requests(tx.connection).count_in_hand()
    choice = choose(wish, ASSOCIATIONS.values(), in_hand, own.union(excluded))
    if choice is not None:
        in_hand[choice.association.code] += 1
    return choice


async def _route(
    request: Request, decision: RoutingDecision, identity: Identity | None, tx: Transaction
) -> None:
    association = decision.association
    answer_by = tx.now + timedelta(days=association.answer_days)
    await Requests(tx.connection).route(request.id, association.code, tx.now, answer_by)
    await Routings(tx.connection).add(request.id, decision, tx.now)
    tx.publish(
        RequestRouted(
            request_id=request.id,
            association=association.code,
            by_hand=association.takes_charge == "by_hand",
            routed_on=tx.now.astimezone(PARIS).date(),
            answer_by=answer_by,
        )
    )
    if association.takes_charge == "by_hand":
        await tx.schedule(ASSOCIATION_SILENT, request.id, answer_by, association=association.code)
    else:
        await confirm(request, association.code, tx, by_hand=False, identity=identity)


async def _wait_for_one(request: Request, tx: Transaction) -> None:
    """Nobody fits today: said on the tracking page and to the operator, and tried again daily."""
    await Requests(tx.connection).set_unrouted(request.id)
    await tx.schedule(ROUTE_AGAIN, request.id, tx.now + RETRY_AFTER)
    log.warning("request.unrouted", request_id=str(request.id))
