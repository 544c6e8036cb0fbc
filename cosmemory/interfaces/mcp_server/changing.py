"""One change that a tool makes: at most once under its key, only to the page it was made for, told with its revision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Annotated, Any

from anyio import from_thread
from mcp.types import CallToolResult

from cosmemory.errors import DoneAlready, NotFound, UsageError
from cosmemory.interfaces.mcp_server.calls import memory, revision_of
from cosmemory.interfaces.mcp_server.results import Change, Landed, answer, sentence
from cosmemory.kinds import LOG_PATH
from cosmemory.maintenance.differences import Difference, page_differences, sentences_of
from cosmemory.maintenance.moments import changes_of
from cosmemory.maintenance.steps import ADDED
from cosmemory.memory import Outcome
from cosmemory.office import Memory
from cosmemory.text.fenced import fenced

Changed = Annotated[CallToolResult, Change]
# So far back is told what a repeated call had done; that it was done is known from longer ago.
NEWEST = 200
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
    # What its client takes back while it waits for the lock must not land behind what the client does instead.
    opened = memory(idempotency_key).unless(from_thread.check_cancelled)
    if expected_revision and not page:
        raise UsageError("A page that is to be made has no revision yet.", "Leave expected_revision out.")
    expected = {page: expected_revision} if expected_revision else None
    try:
        outcome = verb(opened, expected)
    except DoneAlready as already:
        return _done_before(opened, page, already)
    words = said if isinstance(said, str) else said(outcome.result)
    if not outcome.revisions:
        words = "Everything stood so already; nothing was changed."
    return _told(opened, page, outcome, f"{words} {remark}".rstrip())


def _told(opened: Memory, page: str, outcome: Outcome[Any], message: str) -> CallToolResult:
    landed = [Landed(document=path.removesuffix(".md"), revision=rev) for path, rev in outcome.revisions]
    path = _path(opened, page) or (outcome.revisions[0][0] if outcome.revisions else "")
    result = outcome.result
    told = Change(
        document=path.removesuffix(".md"),
        revision=outcome.revision_of(path) or _revision(opened, path),
        key=result if isinstance(result, str) else "",
        changed=bool(landed),
        message=sentence(message),
        changes=landed,
        notices=[sentence(each) for each in opened.notices()],
    )
    return answer(told, told.message, _stand(told), *told.notices)


def _done_before(opened: Memory, page: str, already: DoneAlready) -> CallToolResult:
    """The answer to a call that came once more: what the first one did, as far as the history tells."""
    history = opened.store.history()
    made = next(
        (
            each
            for each in islice(changes_of(history), NEWEST)
            if (each.attribution.operation, each.attribution.message) == (already.operation, already.message)
        ),
        None,
    )
    others = [step.path for step in made.pages if step.path != LOG_PATH] if made else []
    path = _path(opened, page) or (others[0] if others else "")
    found: Sequence[Difference] = ()
    if made is not None and made.step(path) is not None:
        before, after = (history.text(path, number) for number in (made.number - 1, made.number))
        found = page_differences(path, before, after, opened.kinds)
    did = "\n".join(sentence(each) for each in sentences_of(found))
    # A record that it added is told by its key, so that who repeats the call can go on with it.
    keys = [each.where.rpartition(".")[2] for each in found if each.sort == ADDED and "." in each.where]
    told = Change(
        document=path.removesuffix(".md"),
        revision=_revision(opened, path),
        key=keys[0] if len(keys) == 1 else path.rpartition("/")[2].removesuffix(".md") if not page else "",
        changed=False,
        already_done=True,
        message=sentence(str(already)),
        changes=[],
        notices=[sentence(each) for each in opened.notices()],
    )
    return answer(told, told.message, _stand(told), fenced(did, "what it did then") if did else "")


def _stand(told: Change) -> str:
    return f"{told.document} is at revision {told.revision}." if told.revision else ""


def _path(opened: Memory, page: str) -> str:
    """Where the page called ``page`` stands, if there is one."""
    try:
        return opened.path_of(page) if page else ""
    except NotFound:
        return ""


def _revision(opened: Memory, path: str) -> str:
    """The revision of a page that the change did not have to write."""
    return revision_of(opened.store.read(path)) if path else ""
