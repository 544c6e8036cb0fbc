"""The resources: the brief, every page, the log by weeks, and the shape of every kind."""

from __future__ import annotations

import json

from mcp.server.mcpserver import MCPServer
from mcp.types import Annotations, Resource

from cosmemory.errors import NotFound, did_you_mean
from cosmemory.interfaces.mcp_server.calls import memory, revision_of
from cosmemory.interfaces.mcp_server.reading import stored_page
from cosmemory.interfaces.mcp_server.results import clean
from cosmemory.interfaces.mcp_server.schemas import schema_of
from cosmemory.interfaces.mcp_server.uris import (
    BRIEF,
    CURRENT,
    DOCUMENT,
    LOG,
    SCHEMA,
    uris_of,
    week_of,
)
from cosmemory.kinds import LOG_PATH
from cosmemory.maintenance.briefing import brief as made
from cosmemory.text.fenced import fenced

MARKDOWN = "text/markdown"
JSON = "application/schema+json"


def offer(server: MCPServer[None]) -> None:
    """Every resource offered by ``server``."""
    server.resource(
        BRIEF,
        title="Brief",
        description="What a returning Chief of Staff needs, the most urgent first.",
        mime_type=MARKDOWN,
    )(brief)
    server.resource(
        DOCUMENT, title="Page", description="A page of the memory, by its name.", mime_type=MARKDOWN
    )(documents)
    server.resource(
        LOG,
        title="Events of a week",
        description="The coordination log: current, or an archived week such as 2026-W46.",
        mime_type=MARKDOWN,
    )(log)
    server.resource(
        SCHEMA,
        title="Shape of a kind",
        description="The JSON schema of what read_document gives as data of a page of a kind.",
        mime_type=JSON,
    )(schema)


def brief() -> str:
    """The brief, as get_brief tells it."""
    return str(clean(made(memory()).text))


def documents(path: str) -> str:
    """A page, fenced as data."""
    stored = stored_page(memory(), path)
    text = clean(stored.data.decode("utf-8", "surrogateescape"))
    return fenced(text, f"{stored.path.removesuffix('.md')} at revision {revision_of(stored)}")


def log(week: str) -> str:
    """The events of a week, fenced as data."""
    opened = memory()
    weeks = {week_of(path): path for path in opened.store.paths() if week_of(path)}
    if week not in {*weeks, CURRENT}:
        raise NotFound(f"A log of {week!r}", did_you_mean(week, weeks, f"There is {', '.join(weeks)}."))
    return documents(weeks.get(week, LOG_PATH))


def schema(kind: str) -> str:
    """The shape of a kind's typed content."""
    known = {each.name: each for each in memory().kinds}
    if kind not in known:
        raise NotFound(f"The kind {kind!r}", did_you_mean(kind, known, f"The kinds are {', '.join(known)}."))
    return json.dumps(schema_of(known[kind]), ensure_ascii=False)


def listed() -> list[Resource]:
    """The brief, every page and every week of the log, as they are now."""
    store = memory().store
    told = [Resource(uri=BRIEF, name="brief", title="Brief", mime_type=MARKDOWN, annotations=_FIRST)]
    for path in store.paths():
        name = path.removesuffix(".md")
        if name == path or clean(name) != name:
            continue  # no page, or one that no client could name
        told.append(Resource(uri=uris_of(path)[0], name=name, mime_type=MARKDOWN, size=store.size(path)))
        if week := week_of(path):
            uri = uris_of(path)[-1]
            told.append(Resource(uri=uri, name=f"log {week}", mime_type=MARKDOWN, size=store.size(path)))
    return told


_FIRST = Annotations(audience=["assistant"], priority=1.0)
