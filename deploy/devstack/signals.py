"""Signals to stop: every one ends in the same orderly stop, and nothing cuts that short."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

_POLITE = (signal.SIGTERM, signal.SIGHUP)
_ALL = (signal.SIGINT, *_POLITE)
_Handler = Callable[[int, FrameType | None], Any] | int | None


@contextmanager
def stop_signals_raise() -> Iterator[None]:
    """SIGTERM and SIGHUP raise KeyboardInterrupt here, as Ctrl-C does.

    A handler that somebody installed before keeps its place, and `nohup` its meaning. SIGINT is
    listened to even where a script started us in the background, which would ignore it.
    """
    if not _in_main_thread():  # signals arrive in the main thread only
        yield
        return
    before = {number: signal.getsignal(number) for number in _ALL}
    _listen()
    try:
        yield
    finally:
        _restore(before)


@contextmanager
def ignore_stop_signals() -> Iterator[None]:
    """A second Ctrl-C or SIGTERM changes nothing until the block is done."""
    if not _in_main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _ALL}
    try:
        yield
    finally:
        _restore(before)


def _listen() -> None:
    for number in _POLITE:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _leave)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _restore(before: Mapping[signal.Signals, _Handler]) -> None:
    for number, handler in before.items():
        signal.signal(number, handler)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _leave(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)
