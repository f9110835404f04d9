"""Structured logs: one JSON line per event, allow-listed fields, nothing of a person.

A field that is not on the list is dropped and its name noted; a value that looks like a mail
address, a phone or a link token is masked. Messages of foreign libraries pass the same gate:
only their logger and the kind and place of an error are kept.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from shared.runtime.faults import described

ALLOWED = frozenset(
    [
        "event",
        "level",
        "timestamp",
        "service",
        "replica",
        "correlation_id",
        "event_id",
        "queue",
        "topic",
        "outcome",
        "attempt",
        "attempts",
        "reason",
        "error",
        "where",
        "logger",
        "kind",
        "due",
        "route",
        "method",
        "status",
        "seconds",
        "count",
        "ids",
        "round_id",
        "pair_id",
        "request_id",
        "mentee_id",
        "mentor_id",
        "person_id",
        "engagement_id",
        "checkin_id",
        "message_id",
        "alert_id",
        "association",
        "partner",
        "template",
        "channel",
        "state",
        "door",
        "pairs",
        "waiting",
        "gap",
        "version",
        "port",
        "url",
        "migrations",
        "speed",
        "file",
        "line",
        "column",
        "side",
        "term",
        "dropped",
    ]
)
_MASKED = re.compile(
    r"[\w.+%-]+@[\w-]+\.[\w.-]+"  # a mail address
    r"|(?:\+|\b00?)\d(?:[ .-]?\d){7,13}\b"  # a phone, written in any common way
    r"|(?<=/)[A-Za-z0-9_-]{32,}"  # a token in a path
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
        if isinstance(value, str) and key != "timestamp" and not key.endswith("_id"):
            line[key] = _MASKED.sub("…", value)
    return line


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
    logging.root.handlers = [_ForeignLogs()]
    logging.root.setLevel(logging.WARNING)


class _ForeignLogs(logging.Handler):
    """Foreign log lines may quote payloads and rows: keep who spoke, and what kind of error."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        fields = described(error) if error else {"where": f"{record.module}:{record.lineno}"}
        structlog.get_logger().log(record.levelno, "library.spoke", logger=record.name, **fields)
