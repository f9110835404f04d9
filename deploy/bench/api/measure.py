"""Runs both ways one after the other in the same servers."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from deploy.bench.api.client import Answers, Load
from deploy.bench.api.row import CLIENT, Row, build_row
from deploy.bench.api.run import Bench, Plan
from deploy.bench.api.way import BARE, OpenWay, Serving
from deploy.bench.cpu import CpuMeter
from deploy.bench.machine import machine
from deploy.bench.own_servers import bench_servers, server_processes
from deploy.bench.registrants import Group
from deploy.devstack import processes
from deploy.devstack.logfile import end_of
from deploy.devstack.servers import Servers

WARM_UP = 200


class ClientFailed(RuntimeError):
    """The client ended without a result."""


def bench(plan: Plan, ways: Mapping[str, OpenWay], on_way: Callable[[str], None]) -> Bench:
    """Measure these ways, by name, in their order; `on_way` hears each as it begins."""
    rows = []
    with bench_servers() as servers:
        for name, open_way in ways.items():
            on_way(name)
            with open_way(servers) as serving:
                rows.append(_measure(name, plan, serving, servers))
    found = Bench(plan, machine(), tuple(rows))
    if bare := found.row(BARE):
        for row in rows:
            row.beside(bare)
    return found


def _measure(name: str, plan: Plan, serving: Serving, servers: Servers) -> Row:
    warm_up = Group("warm", min(WARM_UP, plan.registrations))
    send_group(warm_up, plan, serving, servers.folder)
    meter = CpuMeter({**serving.processes, **server_processes(servers)})
    meter.start()
    answers = send_group(Group("run", plan.registrations), plan, serving, servers.folder)
    return build_row(name, answers, meter.read() | {CLIENT: answers.cpu})


def send_group(group: Group, plan: Plan, serving: Serving, folder: Path) -> Answers:
    """Register a group; what it was answered. Raises ClientFailed."""
    request, result = folder / "load.json", folder / "answers.json"
    Load(group, serving.url, plan.connections).write(request)
    command = [sys.executable, "-m", "deploy.bench.api.client", str(request), str(result)]
    log, environment = folder / "logs" / "client.log", os.environ | {"BENCH_API_KEY": serving.key}
    if processes.run(command, log=log, env=environment, cwd=Path.cwd()):
        raise ClientFailed(end_of(log))
    return Answers.read(result)
