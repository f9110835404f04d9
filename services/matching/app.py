"""Matching as a process: what it listens to, emits, holds and serves."""

from services.matching import handlers
from services.matching.casework.clearance import PAUSE_OVER
from services.matching.casework.confirming import INTRODUCTION_OVERDUE
from services.matching.casework.erasing import ERASING
from services.matching.casework.proposition import DEADLINE, REMINDER
from services.matching.jobs.arrivals import answer_arrivals
from services.matching.jobs.blocking import set_unreadable_aside
from services.matching.jobs.counting import count_pools
from services.matching.jobs.erasures import erase_from_rounds
from services.matching.jobs.no_places import tell_of_no_places
from services.matching.jobs.propositions import (
    close_unanswered,
    remind_silent,
    undo_overdue_introduction,
    undo_paused,
)
from services.matching.jobs.retention import let_inputs_go
from services.matching.jobs.rounds import hold_rounds
from services.matching.jobs.settings import MatchingSettings
from services.matching.pages import ROUTERS
from services.matching.store import OPEN_ROUNDS
from services.matching.store.unowned import SET_ASIDE, UNOWNED
from shared.contracts.events import (
    AnswerAsked,
    BirthDateCorrected,
    BirthdayReached,
    ClearanceChanged,
    EngagementEnded,
    ErasureDone,
    HoldLifted,
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
from shared.runtime.service import Answer, Service
from shared.runtime.session_store import SESSION_LISTENERS

SERVICE = Service(
    name="matching",
    package=__package__ or "services.matching",
    mission="Puts young people and mentors together: the best round there is, with its proof.",
    settings=MatchingSettings,
    listens={
        **SESSION_LISTENERS,
        RequestConfirmed: handlers.open_request,
        RequestWithdrawn: handlers.close_withdrawn,
        BirthdayReached: handlers.judge_adult,
        MentorRegistered: handlers.welcome_mentor,
        HoldLifted: handlers.lift_hold,
        PersonKeptApart: handlers.keep_apart,
        BirthDateCorrected: handlers.correct_birth,
        ReachabilityChanged: handlers.note_reachability,
        PairIntroduced: handlers.note_introduced,
        IntroductionFailed: handlers.undo_failed_introduction,
        ClearanceChanged: handlers.note_clearance,
        EngagementEnded: handlers.release_pair,
        MentorLeft: handlers.withdraw_mentor,
        PersonErased: handlers.erase,
    },
    records=("policies",),
    emits=(
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
    answers={HELD_QUEUES["matching"]: Answer(HeldAsked, handlers.give_held)},
    timers={
        REMINDER: remind_silent,
        DEADLINE: close_unanswered,
        INTRODUCTION_OVERDUE: undo_overdue_introduction,
        PAUSE_OVER: undo_paused,
        ERASING: erase_from_rounds,
    },
    workers=(
        set_unreadable_aside,
        hold_rounds,
        answer_arrivals,
        count_pools,
        tell_of_no_places,
        let_inputs_go,
    ),
    routers=ROUTERS,
    outstanding={"rounds": OPEN_ROUNDS},
    unowned=UNOWNED,
    set_aside=SET_ASIDE,
)
