"""Prometheus metrics of one service: `binome_<service>_<noun>_<unit>`, labels from closed lists."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """The runtime's own metrics; a service may add its own to `registry`."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self.prefix = f"binome_{service}"
        self.handled = self.counter(
            "messages_total", "Messages brought to an end", "queue", "outcome"
        )
        self.handling = self.histogram("message_seconds", "From delivery to its end", "queue")
        self.letters = self.counter("letters_total", "Letters tried by the relay", "outcome")
        self.timers = self.counter("timers_total", "Timers tried", "kind", "outcome")
        self.outstanding = self.gauge("outstanding_items", "Begun and not yet done", "kind")
        self.unowned = self.gauge("unowned_items", "Open without a next action", "kind")
        self.set_aside = self.gauge("set_aside_items", "Waiting for an operator", "kind")
        self.oldest_letter = self.gauge("oldest_letter_seconds", "Age of the oldest unsent letter")
        self.consumers = self.gauge("consumers_attached", "Queues with a live consumer of ours")
        self.doors = self.histogram("door_seconds", "Answers at HTTP doors", "route", "status")

    def counter(self, noun: str, text: str, *labels: str) -> Counter:
        """A counter `binome_<service>_<noun>`."""
        return Counter(f"{self.prefix}_{noun}", text, labels, registry=self.registry)

    def gauge(self, noun: str, text: str, *labels: str) -> Gauge:
        """A gauge `binome_<service>_<noun>`."""
        return Gauge(f"{self.prefix}_{noun}", text, labels, registry=self.registry)

    def histogram(self, noun: str, text: str, *labels: str) -> Histogram:
        """A histogram `binome_<service>_<noun>`."""
        return Histogram(f"{self.prefix}_{noun}", text, labels, registry=self.registry)
