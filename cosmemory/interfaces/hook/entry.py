"""The call of a hook from end to end: it fails open, so that nothing of ours ever stops an agent."""

from __future__ import annotations

import json
import os
import sys

from cosmemory.errors import CosmemoryError, NoMemory
from cosmemory.interfaces.hook.answer import NOTHING, Answer
from cosmemory.interfaces.hook.call import Call
from cosmemory.interfaces.hook.events import HANDLERS
from cosmemory.root import find_root


def run(text: str) -> int:
    """Answers to what a harness tells; 0 whatever happens."""
    payload = json.loads(text)
    event = str(payload.get("hook_event_name", ""))
    try:
        root = find_root(None, os.environ, payload.get("cwd") or os.getcwd())
        call = Call(
            harness="claude",
            event=event,
            session=str(payload.get("session_id", "")),
            payload=payload,
            root=root,
        )
        answer = answer_to(call)
    except NoMemory:
        return 0
    except CosmemoryError as error:
        print(f"cosmemory: {error}", file=sys.stderr)
        return 0
    if answer.context:
        said = {"hookEventName": event, "additionalContext": answer.context}
        print(json.dumps({"hookSpecificOutput": said}))
    return 0


def answer_to(call: Call) -> Answer:
    """What the handler of the event says; nothing for an event that has none."""
    from importlib import import_module

    module, _, name = HANDLERS.get(call.event, "").partition(":")
    if not module:
        return NOTHING
    answer: Answer = getattr(import_module(module), name)(call)
    return answer
