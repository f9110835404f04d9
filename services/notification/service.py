"""The notification service: what it listens to, emits and serves."""

from services.notification.entrypoints import events as handlers
from services.notification.entrypoints.pages import mailbox
from services.notification.entrypoints.timers import close_introduction
from services.notification.settings import NotificationSettings
from services.notification.store import OUTSTANDING, SET_ASIDE
from services.notification.store.unowned import UNOWNED
from services.notification.use_cases import message_guardians, pause_messages
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
    listens={
        events.MenteeRegistered: handlers.acknowledge_mentee,
        events.MentorRegistered: handlers.thank_mentor,
        events.RegistrationRepeated: handlers.send_link_again,
        events.ConsentAsked: message_guardians.ask_guardian,
        events.ConsentGiven: message_guardians.confirm_consent,
        events.GuardianNamed: message_guardians.tell_guardian,
        events.MinorIntroduced: message_guardians.tell_of_introduction,
        events.ConfirmationAsked: message_guardians.ask_association,
        events.BirthdayReached: message_guardians.congratulate,
        events.BirthDateCorrected: message_guardians.tell_of_birth_date,
        events.RequestRouted: handlers.tell_association,
        events.ContactChanged: handlers.tell_old_address,
        events.DoubtRaised: handlers.tell_of_doubt,
        events.ClearanceAsked: handlers.ask_for_clearance,
        events.ClearanceChanged: handlers.tell_of_clearance,
        events.PairPaused: pause_messages.pause,
        events.PairResumed: pause_messages.resume,
        events.RequestConfirmed: handlers.present_association,
        events.ContactProved: handlers.release_messages,
        events.SignInAsked: handlers.send_sign_in,
        events.AnswerAsked: handlers.ask_for_yes,
        events.PairReleased: handlers.thank_for_yes,
        events.PairUndone: handlers.stop_pair,
        events.RequestWithdrawn: handlers.stop_request,
        events.PairConfirmed: handlers.introduce,
        events.CheckInAsked: handlers.ask_how_it_goes,
        events.AlertRaised: handlers.alert_coordinator,
        events.EngagementRenewed: handlers.celebrate_renewal,
        events.EngagementEnded: handlers.say_goodbye,
        events.PersonErased: handlers.erase,
    },
    rpc_calls=(CONTACT_QUEUE,),
    emits=(
        events.MessageSent,
        events.MessageFailed,
        events.PairIntroduced,
        events.IntroductionFailed,
        events.ErasureDone,
    ),
    rpc_endpoints={HELD_QUEUES["notification"]: RpcEndpoint(HeldAsked, handlers.give_held)},
    timers={CLOSE_INTRODUCTION: close_introduction},
    routers=(mailbox.router,),
    workers=(send_messages, reconcile_interrupted),
    outstanding=OUTSTANDING,
    unowned=UNOWNED,
    set_aside=SET_ASIDE,
)
