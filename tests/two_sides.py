"""What two processes do at once to the same records: random verbs, legal or not, each told with what became of it.

``python -m tests.two_sides NOUN FOLDER SEED STEPS`` is one of the two.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable

from cosmemory import open_memory
from cosmemory.config import Settings
from cosmemory.errors import CosmemoryError, IllegalTransition, InvalidValue, NotFound, Refused
from cosmemory.maintenance import deploying
from cosmemory.memory import Memory
from cosmemory.operations import agents, alerts, handoffs, runs

EACH = 8  # verbs that are tried on a record before both go on to the next
LEGAL = (IllegalTransition, InvalidValue, NotFound, Refused)
Verb = Callable[[Memory, str], object]


def _acknowledged(memory: Memory, key: str) -> None:
    handoffs.acknowledge(memory, key, str(handoffs.get(memory, key).content_sha256))


def _raised(memory: Memory, key: str) -> None:
    alerts.raise_alert(memory, kind="k", severity="warning", resource="r", value="2", threshold="1", key=key)


# noun: the verb that makes a record, and those that move it on
VERBS: dict[str, tuple[Verb, dict[str, Verb]]] = {
    "agent": (
        agents.register,
        {
            "spawn": agents.spawn,
            "started": agents.started,
            "complete": agents.complete,
            "fail": lambda m, key: agents.mark_failed(m, key, error="x"),
            "retry": agents.retry,
            "resume": agents.resume,
        },
    ),
    "run": (
        lambda m, key: runs.create(m, key, goal="g", phases=["scout"]),
        {
            "start": runs.start,
            "pause": runs.pause,
            "resume": runs.resume,
            "complete": runs.complete,
            "fail": lambda m, key: runs.fail(m, key, error="x"),
            "abort": runs.abort,
        },
    ),
    "handoff": (
        lambda m, key: handoffs.create(m, "p", from_agent="a", to_agent="b", key=key),
        {
            "ack": _acknowledged,
            "start": handoffs.start,
            "complete": handoffs.complete,
            "reject": lambda m, key: handoffs.reject(m, key, reason="x"),
        },
    ),
    "alert": (
        _raised,
        {
            "ack": lambda m, key: alerts.move_alert(m, "ack", key),
            "resolving": lambda m, key: alerts.move_alert(m, "resolving", key),
            "resolve": alerts.resolve_alert,
        },
    ),
    "deployment": (
        deploying.begin,
        {
            "advance": lambda m, _: deploying.advance(m, force=True, reason="x"),
            "rollback": lambda m, _: deploying.roll_back(m),
        },
    ),
}


def key_of(noun: str, number: int) -> str:
    """The id of the record of a number."""
    return f"ALERT-{number + 1}" if noun == "alert" else f"{noun}-{number}"


def main(noun: str, folder: str, seed: str, count: str) -> None:
    """Tries so many verbs, and tells of each on a line of its own."""
    # On a busy machine it is somebody else's turn for long.
    memory = open_memory(folder, actor=f"side {seed}", settings=Settings(lock_timeout=60, durability="none"))
    chosen = random.Random(f"{noun} {seed}")
    make, verbs = VERBS[noun]
    # Neither begins before the other is there.
    print("ready", flush=True)
    sys.stdin.readline()
    for step in range(int(count)):
        key = key_of(noun, step // EACH)
        name, verb = ("make", make) if step % EACH == 0 else chosen.choice(list(verbs.items()))
        try:
            verb(memory, key)
            told = "done"
        except LEGAL as error:
            told = type(error).__name__
        except CosmemoryError as error:
            told = f"unexpected: {type(error).__name__}: {error}"
        print(json.dumps([name, key, told]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
