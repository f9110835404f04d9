"""What an endpoint asks for by `Depends`."""

from fastapi import Request

from shared.service.definition import WorkerContext


def runtime_of(request: Request) -> WorkerContext:
    """What the process behind an endpoint offers to it."""
    runtime: WorkerContext = request.app.state.runtime
    return runtime
