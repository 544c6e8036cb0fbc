"""The subagents and teammates of harnesses in ours: a page for each subagent, a row on the roster for each sort of them.

A subagent comes and goes many times a day, so the roster gets one row for all that are of one type, which tells who
of them is at work; what each of them did stands on its page below ``agents/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from cosmemory.document.entered import entered
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import AGENT, TEAM_ROSTER, team_roster
from cosmemory.kinds.agent import COMPLETED, FAILED, INCOMPLETE, RUNNING, Agent, Process, complete, start
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.team_roster import Details, Member, TeamRoster
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.agent_pages import details, new, tell
from cosmemory.operations.harness.agent_page import agent_text
from cosmemory.operations.page_ids import ids_of, is_archived, page_of
from cosmemory.operations.team import pushed_out
from cosmemory.pattern import pattern
from cosmemory.store import check_path
from cosmemory.syntax.escape import is_empty, normalise, unescape
from cosmemory.text.digest import sha256_hex
from cosmemory.text.source import decode_text
from cosmemory.transaction import Transaction

SUBAGENT, TEAMMATE = "Subagent", "Teammate"
ACTIVE, IDLE, OFFLINE = "active", "idle", "offline"
AT_WORK = "at work: "
NAMED = 5  # of the subagents at work that a row names
MOST_MEMBERS = 100  # with so many on the roster nobody is put there unasked
LONGEST_NAME, LONGEST_ID, LONGEST_MESSAGE = 80, 64, 300
_IN_ID = frozenset("-_.@")
_TYPE = pattern(rb"^- \*\*Agent Type:\*\* (.*)$", re.MULTILINE)
_STATUS = pattern(rb"^- \*\*Status:\*\* (.*)$", re.MULTILINE)


@frozen(kw_only=True)
class Subagent:
    """A subagent as its harness tells of it; without a ``key`` where that gives no ids."""

    key: str
    kind: str
    harness: str
    session: str


def plain_name(text: str) -> str:
    """``text`` as the name of a member; empty where it says nothing."""
    shown = normalise("".join(each if each.isprintable() else " " for each in text[: LONGEST_NAME * 2]))
    name = " ".join(shown.split())[:LONGEST_NAME].rstrip()
    return "" if is_empty(name) or not any(each.isalnum() for each in name) else name


def plain_key(text: str) -> str:
    """``text`` as the id of an agent's page: itself, or a digest of what no page can be called."""
    if not text:
        return ""
    good = text.isascii() and len(text) <= LONGEST_ID and text[0].isalnum() and text[-1].isalnum()
    if good and all(each.isalnum() or each in _IN_ID for each in text) and _may_be_page(text):
        return text
    return f"id-{sha256_hex(text.encode('utf-8', 'surrogatepass'))[:16]}"


def _may_be_page(key: str) -> bool:
    from cosmemory.errors import Unsafe

    try:
        check_path(page_of(AGENT, key), new=True)
    except Unsafe:
        return False
    return not is_empty(key)


def started(memory: Memory, subagent: Subagent) -> Outcome[str]:
    """The subagent at work, on its page and on the roster; one that had ended was woken.

    Nothing where it is at work already.
    """

    def verb(transaction: Transaction) -> str:
        if subagent.key and not _begun(transaction, subagent):
            return ""
        if not subagent.key:
            _tell_of_sort(transaction, subagent, "started")
        _show_sort(transaction, subagent, more=subagent.key, less="", present=True)
        return subagent.key or subagent.kind

    return memory.run(verb, operation="hook subagent start")


def _begun(transaction: Transaction, subagent: Subagent) -> bool:
    known = _known(transaction, subagent.key)
    if known is None:
        return _made(transaction, subagent) is not None
    agent: Agent = transaction.read(page_of(AGENT, known))
    if agent.status in (COMPLETED, FAILED):
        told = transaction.memory.happened
        if told is not None and _moment(transaction, agent) > told:
            return False  # its start was told too late: it has ended since
        # A harness wakes a subagent that had ended; for those who spawn agents themselves that is no legal step.
        woken = replace(agent, status=RUNNING, resumed_at=transaction.memory.then(), completed_at=None)
        transaction.replace(page_of(AGENT, known), replace(woken, failed_at=None, error=None))
        return True
    if agent.status in INCOMPLETE and agent.status != RUNNING:
        transaction.replace(
            page_of(AGENT, known), start(_spawned(agent), transaction.memory.then(), Process())
        )
        tell(transaction, agent, "started", RUNNING)
        return True
    return False


def _spawned(agent: Agent) -> Agent:
    from cosmemory.kinds.agent import PENDING, spawn

    return spawn(agent) if agent.status == PENDING else agent


def _made(
    transaction: Transaction, subagent: Subagent, message: str = "", *, done: bool = False
) -> Agent | None:
    """The page of a new subagent; None where there was one, which is in the archive now."""
    if is_archived(transaction, page_of(AGENT, subagent.key)):
        return None
    told = {"harness": subagent.harness, "session": subagent.session}
    said = details(
        kind=subagent.kind or None, metadata={name: value for name, value in told.items() if value}
    )
    agent = start(new(transaction, subagent.key, said), transaction.memory.then(), Process())
    if done:
        agent = _ended(agent, transaction, message)
    path = page_of(AGENT, subagent.key)
    transaction.create(path, agent_text(transaction.memory, entered(Agent(), agent)))
    tell(transaction, _named(agent, subagent), "spawned", COMPLETED if done else RUNNING)
    return agent


def _named(agent: Agent, subagent: Subagent) -> Agent:
    """``agent`` with its type as the name that the log gives it."""
    return agent if agent.agent_name or not subagent.kind else replace(agent, agent_name=subagent.kind)


def stopped(memory: Memory, subagent: Subagent, message: str = "") -> Outcome[str]:
    """The subagent done, ``message`` being the last thing that it said; nothing where it is done already."""

    def verb(transaction: Transaction) -> str:
        if subagent.key and not _done(transaction, subagent, message):
            return ""
        if not subagent.key:
            _tell_of_sort(transaction, subagent, "stopped")
        _show_sort(transaction, subagent, more="", less=subagent.key, present=False)
        return subagent.key or subagent.kind

    return memory.run(verb, operation="hook subagent stop")


def _done(transaction: Transaction, subagent: Subagent, message: str) -> bool:
    known = _known(transaction, subagent.key)
    if known is None:
        # Its start was not told, or comes later. Those without a type are the harness's own, which nobody asked for.
        return bool(subagent.kind) and _made(transaction, subagent, message, done=True) is not None
    agent: Agent = transaction.read(page_of(AGENT, known))
    if agent.status not in INCOMPLETE:
        return False
    at_work = (
        agent if agent.status == RUNNING else start(_spawned(agent), transaction.memory.then(), Process())
    )
    transaction.replace(page_of(AGENT, known), _ended(at_work, transaction, message))
    if agent.resumed_at is None:
        tell(transaction, _named(agent, subagent), "completed", COMPLETED)
    return True


def _ended(agent: Agent, transaction: Transaction, message: str) -> Agent:
    done = complete(agent, _moment(transaction, agent))
    said = " ".join("".join(e if e.isprintable() else " " for e in message[:LONGEST_MESSAGE]).split())
    return replace(done, progress=replace(done.progress, message=said)) if not is_empty(said) else done


def _moment(transaction: Transaction, agent: Agent) -> datetime:
    """When what is told of ``agent`` happened; told late, no earlier than what its page says it did last."""
    if transaction.memory.happened is None:
        return transaction.memory.then()
    told = (agent.started_at, agent.resumed_at, agent.completed_at, agent.failed_at)
    return max(transaction.memory.then(), *(each for each in told if isinstance(each, datetime)))


def _tell_of_sort(transaction: Transaction, subagent: Subagent, done: str) -> None:
    transaction.append(
        Event(
            time=transaction.now,
            type="agent",
            involved=subagent.kind or subagent.harness,
            action=f"{subagent.kind or 'A subagent'} {done}",
            outcome=done,
        )
    )


def _known(transaction: Transaction, key: str) -> str | None:
    return next((each for each in ids_of(transaction.memory, AGENT) if each.lower() == key.lower()), None)


def _at_work(transaction: Transaction, kind: str) -> Iterator[str]:
    """The ids of the subagents of a type that are at work, as the pages stand before this change."""
    store = transaction.memory.store
    for key in ids_of(transaction.memory, AGENT):
        stored = store.read(page_of(AGENT, key))
        if stored is None:
            continue
        plain = _TYPE.findall(stored.data), _STATUS.findall(stored.data)
        if len(plain[0]) == len(plain[1]) == 1:
            # There may be hundreds, each written by the verb above: those are not read any further.
            type_, status = (unescape(decode_text(found[0]).strip()) for found in plain)
        else:
            agent: Agent = transaction.memory.read_stored(stored).document
            type_, status = agent.agent_type or "", str(agent.status)
        if status == RUNNING and type_ == kind:
            yield key


def _show_sort(transaction: Transaction, subagent: Subagent, *, more: str, less: str, present: bool) -> None:
    """The row of the subagents of one type, with one ``more`` or ``less`` of them at work."""
    if not subagent.kind:
        return
    keys = [
        each
        for each in _at_work(transaction, subagent.kind)
        if each.lower() not in (less.lower(), more.lower())
    ]
    keys += [more] if more else []
    rest = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    task = f"{AT_WORK}{', '.join(keys[:NAMED])}{rest}" if keys else None
    held = task_of(transaction, subagent.kind) or ""
    if not is_empty(held) and not held.startswith(AT_WORK):
        task = held  # somebody wrote it, and it says more
    status = ACTIVE if keys or present else OFFLINE
    show_member(transaction, subagent.kind, SUBAGENT, status, task)


def show_member(transaction: Transaction, name: str, role: str, status: str, task: str | None) -> bool:
    """The row of ``name`` at a status and on a task; put there where there is room. Whether anything was done."""
    if not name or not transaction.exists(TEAM_ROSTER.path):
        return False
    roster: TeamRoster = transaction.read(TEAM_ROSTER.path)
    named = [e for e in roster.active_team_members if (e.session_name or "").lower() == name.lower()]
    if len(named) > 1 or (not named and len(roster.active_team_members) >= MOST_MEMBERS):
        return False
    if named:
        after = team_roster.show(roster, name, status, task, transaction.now)
    else:
        member = Member(session_name=name, role=role, status=status, current_task=task)
        block = Details(session_name=name, role=role, assigned=transaction.now, status=status)
        after = team_roster.join(roster, member, block, transaction.now)
        after, pushed = team_roster.bounded(after, transaction.memory.settings.team_changes)
        transaction.append(*(pushed_out(row, transaction.now) for row in pushed))
    transaction.replace(TEAM_ROSTER.path, after)
    return True


def idle(memory: Memory, name: str) -> Outcome[bool]:
    """The teammate ``name`` without work; nothing where the roster says so already."""

    def verb(transaction: Transaction) -> bool:
        held = _row(transaction, name)
        if held is not None and held.status == IDLE:
            return False
        task = held.current_task if held is not None else None
        if not show_member(transaction, name, TEAMMATE, IDLE, task):
            return False
        transaction.append(
            Event(
                time=transaction.now,
                type="team_change",
                involved=name,
                action="Status changed to idle",
                outcome="Changed",
            )
        )
        return True

    return memory.run(verb, operation="hook teammate idle")


def task_of(transaction: Transaction, name: str) -> str | None:
    """What the roster says that ``name`` works on."""
    row = _row(transaction, name)
    return row.current_task if row is not None else None


def _row(transaction: Transaction, name: str) -> Member | None:
    if not transaction.exists(TEAM_ROSTER.path):
        return None
    roster: TeamRoster = transaction.read(TEAM_ROSTER.path)
    return next(
        (e for e in roster.active_team_members if (e.session_name or "").lower() == name.lower()), None
    )
