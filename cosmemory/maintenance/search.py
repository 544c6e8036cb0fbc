"""The search: words found again on pages, in the log and its archives, in what was archived and in what is gone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime

from cosmemory.errors import NotFound, UsageError, did_you_mean
from cosmemory.frozen import frozen
from cosmemory.kinds import Kind, Kinds, kind_named
from cosmemory.maintenance.moments import Texts
from cosmemory.maintenance.search_index import Asked, Found, ask
from cosmemory.maintenance.search_past import gone_in, newest_changes, past_of
from cosmemory.maintenance.search_query import Term, found_at, terms_of
from cosmemory.maintenance.search_units import (
    HISTORY,
    PLACES,
    Unit,
    is_log,
    kind_name,
    lines_in,
    log_units,
    of_kind,
    page_units,
    place_of,
)
from cosmemory.memory import Memory
from cosmemory.operations.events import whole_entries
from cosmemory.store import Store
from cosmemory.text.source import decode_text
from cosmemory.trace import trace

WIDTH = 160
BEFORE = 40


@frozen(kw_only=True)
class Hit:
    """One thing found: where it stands, or stood until a change took it away, and the line with what was asked for.

    ``marks`` are the places of that in the snippet; a smaller ``score`` is a better one.
    """

    page: str
    line: int
    place: str
    kind: str
    section: str
    key: str
    time: int | None
    snippet: str
    marks: tuple[tuple[int, int], ...]
    score: float
    change: int = 0
    actor: str = ""


def search(
    memory: Memory,
    words: str,
    *,
    kind: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    agent: str | None = None,
    places: Sequence[str] = (),
    limit: int | None = None,
) -> tuple[Hit, ...]:
    """What fits ``words``, the best first, and of two as good the later one.

    All words must occur in one row, item, record, paragraph or entry; ``"whole phrases"``, ``beginnings*`` and
    ``-words`` that must not occur are understood. Raises UsageError for words that ask for nothing, NotFound for a
    kind that is not known.
    """
    terms = terms_of(words)
    wanted = _kind(kind, memory.kinds) if kind else None
    own = wanted is not None and wanted in memory.kinds.own
    asked = Asked(
        terms=terms,
        places=_places(places),
        kind=wanted.name if wanted is not None and not own else "",
        paths=wanted.pattern if wanted is not None and own else None,
        since=int(since.timestamp()) if since is not None else None,
        until=int(until.timestamp()) if until is not None else None,
        agent=agent or "",
        limit=limit,
    )
    try:
        found = ask(memory.store, asked)
    except sqlite3.Error as error:
        trace("the pages are read one by one: %s", error)
        found = scan(memory.store, asked)
    return tuple(_hit(each, terms, memory.kinds) for each in found)


def _places(places: Sequence[str]) -> tuple[str, ...]:
    for place in places:
        if place not in PLACES:
            raise UsageError(f"{place!r} is no place to search in.", f"There are {', '.join(PLACES)}.")
    return tuple(places)


def _kind(name: str, kinds: Kinds) -> Kind:
    found = kind_named(name, kinds)
    if found is None:
        known = [kind.name for kind in kinds]
        raise NotFound(f"The kind {name!r}", did_you_mean(name, known, "cosmemory kinds lists them."))
    return found


def scan(store: Store, asked: Asked) -> list[Found]:
    """The same without an index, every page read: what the index is held to, and what is left without SQLite."""
    found = [
        Found(path, unit, 0.0, actor)
        for path, place, unit, actor in _every(store)
        if _fits(asked, path, place, unit)
    ]
    found.sort(key=lambda each: (PLACES.index(_place(each)), -(each.unit.when or 0)))
    return found[: asked.limit]


def _every(store: Store) -> Iterator[tuple[str, str, Unit, str]]:
    for path in (*store.paths(), *store.paths(archived=True)):
        for unit in _units(store, path):
            yield path, place_of(path), unit, ""
    history = past_of(store)
    if history is not None:
        texts = Texts(history)
        for change in newest_changes(history):
            for path, units in gone_in(texts, change).pages:
                for unit in units:
                    yield path, HISTORY, unit, change.attribution.actor


def _units(store: Store, path: str) -> Iterator[Unit]:
    try:
        if not is_log(path):
            stored = store.read(path)
            yield from page_units(path, decode_text(stored.data)) if stored is not None else ()
            return
        start, line = 0, 1
        with store.open_read(path) as file:
            for part in whole_entries(file.read):
                yield from log_units(part, start, line)
                start += len(part)
                line += lines_in(decode_text(part))
    except NotFound:
        return  # it has just gone


def _fits(asked: Asked, path: str, place: str, unit: Unit) -> bool:
    if (asked.places and place not in asked.places) or (asked.kind and kind_name(path) != asked.kind):
        return False
    if asked.paths is not None and not of_kind(asked.paths, path):
        return False
    if asked.agent and asked.agent.casefold() not in unit.names:
        return False
    if (asked.since is not None or asked.until is not None) and unit.when is None:
        return False
    if asked.since is not None and (unit.when or 0) < asked.since:
        return False
    if asked.until is not None and (unit.when or 0) > asked.until:
        return False
    return bool(found_at(asked.terms, unit.text))


def _place(found: Found) -> str:
    return HISTORY if found.unit.change else place_of(found.path)


def _hit(found: Found, terms: tuple[Term, ...], kinds: Kinds) -> Hit:
    unit = found.unit
    spans = found_at(terms, unit.text)
    first = spans[0][0] if spans else 0
    begin = max(unit.text.rfind("\n", 0, first), unit.text.rfind("\r", 0, first)) + 1
    start, end = _window(unit.text, begin, first)
    return Hit(
        page=found.path,
        line=unit.line + lines_in(unit.text[:begin]),
        place=_place(found),
        kind=kind_name(found.path, kinds),
        section=unit.section,
        key=unit.key,
        time=unit.when,
        snippet=unit.text[start:end],
        marks=tuple((max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start),
        score=round(found.score, 6),
        change=unit.change,
        actor=found.actor,
    )


def _window(text: str, begin: int, first: int) -> tuple[int, int]:
    """Where the part of a line begins and ends that is shown for what stands at ``first``."""
    ends = [at for at in (text.find("\n", first), text.find("\r", first)) if at >= 0]
    end = min(ends, default=len(text))
    while begin < end and text[begin] in " \t":
        begin += 1
    start = begin if end - begin <= WIDTH else max(begin, first - BEFORE)
    return start, min(end, start + WIDTH)
