"""RabbitMQ and PostgreSQL for one run: given by the environment, or private and ours to stop."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deploy.devstack import server_selection
from deploy.devstack.broker import Broker
from deploy.devstack.cleanup import clean_up, remove_data, stop_dependents
from deploy.devstack.postgres import Postgres
from deploy.devstack.private import make_private_folder
from deploy.devstack.processes import ProcessId
from deploy.devstack.signals import ignore_stop_signals, stop_signals_raise
from deploy.devstack.state_file import StateFile, lock_folder, note
from shared.service.user_error import UserError

Say = Callable[[str], None]


class NotOursError(UserError):
    """The server was given by the environment: it is not ours to command."""


@dataclass(frozen=True)
class Servers:
    """Where the two servers are.

    `amqp_url` is the administrator's, virtual host `/`; `postgres_url` the superuser's, database
    `postgres`. Of servers given by the environment they are the URLs as given, and `broker` or
    `postgres` is None.
    """

    folder: Path
    amqp_url: str
    postgres_url: str
    broker: Broker | None
    postgres: Postgres | None

    def rabbitmqctl(self, *args: str) -> str:
        """Run rabbitmqctl against this node and return its output."""
        return self._our_broker().ctl(*args)

    def kill_broker(self) -> None:
        """kill -9 of the node, as a crash would."""
        self._our_broker().kill()

    def start_broker(self) -> None:
        """Start the node again, on the same ports and data, and wait until it answers."""
        self._our_broker().spawn()
        self.put_on_record()
        self._our_broker().wait_ready()

    def restart_broker(self) -> None:
        """An orderly restart, as in a maintenance."""
        self._our_broker().stop()
        self.start_broker()

    def kill_postgres(self) -> None:
        """kill -9 of the server and its sessions, as a crash would."""
        self._our_postgres().kill()

    def start_postgres(self) -> None:
        """Start PostgreSQL again, on the same port and data, and wait until it answers."""
        self._our_postgres().spawn()
        self.put_on_record()
        self._our_postgres().wait_ready()

    def restart_postgres(self) -> None:
        """An orderly restart, as in a maintenance."""
        self._our_postgres().stop()
        self.start_postgres()

    def marks(self) -> dict[str, ProcessId]:
        """The processes that are ours, by name."""
        process_ids: dict[str, ProcessId | None] = {}
        if self.broker:
            process_ids |= {"epmd": self.broker.epmd, "broker": self.broker.mark}
        if self.postgres:
            process_ids |= {"postgres": self.postgres.mark}
        return {name: mark for name, mark in process_ids.items() if mark}

    def put_on_record(self) -> None:
        """Write down what runs, for a later command or for the next run after a death."""
        note(self.folder, **self.marks())

    def _our_broker(self) -> Broker:
        if self.broker is None:
            raise NotOursError("RabbitMQ was given by BINOME_AMQP_URL")
        return self.broker

    def _our_postgres(self) -> Postgres:
        if self.postgres is None:
            raise NotOursError("PostgreSQL was given by BINOME_DATABASE_URL")
        return self.postgres


@contextmanager
def private_servers(
    folder: Path, say: Say = print, *, keep_data: bool = False, durable: bool = True
) -> Iterator[Servers]:
    """Both servers while the block runs, stopped however it ends; secrets and logs stay.

    Without `durable` commits do not wait for the disk: for data that is thrown away.
    Raises MissingProgramsError when there is nothing to start, FolderInUseError when another run
    holds the folder.
    """
    with lock_folder(folder), stop_signals_raise():
        clean_up(folder)
        servers = _plan(folder, say, throw_away=not keep_data, durable=durable)
        try:
            _start(servers, say)
            yield servers
        finally:
            with ignore_stop_signals():
                _stop(servers, keep_data=keep_data)


def start(folder: Path, say: Say = print, *, durable: bool = True) -> Servers:
    """Start servers that outlive this command; those already up in the folder are returned.

    `durable` as for `private_servers`.
    """
    with lock_folder(folder), stop_signals_raise():
        recorded = StateFile.read(folder)
        if recorded.lasting and recorded.running():
            return _restart_dead(_from_record(folder, recorded, say, durable=durable), say)
        clean_up(folder)
        servers = _plan(folder, say, durable=durable)
        try:
            _start(servers, say)
        except BaseException:
            with ignore_stop_signals():
                _stop(servers, keep_data=True)
            raise
        replace(StateFile.read(folder), lasting=True).write(folder)
        return servers


def _restart_dead(servers: Servers, say: Say) -> Servers:
    """The servers of a lasting record; one that died meanwhile is started again on its data."""
    for title, server in (("RabbitMQ", servers.broker), ("PostgreSQL", servers.postgres)):
        if server and not (server.mark and server.mark.alive()):
            say(f"{title} ne tournait plus : relancé.")
            server.spawn()
            servers.put_on_record()
            server.wait_ready()
    return servers


def stop(folder: Path, *, keep_data: bool = True) -> bool:
    """Stop what `start` left running in the folder; whether anything was running.

    Processes that others noted in the record (the services of a local stack) are stopped first.
    """
    with lock_folder(folder), ignore_stop_signals():
        recorded = StateFile.read(folder)
        running = recorded.running()
        stop_dependents(recorded)
        _stop(_from_record(folder, recorded, print), keep_data=keep_data)
        return running


def _plan(folder: Path, say: Say, *, throw_away: bool = False, durable: bool = True) -> Servers:
    make_private_folder(folder / "logs")
    recorded = StateFile(node=StateFile.read(folder).node, throw_away=throw_away)
    server_selection.choose(recorded)
    servers = _from_record(folder, recorded, say, durable=durable)
    recorded.write(folder)
    return servers


def _from_record(folder: Path, recorded: StateFile, say: Say, *, durable: bool = True) -> Servers:
    node, cluster = server_selection.private_pair(folder, recorded, say)
    if cluster and not durable:
        cluster = replace(cluster, durable=False)
    return Servers(
        folder=folder,
        amqp_url=node.url if node else server_selection.amqp_url_from_environment() or "",
        postgres_url=cluster.url
        if cluster
        else server_selection.postgres_url_from_environment() or "",
        broker=node,
        postgres=cluster,
    )


def _start(servers: Servers, say: Say) -> None:
    """Both at once: the node boots while the cluster is made."""
    for title, server in (("RabbitMQ", servers.broker), ("PostgreSQL", servers.postgres)):
        if server:
            say(f"{title} privé : 127.0.0.1:{server.port}")
            server.spawn()
            servers.put_on_record()
    for server in (servers.postgres, servers.broker):
        if server:
            server.wait_ready()


def _stop(servers: Servers, *, keep_data: bool) -> None:
    ours = [server for server in (servers.postgres, servers.broker) if server]
    for server in ours:
        server.ask_to_stop() if keep_data else server.drop()
    with ExitStack() as each_even_if_one_fails:
        for server in ours:
            each_even_if_one_fails.callback(server.stop)
    if keep_data:
        replace(StateFile.read(servers.folder), processes={}, lasting=False).write(servers.folder)
    else:
        remove_data(servers.folder)
