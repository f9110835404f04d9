"""Follow-up as a process: what it listens to, emits, plans and serves."""

from services.followup import handlers
from services.followup.jobs import answers, counting, handing_on, pauses, questions, terms
from services.followup.pages import ROUTERS
from services.followup.store import UNATTENDED
from services.followup.store.unowned import UNOWNED
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
    RequestWithdrawn,
)
from shared.contracts.held import HELD_QUEUES, HeldAsked
from shared.runtime.service import Answer, Service
from shared.runtime.session_store import SESSION_LISTENERS

SERVICE = Service(
    name="followup",
    package=__package__ or "services.followup",
    mission="Asks every pair how it goes, calls a human when it does not, ends or renews.",
    listens={
        **SESSION_LISTENERS,
        PairIntroduced: handlers.start_engagement,
        IntroductionFailed: handlers.look_into_introduction,
        PairUndone: handlers.end_undone,
        PairPaused: handlers.pause_contact,
        PairResumed: handlers.resume_contact,
        MessageFailed: handlers.look_into_failure,
        MentorLeft: handlers.end_engagements_of_mentor,
        PersonErased: handlers.erase,
        RequestWithdrawn: handlers.stop_withdrawn,
    },
    emits=(
        CheckInAsked,
        MeetingConfirmed,
        AlertRaised,
        EngagementRenewed,
        EngagementEnded,
        ErasureDone,
    ),
    answers={HELD_QUEUES["followup"]: Answer(HeldAsked, handlers.give_held)},
    timers={
        "ask_first_meeting": questions.ask_first_meeting,
        "miss_first_meeting": questions.miss_first_meeting,
        "ask_month": questions.ask_month,
        "weigh_silence": questions.weigh_silence,
        "weigh_answer": answers.weigh_answer,
        "close_term": terms.close_term,
        handlers.PAUSE_REMINDER: pauses.remind_of_pause,
    },
    routers=ROUTERS,
    workers=(counting.count_for_metrics, handing_on.hand_on_gone),
    outstanding={"unattended_engagements": UNATTENDED},
    unowned=UNOWNED,
)
