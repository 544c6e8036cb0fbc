"""One change that a tool makes: at most once under its key, only to the page it was made for, told with its revision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from mcp.types import CallToolResult
from pydantic import Field

from cosmemory.errors import DoneAlready, NotFound, UsageError
from cosmemory.interfaces.mcp_server.calls import memory
from cosmemory.interfaces.mcp_server.results import Change, Landed, answer, sentence
from cosmemory.memory import Outcome
from cosmemory.office import Memory

Expected = Annotated[
    str,
    Field(description="The page's revision that you read; the change is refused if it has another by now."),
]
Key = Annotated[
    str,
    Field(description="A random word of yours; repeat a call with the same one, and it is done only once."),
]
Number = Field(coerce_numbers_to_str=True, description="Its id, such as 3.")
Verb = Callable[[Memory, dict[str, str] | None], Outcome[Any]]


def change(
    page: str,
    verb: Verb,
    said: str | Callable[[Any], str],
    *,
    expected_revision: str = "",
    idempotency_key: str = "",
    remark: str = "",
) -> CallToolResult:
    """What ``verb`` came to, which is about ``page``; where that is empty, about the first page it wrote."""
    opened = memory(idempotency_key)
    if expected_revision and not page:
        raise UsageError("A page that is to be made has no revision yet.", "Leave expected_revision out.")
    expected = {page: expected_revision} if expected_revision else None
    try:
        outcome = verb(opened, expected)
    except DoneAlready as already:
        return _told(opened, page, Outcome(None, ()), sentence(str(already)), already=True)
    words = said if isinstance(said, str) else said(outcome.result)
    if not outcome.revisions:
        words = "Everything stood so already; nothing was changed."
    return _told(opened, page, outcome, f"{words} {remark}".rstrip())


def _told(
    opened: Memory, page: str, outcome: Outcome[Any], message: str, *, already: bool = False
) -> CallToolResult:
    landed = [Landed(document=path.removesuffix(".md"), revision=rev) for path, rev in outcome.revisions]
    path = _path(opened, page) or (outcome.revisions[0][0] if outcome.revisions else "")
    result = outcome.result
    told = Change(
        document=path.removesuffix(".md"),
        revision=outcome.revision_of(path) or _revision(opened, path),
        key=result if isinstance(result, str) else "",
        changed=bool(landed),
        already_done=already,
        message=sentence(message),
        changes=landed,
        notices=[sentence(each) for each in opened.notices()],
    )
    stands = f"{told.document} is at revision {told.revision}." if told.revision else ""
    return answer(told, told.message, stands, *told.notices)


def _path(opened: Memory, page: str) -> str:
    """Where the page called ``page`` stands, if there is one."""
    try:
        return opened.path_of(page) if page else ""
    except NotFound:
        return ""


def _revision(opened: Memory, path: str) -> str:
    """The revision of a page that the change did not have to write."""
    stored = opened.store.read(path) if path else None
    return stored.revision if stored is not None else ""
