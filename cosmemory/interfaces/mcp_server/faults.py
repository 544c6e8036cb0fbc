"""What went wrong in a call, as sentences that a model can act on: never a traceback, also where the fault is ours."""

from __future__ import annotations

import sys
from itertools import islice

from mcp.types import CallToolResult
from pydantic import ValidationError

from cosmemory.errors import Conflict, CosmemoryError
from cosmemory.interfaces.mcp_server.calls import memory, revision_of
from cosmemory.interfaces.mcp_server.remedies import in_tools
from cosmemory.interfaces.mcp_server.results import refused, sentence
from cosmemory.maintenance.differences import page_differences, sentences_of
from cosmemory.maintenance.moments import changes_of
from cosmemory.text.fenced import fenced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.reader import Reader

SHOWN = 60
MOST = 5
MOST_DIFFERENCES = 20
# So far back a revision is looked for: who read a page longer ago reads it again.
NEWEST = 200


def told(tool: str, error: Exception) -> CallToolResult:
    """``error`` as the answer of the tool of that name."""
    if isinstance(error, Conflict):
        return _conflict(error)
    if isinstance(error, CosmemoryError):
        return refused(error.code, str(error), in_tools(error.hint))
    if isinstance(error, ValidationError):
        return refused("invalid-arguments", f"{tool}: {_slips(error)}", "Nothing was changed.")
    if isinstance(error, OSError):
        return refused("io", f"{error.filename or 'The memory'}: {error.strerror or error}.")
    ours = f"{tool} failed in cosmemory itself ({type(error).__name__})."
    print(f"cosmemory: {ours} {sentence(str(error))}", file=sys.stderr)
    return refused(
        "internal",
        ours,
        "What it was to do was done whole or not at all: look with read_document before again.",
    )


def in_words(error: Exception) -> str:
    """``error`` in a sentence or two, where an answer has no other place for it."""
    if isinstance(error, CosmemoryError):
        return sentence(f"{error} {in_tools(error.hint)}".rstrip())
    if isinstance(error, OSError):
        return sentence(f"{error.filename or 'The memory'}: {error.strerror or error}.")
    return f"cosmemory failed itself ({type(error).__name__})."


def _conflict(error: Conflict) -> CallToolResult:
    """A conflict with the revision that the page has now, and what differs from the one that was expected."""
    asked = memory()
    stored = asked.store.read(error.path)
    now = revision_of(stored)
    differences = _since(asked, error.path, error.expected, stored.data if stored else None)
    document = error.path.removesuffix(".md")
    if differences is None:
        more = f"What {document} said at that revision is not known any more: read it again."
    else:
        more = fenced("\n".join(differences), f"what changed on {document} since that revision")
    return refused(
        error.code,
        f"{error} It is at revision {now or 'none, for it is gone'} now.",
        "Nothing was changed. See whether your change still holds, then repeat it with that expected_revision.",
        more,
        document=document,
        current_revision=now,
        differences=differences,
    )


def _since(asked: Reader, path: str, revision: str | None, data: bytes | None) -> list[str] | None:
    """What changed on a page since it was at ``revision``, in sentences; None where that is not known any more."""
    history = asked.store.history()
    for change in islice(changes_of(history, [path]), NEWEST):
        step = change.step(path)
        if step is not None and revision is not None and revision in (step.before, step.after):
            number = change.number if step.after == revision else change.number - 1
            before = history.text(path, number)
            found = page_differences(path, before, data, asked.kinds)
            return [sentence(each) for each in islice(sentences_of(found), MOST_DIFFERENCES)]
    return None


def _slips(error: ValidationError) -> str:
    """What does not fit of the arguments, one clause each."""
    clauses = [_slip(each) for each in error.errors(include_url=False)[:MOST]]
    more = error.error_count() - len(clauses)
    return "; ".join(clauses) + (f"; and {more} more." if more > 0 else ".")


def _slip(each: Any) -> str:
    name = ".".join(map(str, each["loc"])) or "the arguments"
    if each["type"] == "missing":
        return f"{name} is missing"
    if each["type"] == "string_too_long":
        most = each["ctx"]["max_length"]
        return (
            f"{name} has {len(str(each['input']))} characters, and at most {most} of them have a place on a page: "
            "say it shorter, and name the file that holds the rest"
        )
    given = repr(each["input"])
    shown = given if len(given) <= SHOWN else f"{given[:SHOWN]}…"
    return f"{name} was {shown}: {each['msg'][:1].lower()}{each['msg'][1:]}"
