"""The tools that read: the brief, pages, the list of them, the search and the check."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from mcp.types import CallToolResult
from pydantic import Field

from cosmemory import clock
from cosmemory.document.data import data_of, plain
from cosmemory.document.paths import value_at
from cosmemory.document.values import time_of
from cosmemory.errors import NotFound, Unsafe, did_you_mean, no_page
from cosmemory.interfaces.mcp_server.arguments import Line, Lines
from cosmemory.interfaces.mcp_server.calls import memory, revision_of
from cosmemory.interfaces.mcp_server.results import (
    Brief,
    Document,
    Documents,
    Finding,
    Findings,
    Hit,
    Hits,
    Listed,
    answer,
    clean,
    sentence,
)
from cosmemory.kinds import ARCHIVE
from cosmemory.maintenance.briefing import brief
from cosmemory.maintenance.moments import bound
from cosmemory.maintenance.search import search
from cosmemory.rules.rule import ERROR, INFO, WARNING
from cosmemory.text.fenced import fenced
from cosmemory.text.spans import LineIndex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.office import Memory
    from cosmemory.store import Stored

LONGEST = 100_000
USUAL = 20_000
LISTED = 200
LOG_ARCHIVE = "log-archive"  # the log of a week gone by, which is read as the log is
PAGE = Field(
    description="A page by its name or kind, such as cos-state, alerts/active-alerts or team-roster."
)


def get_brief(
    budget: Annotated[
        int | None,
        Field(ge=500, le=LONGEST, description="At most so many characters; else as the settings say."),
    ] = None,
    since: Annotated[
        Line,
        Field(description="Decisions and events from then on: 2h ago, 2026-11-21T10:00Z, or #17, a change."),
    ] = "",
) -> Annotated[CallToolResult, Brief]:
    """Tell what a returning Chief of Staff needs, the most urgent first.

    Call it first in a session and whenever your context was cut. It tells of the session and focus, critical alerts,
    overdue and blocked actions, what was interrupted, handoffs that wait, the team and recent decisions, with ids to
    ask for more by read_document. It says what it left out.
    """
    told = brief(memory(), budget=budget, since=since or None)
    return answer(Brief(text=told.text), told.text)


def read_document(
    document: Annotated[Line, PAGE],
    path: Annotated[
        Line,
        Field(description="One value or section, such as current_focus.primary_task or pending_actions.3."),
    ] = "",
    form: Annotated[
        Literal["text", "data"], Field(description="text is the Markdown, data the typed content.")
    ] = "text",
    offset: Annotated[
        int,
        Field(
            description="Begin at this character; a negative one counts from the end, where logs are newest."
        ),
    ] = 0,
    limit: Annotated[int, Field(ge=1, le=LONGEST, description="At most so many characters.")] = USUAL,
) -> Annotated[CallToolResult, Document]:
    """Read a page, a stretch of it, or one value of it, with its revision.

    Read before you change: the revision it tells is the expected_revision of your change. With a path you get the
    typed value there; long pages come in stretches, next_offset tells where to go on.
    """
    opened = memory()
    stored = stored_page(opened, document)
    page = opened.read_stored(stored)
    if path or form == "data":
        data = clean(plain(value_at(page.document, path)) if path else data_of(page.document))
        whole = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, indent=1)
    else:
        data, whole = None, clean(stored.data.decode("utf-8", "surrogateescape"))
    start = max(0, min(len(whole), offset if offset >= 0 else len(whole) + offset))
    end = min(len(whole), start + limit)
    told = Document(
        document=stored.path.removesuffix(".md"),
        path=stored.path,
        kind=_kind_of(opened, stored.path),
        revision=revision_of(stored),
        text="" if data is not None else whole[start:end],
        # Data that does not fit is told in the words alone, a stretch of its text.
        data=data if (start, end) == (0, len(whole)) else None,
        characters=len(whole),
        offset=start,
        next_offset=end if end < len(whole) else None,
        findings=len(page.diagnostics),
    )
    head = f"{told.document} is at revision {told.revision}; characters {start} to {end} of {len(whole)}."
    more = f"There is more: go on with offset={end}." if end < len(whole) else ""
    return answer(told, head, fenced(whole[start:end], f"{told.document} {path}".rstrip()), more)


def stored_page(opened: Memory, name: str) -> Stored:
    """The page called ``name`` as it stands.

    Raises Unsafe for what is no page of the memory, NotFound where there is none.
    """
    path = opened.path_of(name)
    # Settings, templates and what programs keep beside the pages are nobody's to read from here.
    if not path.endswith(".md") or any(part.startswith(".") for part in path.split("/")):
        raise Unsafe(name, "it is no page", "list_documents names the pages.")
    stored = opened.store.read(path)
    if stored is None:
        raise no_page(path)
    return stored


def list_documents(
    kind: Annotated[
        Line, Field(description="Pages of this kind only, such as handoff or daily-metrics.")
    ] = "",
    archived: Annotated[bool, Field(description="The pages that were moved to the archive instead.")] = False,
    limit: Annotated[int, Field(ge=1, le=2_000, description="At most so many, the newest names.")] = LISTED,
) -> Annotated[CallToolResult, Documents]:
    """List the pages of the memory, and the kinds of page that it knows.

    Use it to find the name of a page for read_document; to find words on pages use search_memory.
    """
    opened = memory()
    known = [*(each.name for each in opened.kinds), LOG_ARCHIVE]
    if kind and kind not in known:
        raise NotFound(f"The kind {kind!r}", did_you_mean(kind, known, f"The kinds are {', '.join(known)}."))
    paths = [each for each in opened.store.paths(archived=archived) if each.endswith(".md")]
    wanted = [each for each in paths if not kind or _kind_of(opened, each) == kind]
    held = [
        Listed(document=each.removesuffix(".md"), kind=_kind_of(opened, each), bytes=opened.store.size(each))
        for each in wanted[-limit:]
    ]
    told = Documents(documents=held, total=len(wanted), kinds=[each.name for each in opened.kinds])
    lines = "\n".join(f"{each.document} ({each.kind or 'no kind'}, {each.bytes} bytes)" for each in held)
    head = f"{len(wanted)} pages, {len(held)} of them listed. Kinds: {', '.join(told.kinds)}."
    return answer(told, head, fenced(lines, "names of pages"))


def search_memory(
    words: Annotated[
        Line, Field(description='All must occur in one row or entry; "a phrase", begin* and -without work.')
    ],
    places: Annotated[
        list[Literal["pages", "log", "archive", "history"]],
        Field(description="Where to look; everywhere unless given. history is what is gone."),
    ] = [],  # noqa: B006  # pydantic copies it
    kind: Annotated[Line, Field(description="Pages of this kind only.")] = "",
    agent: Annotated[Line, Field(description="What involves this agent, or is its record.")] = "",
    since: Annotated[Line, Field(description="From then on: 2026-11-21, 2026-11-21T10:00Z or 2h ago.")] = "",
    until: Annotated[Line, Field(description="Up to then, itself included.")] = "",
    limit: Annotated[int, Field(ge=1, le=LISTED, description="At most so many, the best first.")] = 20,
) -> Annotated[CallToolResult, Hits]:
    """Find words on all pages, in the log, its archives and in what is gone.

    Use it to look up what was decided, done or said, by whom and when. Read the page of a hit with read_document.
    """
    opened = memory()
    now = int(opened.now().timestamp())
    found = search(
        opened,
        words,
        kind=kind or None,
        since=time_of(bound(since, now)) if since else None,
        until=time_of(bound(until, now, end=True)) if until else None,
        agent=agent or None,
        places=places,
        limit=limit + 1,
    )
    hits = [
        Hit(
            document=each.page.removesuffix(".md"),
            line=each.line,
            place=each.place,
            section=each.section or "",
            key=each.key or "",
            time=clock.format_time(each.time) if each.time is not None else "",
            snippet=each.snippet,
            change=each.change or 0,
        )
        for each in found[:limit]
    ]
    lines = "\n".join(
        f"{each.document}:{each.line} [{' > '.join(filter(None, (each.section, each.key, each.time)))}] {each.snippet}"
        for each in hits
    )
    more = len(found) > limit
    head = f"{len(hits)} found{', and there is more: raise limit' if more else ''}."
    return answer(Hits(hits=hits, more=more), head, fenced(lines, "what was found") if hits else "")


def validate_memory(
    documents: Annotated[Lines, Field(description="The pages to check; all of them unless given.")] = [],  # noqa: B006  # pydantic copies it
    severity: Annotated[
        Literal["error", "warning", "info"], Field(description="The least severe sort to list.")
    ] = "info",
    limit: Annotated[int, Field(ge=1, le=1_000, description="At most so many are listed.")] = 100,
) -> Annotated[CallToolResult, Findings]:
    """Check pages, and list what is wrong on them with its place; nothing is changed.

    Use it after pages were edited by hand, and when a tool says that a page is damaged. What is fixable is mended by
    the command cosmemory validate --fix.
    """
    opened = memory()
    named = [opened.path_of(each) for each in documents] or None
    for path in named or ():
        if opened.store.read(path) is None:
            raise no_page(path)
    levels = (ERROR, WARNING, INFO)
    pages = opened.validate(named).pages
    every = [(page, each) for page in pages for each in page.diagnostics]
    counts = {level: sum(each.severity == level for _, each in every) for level in levels}
    shown = levels[: [str(level) for level in levels].index(severity) + 1]
    wanted = [(page, each) for page, each in every if each.severity in shown]
    found = []
    for page, each in wanted[:limit]:
        row, column = LineIndex(page.text).position(each.start)
        found.append(
            Finding(
                document=page.path.removesuffix(".md"),
                line=row + 1,
                column=column + 1,
                code=each.code,
                severity=str(each.severity),
                message=each.message,
                fixable=each.fix is not None and each.fix.safe,
            )
        )
    held = Findings(
        errors=counts[ERROR],
        warnings=counts[WARNING],
        infos=counts[INFO],
        findings=found,
        more=len(wanted) - len(found),
    )
    lines = "\n".join(
        sentence(f"{each.document}:{each.line}:{each.column} {each.code} {each.severity}: {each.message}")
        for each in found
    )
    head = f"{held.errors} errors, {held.warnings} warnings, {held.infos} notes; {len(found)} of them listed."
    return answer(held, head, fenced(lines, "what is wrong on the pages") if found else "")


def _kind_of(opened: Memory, path: str) -> str:
    kind = opened.kinds.of(path)
    return kind.name if kind is not None else LOG_ARCHIVE if ARCHIVE.fullmatch(path) else ""
