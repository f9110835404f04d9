"""Structured logs: one JSON line per event, allow-listed fields, nothing of a person.

A field that is not on the list is dropped and its name noted; a value that looks like a mail
address, a phone or a link token is masked; anything but a plain value is told by its type, because
the text of an object (an error, say) may quote a row. Messages of foreign libraries pass the same
gate: only their logger and the kind and place of an error are kept.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import structlog

from shared.service.errors import error_fields

ALLOWED = frozenset(
    """
    event level timestamp service replica logger correlation_id event_id message_id round_id
    pair_id request_id mentee_id mentor_id person_id engagement_id checkin_id alert_id ids
    queue topic outcome attempt attempts reason error where kind due count dropped
    route method status seconds port url door channel template state association partner
    migrations version speed file line column pairs waiting gap side term
    """.split()
)
REPETITIVE = ("aiormq", "aio_pika")
"""While the broker is away they log four times a second what our own log says once."""
_BETWEEN = r"[\s./()\u2010-\u2015-]*"  # whatever people write between digits
_MASKED = re.compile(
    r"[^\s@\"<>,;:]+@[\w-]+(?:\.[\w-]+)+"  # a mail address
    rf"|(?:\+|(?<![\w.:-])(?:00?|33)){_BETWEEN}\d(?:{_BETWEEN}\d){{6,13}}(?![\w-])"  # a phone
    r"|(?<=[/=])[A-Za-z0-9_-]{32,}"  # a token in a path
)

Line = MutableMapping[str, Any]


def redact(_logger: Any, _method: str, line: Line) -> Line:
    """Drop fields off the list, mask what looks personal in the others."""
    unknown = sorted(key for key in line if key not in ALLOWED)
    for key in unknown:
        del line[key]
    if unknown:
        line["dropped"] = unknown
    for key, value in line.items():
        if key != "timestamp":
            line[key] = _mask(value)
    return line


def _mask(value: Any) -> Any:
    match value:
        case str():
            return _MASKED.sub("…", value)
        case list() | tuple() | set() | frozenset():
            return [_mask(one) for one in value]
        case bool() | int() | float() | None:
            return value
        case UUID() | date() | timedelta():
            return str(value)
    return f"<{type(value).__name__}>"


def configure(service: str, level: str) -> None:
    """Write JSON lines to standard output for this process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    logging.root.handlers = [LibraryLogHandler()]
    logging.root.setLevel(logging.WARNING)
    logging.captureWarnings(True)
    for library in REPETITIVE:
        logging.getLogger(library).setLevel(logging.CRITICAL)
    _remove_library_handlers()


def _remove_library_handlers() -> None:
    """A library that set up its own handlers before us would print past the gate."""
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
            logger.propagate = True


class LibraryLogHandler(logging.Handler):
    """Foreign log lines may quote payloads and rows: keep who spoke, and what kind of error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log what a library says as an event of ours: kind and place, never its message."""
        error = record.exc_info[1] if record.exc_info else None
        fields = error_fields(error) if error else {"where": f"{record.module}:{record.lineno}"}
        log = structlog.get_logger()
        say = log.error if record.levelno >= logging.ERROR else log.warning
        say("library.spoke", logger=record.name, **fields)
