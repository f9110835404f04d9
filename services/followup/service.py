"""Follow-up as a process: what it subscribes to, publishes, plans and serves."""

from services.followup.entrypoints.events import alerts, pairs, people
from services.followup.entrypoints.pages import ROUTERS
from services.followup.store import UNATTENDED
from services.followup.store.unowned import UNOWNED
from services.followup.use_cases import (
    ask_pair,
    close_term,
    hand_on_cases,
    hand_on_same_contact,
    pause_pair,
    process_answer,
    refresh_metrics,
)
from services.followup.use_cases.raise_alert import SAME_CONTACT_OVERDUE
from shared.contracts.events import (
    AlertRaised,
    CheckInAsked,
    EngagementEnded,
    EngagementRenewed,
    ErasureDone,
    IntroductionFailed,
    MeetingConfirmed,
    MentorLeft,
    MessageFailed,
    PairIntroduced,
    PairPaused,
    PairResumed,
    PairUndone,
    PersonErased,
    PersonKeptApart,
    RequestWithdrawn,
)
from shared.contracts.held import HELD_QUEUES, HeldAsked
from shared.persistence.sessions import SESSION_LISTENERS
from shared.service.definition import RpcEndpoint, Service

SERVICE = Service(
    name="followup",
    package=__package__ or "services.followup",
    mission="Asks every pair how it goes, calls a human when it does not, ends or renews.",
    subscribes={
        **SESSION_LISTENERS,
        PairIntroduced: pairs.start_engagement,
        IntroductionFailed: alerts.alert_on_failed_introduction,
        PairUndone: pairs.end_undone,
        PairPaused: pairs.pause_contact,
        PairResumed: pairs.resume_contact,
        MessageFailed: alerts.alert_on_failed_message,
        MentorLeft: people.end_engagements_of_mentor,
        PersonErased: people.erase,
        PersonKeptApart: alerts.look_into_roles,
        RequestWithdrawn: people.stop_withdrawn,
    },
    publishes=(
        CheckInAsked,
        MeetingConfirmed,
        AlertRaised,
        EngagementRenewed,
        EngagementEnded,
        ErasureDone,
    ),
    rpc_endpoints={HELD_QUEUES["followup"]: RpcEndpoint(HeldAsked, people.give_held)},
    timers={
        "ask_first_meeting": ask_pair.ask_first_meeting,
        "miss_first_meeting": ask_pair.miss_first_meeting,
        "ask_month": ask_pair.ask_month,
        "weigh_silence": ask_pair.check_missing_answers,
        "weigh_answer": process_answer.process_answer,
        "close_term": close_term.close_term,
        pairs.PAUSE_REMINDER: pause_pair.remind_of_pause,
        SAME_CONTACT_OVERDUE: hand_on_same_contact.hand_on_unlooked,
    },
    routers=ROUTERS,
    workers=(refresh_metrics.refresh_metrics, hand_on_cases.hand_on_periodically),
    outstanding={"unattended_engagements": UNATTENDED},
    unowned=UNOWNED,
)
