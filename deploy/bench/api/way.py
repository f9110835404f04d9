"""What a way of registering by HTTP is, and the names of both."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from deploy.devstack.processes import ProcessId
from deploy.devstack.servers import Servers

OWN, BARE = "binome", "bare"


@dataclass(frozen=True)
class Serving:
    """A way that serves: where to post, with which key, and its processes."""

    url: str
    key: str
    processes: Mapping[str, list[ProcessId]]


OpenWay = Callable[[Servers], AbstractContextManager[Serving]]
