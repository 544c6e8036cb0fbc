"""A process that is killed while it makes the index leaves none that anybody trusts wrongly."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from cosmemory.config import Settings
from cosmemory.engines.files.engine import FilesStore
from cosmemory.maintenance.search import scan
from cosmemory.maintenance.search_index import NAME, Asked, ask
from cosmemory.maintenance.search_query import terms_of
from cosmemory.memory import Memory
from cosmemory.operations.first_pages import initialise

KILLS = int(os.environ.get("COSMEMORY_KILLS", "4"))
PROGRAM = """
import sys
from cosmemory.maintenance.search_index import Asked, ask
from cosmemory.maintenance.search_query import terms_of
from cosmemory.engines.files.engine import FilesStore
print("ready", flush=True)
while True:
    ask(FilesStore(sys.argv[1]), Asked(terms=terms_of("owl")))
"""


def entry(number: int) -> bytes:
    time = f"2026-11-21T06:{number // 60 % 60:02d}:{number % 60:02d}Z"
    return b"### %s\n**Type:** run\n**Action:** owl number %d\n\n---\n\n" % (time.encode(), number)


def test_a_killed_searcher_leaves_an_index_that_is_right_or_made_again(tmp_path):
    memory = Memory(FilesStore(str(tmp_path)), settings=Settings())
    initialise(memory)
    chance, number = random.Random(3), 0
    log = tmp_path / "coordination-log.md"
    for _ in range(KILLS):
        killed = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"ready\n"
        for _ in range(chance.randint(1, 6)):
            with log.open("ab") as file:
                file.write(b"".join(entry(number + each) for each in range(100)))
            number += 100
            time.sleep(chance.random() / 40)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        killed.stdout.close()
        asked = Asked(terms=terms_of("owl"), places=("log",))
        found, plain = ask(memory.store, asked), scan(memory.store, asked)
        assert len(found) == number
        assert sorted(each.unit.line for each in found) == sorted(each.unit.line for each in plain)
    assert Path(memory.store.derived(NAME)).stat().st_size > 0
