"""Any field or record of any page: set, add, remove; and the pages that a memory starts with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cosmemory.document.paths import part_at, record_of, with_value, without
from cosmemory.errors import InvalidValue
from cosmemory.kinds import ACTIVE_ALERTS, COORDINATION_LOG, COS_STATE, TEAM_ROSTER, Kind
from cosmemory.kinds.active_alerts import ActiveAlerts
from cosmemory.kinds.coordination_log import CoordinationLog
from cosmemory.kinds.cos_state import Coordination, CosState, SessionInfo
from cosmemory.kinds.team_roster import RoleCount, TeamRoster
from cosmemory.memory import Memory, Outcome, Transaction
from cosmemory.operations.ids import next_number

_NUMBERED: Mapping[tuple[str, str], tuple[str, str, re.Pattern[bytes]]] = {
    ("cos-state", "pending_actions"): (
        "action",
        "",
        re.compile(rb"^\*\*Action ID:\*\* (\d{1,15})\r?$", re.MULTILINE),
    ),
    ("active-alerts", "critical"): ("alert", "ALERT-", re.compile(rb"\bALERT-(\d{1,15})\b")),
    ("active-alerts", "warning"): ("alert", "ALERT-", re.compile(rb"\bALERT-(\d{1,15})\b")),
}


def set_value(
    memory: Memory, name: str, path: str, text: str, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """``text``, read as the type of its field, at ``path`` of the page called ``name``."""

    def verb(transaction: Transaction) -> str:
        document = transaction.read(name)
        transaction.replace(name, with_value(document, path, text))
        return path

    return memory.run(verb, expected=expected, operation="set")


def add_record(
    memory: Memory, name: str, path: str, given: Mapping[str, str], *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """A new record at the end of the section ``path``; gives its key, or ``#n`` where records have none."""

    def verb(transaction: Transaction) -> str:
        document = transaction.read(name)
        attribute, part = part_at(document, path)
        records = getattr(document, attribute)
        record = record_of(part, given, path)
        kind = transaction.page(name).kind
        if part.key and getattr(record, part.key) is None:
            record = replace(
                record, **{part.key: _next_key(transaction, kind, document, attribute, part.key)}
            )
        key = str(getattr(record, part.key)) if part.key else f"#{len(records) + 1}"
        if part.key and any(str(getattr(each, part.key)).lower() == key.lower() for each in records):
            raise InvalidValue(
                path, f"a record {key!r} stands there already", "Give it another key, or use set."
            )
        transaction.replace(name, replace(document, **{attribute: (*records, record)}))
        return key

    return memory.run(verb, expected=expected, operation="add")


def _next_key(transaction: Transaction, kind: Kind, document: Any, attribute: str, key: str) -> str:
    numbered = _NUMBERED.get((kind.name, attribute))
    if numbered is None:
        raise InvalidValue(key, "a new record needs it", f"Give {key}=VALUE.")
    mark, prefix, in_log = numbered
    sections = [name for (of, name), (same, _, _) in _NUMBERED.items() if of == kind.name and same == mark]
    on_page = [getattr(record, key) for name in sections for record in getattr(document, name)]
    on_page += [record.alert_id for record in getattr(document, "recently_resolved", ())]
    return f"{prefix}{next_number(transaction, mark, on_page, in_log)}"


def remove_record(
    memory: Memory, name: str, path: str, *, expected: dict[str, str] | None = None
) -> Outcome[str]:
    """The record at ``path`` of the page called ``name`` gone."""

    def verb(transaction: Transaction) -> str:
        transaction.replace(name, without(transaction.read(name), path))
        return path

    return memory.run(verb, expected=expected, operation="remove")


def initialise(memory: Memory) -> Outcome[tuple[str, ...]]:
    """The standard pages that are missing; one that exists is never touched. Gives the paths created."""

    def verb(transaction: Transaction) -> tuple[str, ...]:
        pages = starting_pages(transaction)
        missing = {kind.path: text for kind, text in pages.items() if not transaction.exists(kind.path)}
        for path, text in missing.items():
            transaction.create(path, text)
        return tuple(missing)

    return memory.run(verb, operation="init")


def starting_pages(transaction: Transaction) -> dict[Kind, str]:
    """The text of each standard page as a new memory has it."""
    from cosmemory.document.render import render

    now = transaction.now
    session = f"cos-{now:%Y%m%d-%H%M}"
    state = CosState(
        session_info=SessionInfo(session_id=session, started=now, last_updated=now, status="active"),
        coordination_state=Coordination(team_size=0, active_agents=0, last_roster_update=now),
    )
    targets = transaction.memory.settings.target_roles
    roles = tuple(RoleCount(role=role, assigned=0, target=target) for role, target in targets.items())
    roster = TeamRoster(last_updated=now, total_agents=0, active=0, inactive=0, role_summary=roles)
    return {
        COS_STATE: render(state, COS_STATE.template),
        TEAM_ROSTER: render(roster, TEAM_ROSTER.template),
        COORDINATION_LOG: render(
            CoordinationLog(session=session, started=now), COORDINATION_LOG.template, entries=""
        ),
        ACTIVE_ALERTS: render(ActiveAlerts(last_updated=now), ACTIVE_ALERTS.template),
    }
