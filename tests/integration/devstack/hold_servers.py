"""Run private servers in a folder until a signal comes; print what was started.

`hold_servers.py FOLDER MODE`: `wait` waits for a signal, `fail` raises inside the block.
"""

import json
import sys
import time
from pathlib import Path

from deploy.devstack.processes import family
from deploy.devstack.servers import private_servers

folder, mode = Path(sys.argv[1]), sys.argv[2]

with private_servers(folder, say=lambda _: None) as servers:
    everything = [member.pid for mark in servers.marks().values() for member in family(mark)]
    print(json.dumps(everything), flush=True)
    if mode == "fail":
        raise ValueError("planned")
    time.sleep(600)
