"""What tests of `shared` are given, here on servers of each test's own (see the folder above)."""

import pytest

from deploy.devstack.servers import Servers
from tests.integration.shared.conftest import connected
from tests.integration.shared.test_external_queues import partner
from tests.integration.shared.test_outbox import out
from tests.integration.shared.test_rpc import answering, rpc_client

__all__ = ["answering", "connected", "out", "partner", "rpc_client"]


@pytest.fixture
def vhost(servers: Servers) -> str:
    """The node is the test's own, so its first virtual host will do."""
    return servers.amqp_url
