"""Runs the ways one after the other in the same servers; only one way's processes run at a time."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from deploy.bench.cpu import CpuMeter
from deploy.bench.machine import Machine, machine
from deploy.bench.own_servers import bench_servers, server_processes
from deploy.bench.pipeline.load import Outcome, Received, send_group
from deploy.bench.pipeline.mail_server import Sink, open_sink
from deploy.bench.pipeline.offers import Offer
from deploy.bench.pipeline.plan import Plan
from deploy.bench.pipeline.row import Counted, Row, build_row
from deploy.bench.pipeline.ways import MINIMUM, OWN, Running, Way
from deploy.bench.registrants import Group
from deploy.devstack.servers import Servers

DRAIN_SECONDS = 120.0
"""Longest wait for what follows the last mail: a message that waits for its next try stays."""
_ASIDE = (".parked", ".refused")


@dataclass(frozen=True)
class Bench:
    """One run of the benchmark."""

    plan: Plan
    machine: Machine
    rows: tuple[Row, ...]

    def row(self, way: str) -> Row | None:
        """The row of this name, if it was asked for."""
        return next((row for row in self.rows if row.way == way), None)


def bench(plan: Plan, ways: Mapping[str, Way], on_way: Callable[[str], None]) -> Bench:
    """Measure these ways, by name, in their order; `on_way` hears each as it begins."""
    rows: list[Row] = []
    with bench_servers() as servers:
        for name, way in ways.items():
            on_way(name)
            if way.is_installed():
                rows.append(_measure(name, way, plan, servers))
            else:
                rows.append(Row(name, "not_installed", says=f"{way.package} n'est pas installé."))
    found = Bench(plan, machine(), tuple(rows))
    if minimum := found.row(MINIMUM):
        for row in rows:
            row.beside(minimum)
    return found


def _measure(name: str, way: Way, plan: Plan, servers: Servers) -> Row:
    # The references send one mail each, and are killed by nobody.
    asked = plan if name == OWN else replace(plan, mails=1, kills=0, replicas=1)
    with (
        open_sink(servers.folder, name) as sink,
        way.load().open_way(servers, asked, sink.port) as running,
    ):
        warm_up = Offer(Group("warm", plan.warm_up, plan.mentors))
        _send(warm_up, asked, running, sink)
        wait_until_drained(servers, running.vhost)
        present = running.fill(plan.present) if running.fill and plan.present else 0
        meter = CpuMeter({**running.processes, **server_processes(servers), "sink": [sink.process]})
        kills = _Kills(asked, running, meter)
        meter.start()
        group = Group("run", plan.registrations, plan.mentors)
        outcome = _send(Offer(group, plan.rate), asked, running, sink, kills.look)
        wait_until_drained(servers, running.vhost)
        cpu = meter.read() | {"publisher": outcome.published.cpu}
        return build_row(
            name, asked, outcome, Counted(cpu, running.undecidable(), kills.done, present)
        )


def _send(
    offer: Offer,
    plan: Plan,
    running: Running,
    sink: Sink,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    received = Received(offer.group, plan.mails)
    return send_group(offer, running.route, sink.mails, received, on_progress)


class _Kills:
    """Kills at equal shares of the mails that are to come."""

    def __init__(self, plan: Plan, running: Running, meter: CpuMeter) -> None:
        self._plan = plan
        self._running = running
        self._meter = meter
        self._mails = Received(Group("run", plan.registrations, plan.mentors), plan.mails).expected
        self.done = 0

    def look(self, mails: int) -> None:
        due = self._mails * (self.done + 1) / (self._plan.kills + 1)
        if self._running.kill and self.done < self._plan.kills and mails >= due:
            self._running.kill(self._meter)
            self.done += 1


def wait_until_drained(servers: Servers, vhost: str) -> None:
    """Wait until no queue holds a message, twice in a row, or for `DRAIN_SECONDS`."""
    deadline, before, now = time.monotonic() + DRAIN_SECONDS, 1, 1
    while (before or now) and time.monotonic() < deadline:
        before, now = now, count_messages(servers, vhost)


def count_messages(servers: Servers, vhost: str) -> int:
    """Messages in working and retry queues, those in somebody's hands included."""
    listed = servers.rabbitmqctl(
        "list_queues", "-p", vhost, "--no-table-headers", "name", "messages"
    )
    queues = (line.rsplit("\t", 1) for line in listed.splitlines())
    return sum(int(count) for name, count in queues if not name.endswith(_ASIDE))
