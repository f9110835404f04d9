"""Matching as a process: what it subscribes to, publishes, holds and serves."""

from services.matching.entrypoints import events
from services.matching.entrypoints.erasure_timers import erase_from_rounds
from services.matching.entrypoints.pages import ROUTERS
from services.matching.entrypoints.timers import (
    close_unanswered,
    remind_silent,
    undo_overdue_introduction,
    undo_paused,
)
from services.matching.settings import MatchingSettings
from services.matching.store import OPEN_ROUNDS
from services.matching.store.unowned import SET_ASIDE, UNOWNED
from services.matching.use_cases.confirm_pairs import INTRODUCTION_OVERDUE
from services.matching.use_cases.erase_person import ERASING
from services.matching.use_cases.judge_clearance import PAUSE_OVER
from services.matching.use_cases.notify_no_capacity import notify_no_capacity
from services.matching.use_cases.process_arrivals import process_arrivals
from services.matching.use_cases.propose_pair import DEADLINE, REMINDER
from services.matching.use_cases.purge_inputs import purge_inputs
from services.matching.use_cases.refresh_metrics import refresh_metrics
from services.matching.use_cases.reread_rows import set_unreadable_aside
from services.matching.use_cases.run_rounds import run_rounds
from shared.contracts.events import (
    AnswerAsked,
    BirthDateCorrected,
    BirthdayReached,
    ClearanceChanged,
    EngagementEnded,
    ErasureDone,
    HoldLifted,
    HoldPlaced,
    IntroductionFailed,
    MentorLeft,
    MentorRegistered,
    PairConfirmed,
    PairIntroduced,
    PairPaused,
    PairProposed,
    PairReleased,
    PairResumed,
    PairUndone,
    PersonErased,
    PersonKeptApart,
    ReachabilityChanged,
    RequestConfirmed,
    RequestExplained,
    RequestWithdrawn,
)
from shared.contracts.held import HELD_QUEUES, HeldAsked
from shared.persistence.sessions import SESSION_LISTENERS
from shared.service.definition import RpcEndpoint, Service

SERVICE = Service(
    name="matching",
    package=__package__ or "services.matching",
    mission="Puts young people and mentors together: the best round there is, with its proof.",
    settings=MatchingSettings,
    subscribes={
        **SESSION_LISTENERS,
        RequestConfirmed: events.open_request,
        RequestWithdrawn: events.close_withdrawn,
        BirthdayReached: events.judge_adult,
        MentorRegistered: events.welcome_mentor,
        HoldLifted: events.end_hold,
        HoldPlaced: events.begin_hold,
        PersonKeptApart: events.keep_apart,
        BirthDateCorrected: events.correct_birth,
        ReachabilityChanged: events.note_reachability,
        PairIntroduced: events.note_introduced,
        IntroductionFailed: events.undo_failed_introduction,
        ClearanceChanged: events.note_clearance,
        EngagementEnded: events.release_pair,
        MentorLeft: events.withdraw_mentor,
        PersonErased: events.erase,
    },
    records=("policies",),
    publishes=(
        PairProposed,
        AnswerAsked,
        PairConfirmed,
        PairReleased,
        PairUndone,
        PairPaused,
        PairResumed,
        RequestExplained,
        ErasureDone,
    ),
    rpc_endpoints={HELD_QUEUES["matching"]: RpcEndpoint(HeldAsked, events.give_held)},
    timers={
        REMINDER: remind_silent,
        DEADLINE: close_unanswered,
        INTRODUCTION_OVERDUE: undo_overdue_introduction,
        PAUSE_OVER: undo_paused,
        ERASING: erase_from_rounds,
    },
    workers=(
        set_unreadable_aside,
        run_rounds,
        process_arrivals,
        refresh_metrics,
        notify_no_capacity,
        purge_inputs,
    ),
    routers=ROUTERS,
    outstanding={"rounds": OPEN_ROUNDS},
    unowned=UNOWNED,
    set_aside=SET_ASIDE,
)
