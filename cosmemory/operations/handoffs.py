"""Handoffs: work given from one to another, acknowledged by the hash of what was read, and followed along its chain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cosmemory.document.checklists import DONE, OPEN, with_task
from cosmemory.document.entered import entered
from cosmemory.errors import InvalidValue, NotFound, Refused, did_you_mean
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import HANDOFF
from cosmemory.kinds import handoff as handing
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.handoff import ACKNOWLEDGED, DIRECT, MEDIATED, PENDING, SHARED, Handoff, content_hash
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.dated_ids import dated_id
from cosmemory.operations.due import due_of
from cosmemory.operations.handoff_chains import broken as broken  # noqa: PLC0414
from cosmemory.operations.handoff_chains import get as get  # noqa: PLC0414
from cosmemory.operations.handoff_chains import interrupted as interrupted  # noqa: PLC0414
from cosmemory.operations.handoff_chains import listed as listed  # noqa: PLC0414
from cosmemory.operations.handoff_chains import pending as pending  # noqa: PLC0414
from cosmemory.operations.handoff_chains import received as received  # noqa: PLC0414
from cosmemory.operations.handoff_chains import verify as verify  # noqa: PLC0414
from cosmemory.operations.handoff_packages import Package, rows_of, said, values_of
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.page_ids import id_named, ids_of, new_id, page_of
from cosmemory.operations.transformations import register_transformation as register_transformation  # noqa: PLC0414
from cosmemory.operations.transformations import transformed
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@frozen()
class Terms:
    """Who hands over to whom, for which project, after which handoff, and until when it waits to be acknowledged."""

    project: str
    from_agent: str | None
    to_agent: str | None
    key: str | None = None
    previous: str | None = None
    requires_ack: bool = True
    expires: datetime | str | None = None


def create(
    memory: Memory,
    project: str,
    *,
    from_agent: str,
    to_agent: str,
    key: str | None = None,
    previous: str | None = None,
    requires_ack: bool = True,
    expires: datetime | str | None = None,
    expected: dict[str, str] | None = None,
    **package: Any,
) -> Outcome[str]:
    """A handoff from one agent to another; ``package`` are the values of ``Package``. Gives its id.

    Its id is PROJECT-YYYY-MM-DD, with -2 and so on for those that follow on the same day. ``expires`` is a time, or
    as long from now as ``2h`` or ``7d`` says. Raises NotFound for a ``previous`` handoff that there is not.
    """
    given = {"protocol": DIRECT, **values_of(Package(**package))}
    terms = Terms(project, from_agent, to_agent, key, previous, requires_ack, expires)
    return _created(memory, terms, given, expected)


def mediate(
    memory: Memory,
    project: str,
    *,
    from_agent: str,
    to_agent: str,
    from_role: str,
    to_role: str,
    results: Any,
    analysis: Any = None,
    key: str | None = None,
    previous: str | None = None,
    requires_ack: bool = True,
    expires: datetime | str | None = None,
    expected: dict[str, str] | None = None,
    **package: Any,
) -> Outcome[str]:
    """A handoff whose ``results`` are made into what the other role needs; all stages stand on its page.

    What was registered for the two roles does that, a function or the template ``FROM_to_TO.md.j2`` in
    ``.templates/transformations/``; without either the results are handed on as they are.
    """
    # Before the lock is taken: the work of somebody else's program may take long.
    done = transformed(memory, from_role, to_role, results, analysis, {"project": project})
    values = values_of(Package(**package))
    words = "\n\n".join(filter(None, (values["instructions"], said(done.words))))
    given = {
        **values,
        "protocol": MEDIATED,
        "from_role": from_role,
        "to_role": to_role,
        "instructions": words or None,
        "raw_results": rows_of(results),
        "analysis": rows_of(analysis),
        "processed_data": rows_of(done.processed),
    }
    terms = Terms(project, from_agent, to_agent, key, previous, requires_ack, expires)
    return _created(memory, terms, given, expected)


def share(
    memory: Memory,
    project: str,
    *,
    from_agent: str,
    to_agent: str,
    board_key: str,
    board_version: int | None = None,
    key: str | None = None,
    previous: str | None = None,
    requires_ack: bool = True,
    expires: datetime | str | None = None,
    expected: dict[str, str] | None = None,
    **package: Any,
) -> Outcome[str]:
    """A handoff of what stands on the board under ``board_key``, at ``board_version`` or as it is now.

    Raises NotFound for a key that is not on the board, InvalidValue for a version that it has not had yet.
    """
    from cosmemory.operations import board

    entry = board.get(memory, board_key)
    now = entry.version if isinstance(entry.version, int) else 1
    board_key, board_version = entry.key or board_key, now if board_version is None else board_version
    if not 0 < board_version <= now:
        wrong = f"{board_version} is none that {board_key} had"
        raise InvalidValue("the version", wrong, f"The first is 1, and it is at {now}.")
    given = {
        **values_of(Package(**package)),
        "protocol": SHARED,
        "board_key": board_key,
        "board_version": board_version,
    }
    terms = Terms(project, from_agent, to_agent, key, previous, requires_ack, expires)
    return _created(memory, terms, given, expected)


def _created(
    memory: Memory, terms: Terms, given: dict[str, Any], expected: dict[str, str] | None
) -> Outcome[str]:
    return memory.run(
        lambda transaction: handed_over(transaction, terms, given),
        expected=expected,
        operation="handoff create",
    )


def handed_over(transaction: Transaction, terms: Terms, given: dict[str, Any]) -> str:
    """The id of a new handoff, made together with whatever else the transaction does."""
    now = transaction.now
    before = _named(transaction, terms.previous) if terms.previous is not None else None
    if terms.key is not None:
        key = new_id(transaction, HANDOFF, terms.key)
    else:
        key = dated_id(transaction, HANDOFF, terms.project)
    made = Handoff(
        id=key,
        from_agent=terms.from_agent,
        to_agent=terms.to_agent,
        project=terms.project,
        created=now,
        status=PENDING,
        requires_ack="true" if terms.requires_ack else "false",
        expires=due_of(terms.expires, now),
        previous=before.id if before else None,
        previous_sha256=content_hash(before) if before else None,
        **given,
    )
    made = handing.derived(_complete(made))
    if wrong := handing.link_problem(made, before):
        raise Refused(
            f"The chain would be broken: {wrong}.", "Leave out what it goes on from, or mend that first."
        )
    transaction.create(page_of(HANDOFF, str(made.id)), page_text(transaction.memory, HANDOFF, made))
    outcome = f"waits for {made.to_agent}" if terms.requires_ack else None
    transaction.append(_event(made, now, f"{made.id} handed over", outcome, f"sha256 {made.content_sha256}"))
    return str(made.id)


def _complete(made: Handoff) -> Handoff:
    """``made`` as its page will say it, if nothing is missing that a handoff needs."""
    for name, title in (("from_agent", "from"), ("to_agent", "to"), ("project", "the project")):
        if said(getattr(made, name)) is None:
            raise InvalidValue(title, "it is empty", "Say who hands what over to whom.")
    checked: Handoff = entered(None, made)
    return checked


def _named(transaction: Transaction, key: str) -> Handoff:
    found: Handoff = transaction.read(page_of(HANDOFF, id_named(transaction.memory, HANDOFF, key)))
    return found


def _event(page: Handoff, now: datetime, action: str, outcome: str | None, notes: str | None = None) -> Event:
    involved = f"{page.from_agent} -> {page.to_agent}"
    return Event(time=now, type="handoff", involved=involved, action=action, outcome=outcome, notes=notes)


def _moved(
    memory: Memory,
    key: str,
    operation: str,
    step: Callable[[Handoff, datetime], Handoff],
    told: str,
    notes: str | None = None,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    def verb(transaction: Transaction) -> str:
        page = _named(transaction, key)
        after = step(page, transaction.now)
        transaction.replace(page_of(HANDOFF, id_named(memory, HANDOFF, key)), after)
        read = f"sha256 {after.acknowledged_sha256}" if after.status == ACKNOWLEDGED else None
        transaction.append(
            _event(page, transaction.now, f"{page.id} {told}", str(after.status), notes or read)
        )
        return id_named(memory, HANDOFF, key)

    return memory.run(verb, expected=expected, operation=operation)


def acknowledge(
    memory: Memory, key: str, sha256: str, *, by: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The handoff acknowledged by who has read what has this hash, or the first characters of it.

    Raises Refused when it says something else now than what was read.
    """
    who = by or memory.actor

    def step(page: Handoff, now: datetime) -> Handoff:
        return handing.acknowledge(page, sha256, now, who or str(page.to_agent))

    return _moved(memory, key, "handoff ack", step, "acknowledged", None, expected)


def start(memory: Memory, key: str, *, expected: dict[str, str] | None = None) -> Outcome[str]:
    """The work on the handoff begun."""
    return _moved(memory, key, "handoff start", handing.start, "started", None, expected)


def complete(
    memory: Memory, key: str, *, notes: str | None = None, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The handoff done; raises Refused while a criterion of acceptance is not met."""
    return _moved(memory, key, "handoff complete", handing.complete, "completed", notes, expected)


def reject(memory: Memory, key: str, *, reason: str, expected: dict[str, str] | None = None) -> Outcome[str]:
    """The handoff rejected, with the reason."""
    why = said(reason)
    if why is None:
        raise InvalidValue("the reason", "it is empty", "Say why the work is not taken.")
    return _moved(
        memory,
        key,
        "handoff reject",
        lambda page, now: handing.reject(page, why, now),
        "rejected",
        why,
        expected,
    )


def accept(
    memory: Memory,
    key: str,
    criterion: str | None = None,
    *,
    met: bool = True,
    expected: dict[str, str] | None = None,
) -> Outcome[str]:
    """A criterion of acceptance met, or not met after all; all of them where none is named."""

    def verb(transaction: Transaction) -> str:
        page = _named(transaction, key)
        handing.refuse_ended(page)
        tasks = page.acceptance_criteria
        named = [each for each in tasks if criterion is None or _is_called(each.text, criterion)]
        if not named and criterion is None:
            raise NotFound(f"A criterion of acceptance on {page.id}", "cosmemory handoff complete ends it.")
        if not named:
            known = [str(each.text) for each in tasks]
            hint = did_you_mean(criterion or "", known, f"There is {', '.join(known) or 'none'}.")
            raise NotFound(f"The criterion {criterion!r}", hint)
        for task in named:
            fresh = next(each for each in tasks if each.text == task.text)
            if fresh.state is not None:
                tasks = with_task(tasks, fresh, DONE if met else OPEN)
        after = replace(page, acceptance_criteria=tasks)
        if after != page:
            transaction.replace(page_of(HANDOFF, id_named(memory, HANDOFF, key)), after)
            what = criterion or "all criteria"
            word = "met" if met else "not met"
            transaction.append(_event(page, transaction.now, f"{page.id}: {what}", word))
        return str(page.id)

    return memory.run(verb, expected=expected, operation="handoff accept")


def _is_called(text: str | None, name: str) -> bool:
    return " ".join((text or "").lower().split()) == " ".join(name.lower().split())


def expire(memory: Memory, *, expected: dict[str, str] | None = None) -> Outcome[tuple[str, ...]]:
    """Every handoff that nobody took in its time expired; gives their ids."""

    def verb(transaction: Transaction) -> tuple[str, ...]:
        now = transaction.now
        gone: list[str] = []
        for key in sorted(ids_of(transaction.memory, HANDOFF)):
            page: Handoff = transaction.memory.read(page_of(HANDOFF, key))
            if handing.is_overdue(page, now):
                transaction.replace(page_of(HANDOFF, key), handing.expire(_named(transaction, key), now))
                gone.append(key)
        if gone:
            transaction.append(
                Event(time=now, type="handoff", action=f"{len(gone)} expired", outcome=", ".join(gone))
            )
        return tuple(gone)

    return memory.run(verb, expected=expected, operation="handoff expire")
