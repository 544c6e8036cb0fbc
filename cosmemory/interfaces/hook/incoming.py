"""What a harness tells on stdin: one JSON object of bounded size."""

from __future__ import annotations

import os
import sys

from cosmemory.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MOST = 32 << 20
BLOCK = 1 << 16


def read_all() -> bytes:
    """All of stdin.

    Raises UsageError for more than a payload may have, and where a person sits at the other end.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise UsageError("there is no payload: stdin is closed")
    descriptor = sys.stdin.fileno()
    if os.isatty(descriptor):
        raise UsageError("a harness calls this, with a payload on stdin; cosmemory hook --help tells more")
    blocks: list[bytes] = []
    size = 0
    while block := os.read(descriptor, BLOCK):
        size += len(block)
        if size > MOST:
            raise UsageError(f"the payload has more than {MOST >> 20} MiB")
        blocks.append(block)
    return b"".join(blocks)


def payload_of(told: bytes) -> dict[str, Any]:
    """The object that ``told`` is, with a sign of its own in place of half a character.

    Raises UsageError for anything else.
    """
    if not told.strip():
        raise UsageError("the payload on stdin is empty")
    import json

    try:
        found = json.loads(told)
        if b"\\ud" in told.lower():
            # Half of a character, as JSON may name one, can stand on no page.
            found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise UsageError("the payload on stdin is nested too deeply") from None
    except ValueError:
        raise UsageError("the payload on stdin is no JSON") from None
    if not isinstance(found, dict):
        raise UsageError("the payload on stdin is no JSON object")
    return found
