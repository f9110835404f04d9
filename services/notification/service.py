"""The notification service: what it listens to, emits and serves."""

from services.notification.entrypoints import rpc
from services.notification.entrypoints.events import (
    decisions,
    followup,
    guardians,
    pairs,
    people,
    requests,
)
from services.notification.entrypoints.pages import mailbox
from services.notification.entrypoints.timers import close_introduction
from services.notification.settings import NotificationSettings
from services.notification.store import OUTSTANDING, SET_ASIDE
from services.notification.store.unowned import UNOWNED
from services.notification.use_cases import pause_messages
from services.notification.use_cases.introduce_pair import CLOSE_INTRODUCTION
from services.notification.use_cases.reconcile_messages import reconcile_interrupted
from services.notification.use_cases.send_due_messages import send_messages
from shared.contracts import events
from shared.contracts.contact import CONTACT_QUEUE
from shared.contracts.held import HELD_QUEUES, HeldAsked
from shared.service.definition import RpcEndpoint, Service

SERVICE = Service(
    name="notification",
    package=__package__,
    mission="Brings every fact that concerns a person to that person, by mail or SMS, once.",
    settings=NotificationSettings,
    subscribes={
        events.MenteeRegistered: people.acknowledge_mentee,
        events.MentorRegistered: people.thank_mentor,
        events.RegistrationRepeated: people.send_link_again,
        events.ConsentAsked: guardians.ask_guardian,
        events.ConsentGiven: guardians.confirm_consent,
        events.GuardianNamed: guardians.tell_guardian,
        events.MinorIntroduced: guardians.tell_of_introduction,
        events.ConfirmationAsked: guardians.ask_association,
        events.BirthdayReached: guardians.congratulate,
        events.BirthDateCorrected: guardians.tell_of_birth_date,
        events.RequestRouted: requests.tell_association,
        events.ContactChanged: people.tell_old_address,
        events.DoubtRaised: decisions.tell_of_doubt,
        events.ClearanceAsked: decisions.ask_for_clearance,
        events.ClearanceChanged: decisions.tell_of_clearance,
        events.PairPaused: pause_messages.pause,
        events.PairResumed: pause_messages.resume,
        events.RequestConfirmed: requests.present_association,
        events.ContactProved: people.release_messages,
        events.SignInAsked: people.send_sign_in,
        events.AnswerAsked: pairs.ask_for_yes,
        events.PairReleased: pairs.thank_for_yes,
        events.PairUndone: pairs.stop_pair,
        events.RequestWithdrawn: requests.stop_request,
        events.PairConfirmed: pairs.introduce,
        events.CheckInAsked: followup.ask_how_it_goes,
        events.AlertRaised: followup.alert_coordinator,
        events.EngagementRenewed: followup.celebrate_renewal,
        events.EngagementEnded: followup.say_goodbye,
        events.PersonErased: people.erase,
    },
    rpc_calls=(CONTACT_QUEUE,),
    publishes=(
        events.MessageSent,
        events.MessageFailed,
        events.PairIntroduced,
        events.IntroductionFailed,
        events.ErasureDone,
    ),
    rpc_endpoints={HELD_QUEUES["notification"]: RpcEndpoint(HeldAsked, rpc.give_held)},
    timers={CLOSE_INTRODUCTION: close_introduction},
    routers=(mailbox.router,),
    workers=(send_messages, reconcile_interrupted),
    outstanding=OUTSTANDING,
    unowned=UNOWNED,
    set_aside=SET_ASIDE,
)
