"""The registration process: what it listens to, emits, answers and serves."""

from services.registration import api, jobs, pages
from services.registration.casework import (
    changing_contact,
    clearance,
    consent_question,
    doubts,
    guardian_checks,
    guardians,
    keyring,
    placing,
)
from services.registration.gateways.settings import RegistrationSettings
from services.registration.handlers import contact, partners, progress
from services.registration.store.late import LATE
from services.registration.store.requests import NOT_PLACED
from services.registration.store.unowned import UNOWNED
from shared.contracts import events
from shared.contracts.contact import CONTACT_QUEUE, ContactAsked
from shared.contracts.held import HELD_QUEUES
from shared.runtime.service import Answer, Inlet, Service
from shared.runtime.topology import PARTNERS_IN

SERVICE = Service(
    name="registration",
    package=__package__,
    mission="People register; each request reaches the association that fits it best.",
    settings=RegistrationSettings,
    listens={
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
    emits=(
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
        events.PersonKeptApart,
        events.ClearanceChanged,
        events.ClearanceAsked,
        events.ContactChanged,
        events.MentorLeft,
        events.PersonErased,
        events.ReachabilityChanged,
    ),
    timers={
        placing.SILENCE: jobs.take_from_silent,
        placing.RETRY: jobs.place_again,
        clearance.ENDS_SOON: jobs.remind_of_clearance,
        clearance.ENDED: jobs.expire_clearance,
        clearance.CLAIM_OVERDUE: jobs.hand_on_overdue_claim,
        changing_contact.DUE: jobs.change_contact,
        changing_contact.FORGOTTEN: jobs.forget_contact,
        doubts.OVERDUE: jobs.remind_of_overdue_doubt,
        consent_question.EXPIRY: jobs.forget_without_consent,
        **dict.fromkeys(consent_question.REMINDERS, jobs.remind_of_consent),
        guardian_checks.ASK: jobs.ask_about_guardian,
        guardian_checks.REMINDER: jobs.ask_about_guardian,
        guardian_checks.DEADLINE: jobs.pass_over_unseen_guardian,
        **dict.fromkeys(guardians.BIRTHDAY.values(), jobs.reach_birthday),
    },
    inlets=(
        Inlet(
            queue="registration.partners",
            exchange=PARTNERS_IN,
            keys=("partner.*.mentee.registered", "partner.*.mentor.registered"),
            handler=partners.read_letter,
            refuse=partners.refuse_letter,
        ),
    ),
    asks=tuple(HELD_QUEUES.values()),
    answers={CONTACT_QUEUE: Answer(ContactAsked, contact.give_contact)},
    routers=(api.router, *pages.ROUTERS),
    workers=(
        jobs.measure,
        jobs.keep_erasures,
        jobs.keep_keys,
        jobs.keep_retention,
        jobs.list_sessions,
        jobs.hand_on_requests,
    ),
    records=("ledger",),
    databases={"BINOME_KEYS_DATABASE_URL": "keys"},
    resources=(keyring.key_database,),
    outstanding={"requests_being_placed": NOT_PLACED},
    unowned=UNOWNED,
    set_aside=LATE,
)
