"""Roster, alert page and state reconstructed from the coordination log, and how that differs from what stands there."""

from __future__ import annotations

from collections.abc import Iterator

from cosmemory.document.changes import changed
from cosmemory.document.data import data_of
from cosmemory.document.entered import entered
from cosmemory.errors import CosmemoryError, NotFound, did_you_mean
from cosmemory.frozen import frozen
from cosmemory.kinds import ACTIVE_ALERTS, COORDINATION_LOG, COS_STATE, TEAM_ROSTER, Kind
from cosmemory.kinds.page import Page
from cosmemory.maintenance import rebuilt
from cosmemory.maintenance.checkpoints import before_risk
from cosmemory.maintenance.damage import damage_of
from cosmemory.maintenance.kept import keep
from cosmemory.maintenance.replay import Told, told_by
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.events import find_events
from cosmemory.operations.new_pages import page_text
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What may be rebuilt, by the names that people give it.
REBUILT = {
    "roster": TEAM_ROSTER,
    "team-roster": TEAM_ROSTER,
    "alerts": ACTIVE_ALERTS,
    "active-alerts": ACTIVE_ALERTS,
    "cos-state": COS_STATE,
}
# What no event tells: it is taken from the page where it stands there, and is empty otherwise.
UNTOLD = {
    TEAM_ROSTER: (
        "the task that somebody was given when they joined",
        "capabilities and performance",
        "targets of roles (these are taken from the settings)",
    ),
    ACTIVE_ALERTS: ("columns and labels of a person's own on alerts that are open",),
    COS_STATE: (
        "priority and deadline of actions",
        "the status of the session",
        "the notes",
    ),
}
ALWAYS_UNTOLD = "what set, add, remove and people with an editor changed"


@frozen(kw_only=True)
class Difference:
    """A value that the log tells otherwise than the page; None where one of the two does not have it."""

    where: str
    page: str | None
    log: str | None


@frozen(kw_only=True)
class Rebuilt:
    """A page as the log tells it: what differs, what the log does not tell, and what it tells unclearly."""

    path: str
    events: int
    differences: tuple[Difference, ...]
    untold: tuple[str, ...]
    vague: tuple[str, ...]
    kept: str = ""


def rebuilt_kind(name: str) -> Kind:
    """The kind of the page called ``name``.

    Raises NotFound for one that nothing can be rebuilt for.
    """
    kind = REBUILT.get(name.removesuffix(".md").rpartition("/")[2])
    if kind is None:
        hint = did_you_mean(name, list(REBUILT), "roster, alerts and cos-state can be rebuilt.")
        raise NotFound(f"A way to rebuild {name!r}", hint)
    return kind


def rebuild(memory: Memory, name: str, *, expected: dict[str, str] | None = None) -> Outcome[Rebuilt]:
    """The page called ``name`` made to say what the log tells; what the log does not speak of stays as it is.

    A page that is missing or damaged is written anew, and what stood there kept. Raises NotFound for a name
    that nothing can be rebuilt for.
    """
    kind = rebuilt_kind(name)
    told, count = _told(memory)

    def verb(transaction: Transaction) -> Rebuilt:
        stored = transaction.stored(kind.path)
        page = _standing(memory, kind)
        document = document_of(memory, kind, told, page)
        before = data_of(page.document) if page is not None else {}
        differing = tuple(differences(before, data_of(document)))
        if stored is not None and differing:
            before_risk(transaction.memory, "rebuild")
        kept = ""
        if stored is None:
            transaction.create(kind.path, page_text(memory, kind, document))
        elif page is None or damage_of(kind.path, stored.data) or not _fits(page, document):
            kept = keep(transaction, kind.path, stored.data)
            transaction.rewrite(kind.path, page_text(memory, kind, document))
        else:
            transaction.replace(kind.path, document)
        return Rebuilt(
            path=kind.path,
            events=count,
            differences=differing,
            untold=(*UNTOLD[kind], ALWAYS_UNTOLD),
            vague=tuple(told.vague),
            kept=kept,
        )

    return memory.run(verb, expected=expected, operation="rebuild")


def rebuilt_text(memory: Memory, kind: Kind) -> str:
    """The text of a new page of ``kind`` that says what the log tells."""
    return page_text(memory, kind, document_of(memory, kind, _told(memory)[0], _standing(memory, kind)))


def _told(memory: Memory) -> tuple[Told, int]:
    events = [event for _, event in find_events(memory)]
    return told_by(events), len(events)


def _standing(memory: Memory, kind: Kind) -> Page | None:
    """The page as far as it can be read; None where there is none, or nothing of it can be."""
    stored = memory.store.read(kind.path)
    if stored is None or any(each.sort in {"utf-16", "empty"} for each in damage_of(kind.path, stored.data)):
        return None
    return memory.read_stored(stored)


def document_of(memory: Memory, kind: Kind, told: Told, page: Page | None) -> Any:
    """What a page of ``kind`` should say: what the log tells, and for the rest what the page says."""
    standing = page.document if page is not None else None
    if kind is TEAM_ROSTER:
        return rebuilt.roster(standing, told, memory)
    if kind is ACTIVE_ALERTS:
        return rebuilt.alerts(standing, told, memory)
    roster, alerts, log = (
        held.document if (held := _sound(memory, each)) is not None else None
        for each in (TEAM_ROSTER, ACTIVE_ALERTS, COORDINATION_LOG)
    )
    return rebuilt.state(standing, told, memory, roster=roster, alerts=alerts, log=log)


def _sound(memory: Memory, kind: Kind) -> Page | None:
    stored = memory.store.read(kind.path)
    if stored is None or damage_of(kind.path, stored.data):
        return None
    return memory.read_stored(stored)


def _fits(page: Page, document: Any) -> bool:
    """Whether the page as it stands can take the document, all else on it left alone."""
    try:
        changed(page.path, page.tree, page.document, entered(page.document, document))
    except CosmemoryError:
        return False
    return True


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Difference]:
    """The values in which two documents, as plain data, differ; those that a write makes by itself are left out."""
    old, new = dict(_flat("", before)), dict(_flat("", after))
    for where in dict.fromkeys([*old, *new]):
        if old.get(where) != new.get(where) and not where.endswith("last_updated"):
            yield Difference(where=where, page=_shown(old.get(where)), log=_shown(new.get(where)))


def _shown(value: Any) -> str | None:
    return None if value is None else str(value)


def _flat(above: str, held: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(held, dict):
        for name, each in held.items():
            yield from _flat(f"{above}.{name}" if above else name, each)
    elif isinstance(held, list):
        seen: dict[str, int] = {}
        for each in held:
            key = (
                str(next((value for value in each.values() if value), ""))
                if isinstance(each, dict)
                else str(each)
            )
            seen[key] = seen.get(key, 0) + 1
            yield from _flat(f"{above}.{key}" + (f"#{seen[key]}" if seen[key] > 1 else ""), each)
    elif held is not None:
        yield above, held
