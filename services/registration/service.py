"""The registration process: what it subscribes to, publishes, answers and serves."""

from services.registration.domain import timers as timer_names
from services.registration.entrypoints import api, pages, partner_queue, rpc, timers, workers
from services.registration.entrypoints import events as progress
from services.registration.settings import RegistrationSettings
from services.registration.store.late import LATE
from services.registration.store.requests import NOT_PLACED
from services.registration.store.unowned import UNOWNED
from services.registration.use_cases import (
    ask_consent,
    change_contact,
    check_guardian,
    record_clearance,
    vault_provider,
)
from shared.contracts import events
from shared.contracts.contact import CONTACT_QUEUE, ContactAsked
from shared.contracts.held import HELD_QUEUES
from shared.messaging.names import PARTNERS_IN
from shared.service.definition import ExternalQueue, RpcEndpoint, Service

SERVICE = Service(
    name="registration",
    package=__package__,
    mission="People register; each request reaches the association that fits it best.",
    settings=RegistrationSettings,
    subscribes={
        events.MessageSent: progress.note_sent,
        events.MessageFailed: progress.note_failed,
        events.RequestExplained: progress.note_explained,
        events.PairProposed: progress.note_proposed,
        events.PairReleased: progress.note_released,
        events.PairUndone: progress.note_undone,
        events.PairConfirmed: progress.note_confirmed,
        events.PairIntroduced: progress.note_introduced,
        events.MeetingConfirmed: progress.note_met,
        events.EngagementRenewed: progress.note_renewed,
        events.EngagementEnded: progress.close_request,
        events.ErasureDone: progress.note_erased,
    },
    publishes=(
        events.MenteeRegistered,
        events.MentorRegistered,
        events.RegistrationRepeated,
        events.ConsentAsked,
        events.ConsentGiven,
        events.GuardianNamed,
        events.ConfirmationAsked,
        events.MinorIntroduced,
        events.BirthdayReached,
        events.BirthDateCorrected,
        events.RequestRouted,
        events.RequestConfirmed,
        events.ContactProved,
        events.RequestWithdrawn,
        events.SignInAsked,
        events.SessionOpened,
        events.SessionEnded,
        events.SessionsListed,
        events.DoubtRaised,
        events.HoldLifted,
        events.HoldPlaced,
        events.PersonKeptApart,
        events.ClearanceChanged,
        events.ClearanceAsked,
        events.ContactChanged,
        events.MentorLeft,
        events.PersonErased,
        events.ReachabilityChanged,
    ),
    timers={
        timer_names.ASSOCIATION_SILENT: timers.expire_association_deadline,
        timer_names.ROUTE_AGAIN: timers.retry_routing,
        timer_names.CLEARANCE_ENDS_SOON: timers.remind_of_clearance,
        timer_names.CLEARANCE_ENDED: timers.expire_clearance,
        record_clearance.CLAIM_OVERDUE: timers.hand_on_overdue_claim,
        change_contact.DUE: timers.change_contact,
        change_contact.FORGOTTEN: timers.forget_contact,
        timer_names.DOUBT_OVERDUE: timers.remind_of_overdue_doubt,
        ask_consent.EXPIRY: timers.forget_without_consent,
        **dict.fromkeys(ask_consent.REMINDERS, timers.remind_of_consent),
        check_guardian.ASK: timers.ask_about_guardian,
        check_guardian.REMINDER: timers.ask_about_guardian,
        check_guardian.DEADLINE: timers.pass_over_unseen_guardian,
        **dict.fromkeys(timer_names.BIRTHDAY.values(), timers.reach_birthday),
    },
    external_queues=(
        ExternalQueue(
            queue="registration.partners",
            exchange=PARTNERS_IN,
            keys=("partner.*.mentee.registered", "partner.*.mentor.registered"),
            handler=partner_queue.handle_partner_registration,
            refuse=partner_queue.refuse_partner_registration,
        ),
    ),
    rpc_calls=tuple(HELD_QUEUES.values()),
    rpc_endpoints={CONTACT_QUEUE: RpcEndpoint(ContactAsked, rpc.give_contact)},
    routers=(api.router, *pages.ROUTERS),
    workers=(
        workers.refresh_metrics,
        workers.merge_request_counts,
        workers.finish_erasures,
        workers.maintain_keys,
        workers.apply_retention,
        workers.list_sessions,
        workers.hand_on_requests,
    ),
    records=("ledger",),
    databases={"BINOME_KEYS_DATABASE_URL": "keys"},
    resources=(vault_provider.key_database,),
    outstanding={"requests_being_placed": NOT_PLACED},
    unowned=UNOWNED,
    set_aside=LATE,
)
