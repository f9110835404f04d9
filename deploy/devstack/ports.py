"""Free loopback ports that two runs starting at the same moment never share."""

import atexit
import random
import socket

_leases: list[socket.socket] = []

# Below the range from which systems take ports for outgoing connections.
_FIRST, _LAST = 20_000, 32_000


def free_port() -> int:
    """A free TCP port on 127.0.0.1, ours until this process ends.

    The UDP port of the same number is the lease: it keeps other runs away during the seconds
    between choosing a port and the server binding it, and goes when we go, however we go.
    """
    for port in random.sample(range(_FIRST, _LAST), 200):
        lease = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            lease.bind(("127.0.0.1", port))
            _bind_once(port)
        except OSError:
            lease.close()
            continue
        _leases.append(lease)
        return port
    raise RuntimeError(f"no free port between {_FIRST} and {_LAST} on 127.0.0.1")


@atexit.register
def _let_go() -> None:
    for lease in _leases:
        lease.close()


def _bind_once(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", port))
