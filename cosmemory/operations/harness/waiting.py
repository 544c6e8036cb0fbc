"""What waits for the Chief of Staff, so that an agent that plays one should not stop yet."""

from __future__ import annotations

from collections.abc import Collection

from cosmemory.kinds import ACTIVE_ALERTS, HANDOFF
from cosmemory.kinds.active_alerts import ActiveAlerts
from cosmemory.kinds.handoff import PENDING
from cosmemory.operations.page_ids import ids_of, page_of
from cosmemory.reader import Reader

NAMES = ("cos", "chief of staff", "chief-of-staff", "chief_of_staff")
GRAVE = ("critical", "emergency")


def waiting_for(memory: Reader, names: Collection[str] = ()) -> tuple[str, ...]:
    """The grave alerts that are open, and the handoffs to the Chief of Staff, or one of ``names``, not acknowledged."""
    return (*_alerts(memory), *_handoffs(memory, {each.lower() for each in (*names, *NAMES)}))


def _alerts(memory: Reader) -> list[str]:
    if memory.store.read(ACTIVE_ALERTS.path) is None:
        return []
    alerts: ActiveAlerts = memory.read(ACTIVE_ALERTS.path)
    return [
        f"{each.id} is open: {each.type} on {each.resource} ({each.severity})"
        for each in alerts.critical
        if str(each.severity).lower() in GRAVE
    ]


def _handoffs(memory: Reader, names: set[str]) -> list[str]:
    found = []
    for key in ids_of(memory, HANDOFF):
        page = memory.read(page_of(HANDOFF, key))
        needed = str(page.requires_ack or "").lower() not in ("false", "no")
        if page.status == PENDING and needed and (page.to_agent or "").lower() in names:
            found.append(f"the handoff {key} from {page.from_agent} waits to be acknowledged")
    return found
