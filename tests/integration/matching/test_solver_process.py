"""The solver process: reused, replaced when it dies, ended with its parent."""

import asyncio
import os
import signal
import sys
from pathlib import Path

from deploy.devstack.processes import ProcessId, wait_gone
from services.matching.solver_process.process import SolverProcess

ROOT = Path(__file__).parents[3]
KEEP_ONE = """
import asyncio, os
from services.matching.solver_process.process import SolverProcess

async def main():
    shop = SolverProcess()
    print(await shop.run(os.getpid), flush=True)
    await asyncio.sleep(60)
    await shop.close()

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_it_stays_warm(solver_process: SolverProcess) -> None:
    first = await solver_process.run(os.getpid)
    assert first != os.getpid()
    assert await solver_process.run(os.getpid) == first


async def test_it_lets_events_go_first(solver_process: SolverProcess) -> None:
    assert await solver_process.run(os.nice, 0) > os.nice(0)


async def test_one_may_stand_behind_another(solver_process: SolverProcess) -> None:
    later = SolverProcess(niceness=10)
    try:
        assert await later.run(os.nice, 0) > await solver_process.run(os.nice, 0)
    finally:
        await later.close()


async def test_it_is_gone_once_closed() -> None:
    own = SolverProcess()
    mark = ProcessId.of(await own.run(os.getpid))
    assert mark is not None
    await own.close()
    assert not mark.alive()


async def test_it_dies_with_a_service_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "keep_one.py"
    script.write_text(KEEP_ONE)
    service = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert service.stdout is not None
    mark = ProcessId.of(int(await service.stdout.readline()))
    assert mark is not None
    await asyncio.sleep(1)
    assert mark.alive()

    service.send_signal(signal.SIGKILL)
    await service.wait()

    assert await asyncio.to_thread(wait_gone, [mark], 10.0)
