"""What monitoring must expect of each service, from the same topology as the services."""

from typing import Any

from shared.service.definition import Service


def expected_rules(services: list[Service]) -> dict[str, Any]:
    """Prometheus recording rules: how many queues each replica of a service must consume."""
    rules = [
        {
            "record": "binome:consumers_expected",
            "expr": f"vector({len([*service.working_queues(), *service.rpc_endpoints])})",
            "labels": {"job": service.name},
        }
        for service in services
    ]
    return {"groups": [{"name": "expected", "rules": rules}]}
