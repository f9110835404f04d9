"""Prometheus metrics of one service: `binome_<service>_<noun>_<unit>`, labels from closed lists."""

from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

M = TypeVar("M", Counter, Gauge, Histogram)


class Metrics:
    """The runtime's own metrics; a service may add its own to `registry`."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self.prefix = f"binome_{service}"
        self._made: dict[str, Counter | Gauge | Histogram] = {}
        self.handled = self.counter(
            "messages_total", "Messages brought to an end", "queue", "outcome"
        )
        self.handling = self.histogram("message_seconds", "From delivery to its end", "queue")
        self.outbox = self.counter("letters_total", "Messages tried by the relay", "outcome")
        self.timers = self.counter("timers_total", "Timers tried", "kind", "outcome")
        self.outstanding = self.gauge("outstanding_items", "Begun and not yet done", "kind")
        self.unowned = self.gauge("unowned_items", "Open without a next action", "kind")
        self.set_aside = self.gauge("set_aside_items", "Waiting for an operator", "kind")
        self.oldest_unsent = self.gauge("oldest_letter_seconds", "Age of the oldest unsent message")
        self.consumers = self.gauge("consumers_attached", "Queues with a live consumer of ours")
        self.requests = self.histogram(
            "door_seconds", "Answers of HTTP endpoints", "route", "status"
        )

    def counter(self, noun: str, text: str, *labels: str) -> Counter:
        """A counter `binome_<service>_<noun>`."""
        return self._once(Counter, noun, text, labels)

    def gauge(self, noun: str, text: str, *labels: str) -> Gauge:
        """A gauge `binome_<service>_<noun>`."""
        return self._once(Gauge, noun, text, labels)

    def histogram(self, noun: str, text: str, *labels: str) -> Histogram:
        """A histogram `binome_<service>_<noun>`."""
        return self._once(Histogram, noun, text, labels)

    def _once(self, kind: type[M], noun: str, text: str, labels: tuple[str, ...]) -> M:
        """The same one for the same noun: a worker that starts again goes on with its figures."""
        if noun not in self._made:
            self._made[noun] = kind(f"{self.prefix}_{noun}", text, labels, registry=self.registry)
        made = self._made[noun]
        if not isinstance(made, kind):
            raise TypeError(f"{noun} is a {type(made).__name__}")
        return made
