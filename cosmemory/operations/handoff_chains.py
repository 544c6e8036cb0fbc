"""What can be read off handoffs: who waits for what, and whether each goes on from the one before it."""

from __future__ import annotations

from datetime import datetime

from cosmemory.document.decode import decode
from cosmemory.frozen import frozen
from cosmemory.kinds import HANDOFF
from cosmemory.kinds.handoff import (
    PENDING,
    Handoff,
    content_hash,
    is_overdue,
    link_problem,
    needs_ack,
    own_problem,
)
from cosmemory.operations.narrowed import keys_saying
from cosmemory.operations.page_ids import ARCHIVE, id_named, ids_of, page_of
from cosmemory.reader import Reader
from cosmemory.syntax.parse import parse
from cosmemory.text.source import decode_text


@frozen(kw_only=True)
class Chain:
    """The handoffs that lead to one, oldest first, what is wrong with them, and whether the last was received."""

    ids: tuple[str, ...]
    problems: tuple[str, ...]
    received: bool

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


@frozen(kw_only=True)
class Waiting:
    """A handoff that nobody has acknowledged yet, with the hash that its receiver is to name."""

    id: str
    page: str
    from_agent: str | None
    to_agent: str | None
    project: str | None
    created: datetime | None
    expires: datetime | None
    overdue: bool
    sha256: str


def get(memory: Reader, key: str) -> Handoff:
    """The handoff ``key``; raises NotFound."""
    found: Handoff = memory.read(page_of(HANDOFF, id_named(memory, HANDOFF, key)))
    return found


def listed(
    memory: Reader,
    *,
    status: str | None = None,
    to_agent: str | None = None,
    from_agent: str | None = None,
    project: str | None = None,
) -> tuple[Handoff, ...]:
    """The handoffs of a status, to or from an agent, of a project, by their ids."""
    wanted = {"to_agent": to_agent, "from_agent": from_agent, "project": project}
    asked = {name: text.lower() for name, text in wanted.items() if text is not None}
    found = []
    for key in sorted(ids_of(memory, HANDOFF) if status is None else keys_saying(memory, HANDOFF, status)):
        page: Handoff = memory.read(page_of(HANDOFF, key))
        fits = all(str(getattr(page, name) or "").lower() == text for name, text in asked.items())
        if fits and (status is None or page.status == status):
            found.append(page)
    return tuple(found)


def received(memory: Reader, agent: str) -> tuple[Handoff, ...]:
    """The handoffs that ``agent`` has acknowledged or begun, the done ones too."""
    return tuple(
        page
        for page in listed(memory, to_agent=agent)
        if page.acknowledged is not None or page.started is not None
    )


def pending(memory: Reader, agent: str | None = None) -> tuple[Handoff, ...]:
    """The handoffs that wait, those to ``agent`` or all."""
    return listed(memory, status=PENDING, to_agent=agent)


def interrupted(memory: Reader) -> tuple[Waiting, ...]:
    """The handoffs that wait for an acknowledgement."""
    now = memory.now()
    return tuple(
        Waiting(
            id=str(page.id),
            page=page_of(HANDOFF, str(page.id)),
            from_agent=page.from_agent,
            to_agent=page.to_agent,
            project=page.project,
            created=page.created if isinstance(page.created, datetime) else None,
            expires=page.expires if isinstance(page.expires, datetime) else None,
            overdue=is_overdue(page, now),
            sha256=content_hash(page),
        )
        for page in pending(memory)
        if needs_ack(page)
    )


def verify(memory: Reader, key: str) -> Chain:
    """The chain that leads to the handoff ``key``, link by link; raises NotFound."""
    page = get(memory, key)
    received_ = page.status not in {None, PENDING} and (
        page.acknowledged is not None or page.started is not None
    )
    ids: list[str] = []
    problems: list[str] = []
    at: Handoff | None = page
    while at is not None:
        ids.append(str(at.id))
        wrong = own_problem(at)
        problems += [f"{at.id}: {wrong}"] if wrong else []
        before = _before(memory, at)
        wrong = link_problem(at, before)
        problems += [f"{at.id}: {wrong}"] if wrong else []
        if before is not None and str(before.id) in ids:
            problems.append(f"{at.id}: the chain comes back to {before.id}")
            break
        at = before
    return Chain(ids=tuple(reversed(ids)), problems=tuple(problems), received=received_)


def broken(memory: Reader) -> tuple[tuple[str, str], ...]:
    """Each handoff that does not go on from the one before it or does not fit its hashes, with what is wrong."""
    found: list[tuple[str, str]] = []
    for key in sorted(ids_of(memory, HANDOFF)):
        page: Handoff = memory.read(page_of(HANDOFF, key))
        wrong = own_problem(page) or link_problem(page, _before(memory, page)) or _circle(memory, page)
        if wrong:
            found.append((key, wrong))
    return tuple(found)


def _before(memory: Reader, page: Handoff) -> Handoff | None:
    """The handoff that ``page`` goes on from, live or archived; None where it names none or there is none."""
    if page.previous is None:
        return None
    path = page_of(HANDOFF, page.previous)
    for place in (path, f"{ARCHIVE}/{path}"):
        stored = memory.store.read(place) if HANDOFF.pattern.fullmatch(path) else None
        if stored is not None:
            found: Handoff = decode(parse(decode_text(stored.data)), Handoff).document
            return found
    return None


def _circle(memory: Reader, page: Handoff) -> str:
    seen = {page.previous}
    at = _before(memory, page)
    while at is not None and at.previous is not None and at.previous not in seen:
        seen.add(at.previous)
        at = _before(memory, at)
    return f"the chain comes back to {at.previous}" if at is not None and at.previous is not None else ""
