"""Commands for alerts."""

from __future__ import annotations

from cosmemory.document.data import data_of
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.listing import tell_rows
from cosmemory.interfaces.cli.output import print_json
from cosmemory.interfaces.cli.session import changing, reading, session_of
from cosmemory.kinds.active_alerts import SEVERITY, STATUS
from cosmemory.operations import alerts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PAGE = "active-alerts"


@group
def alert() -> None:
    """Raise, acknowledge, resolve and list alerts."""


@alert.command("raise")
@changing
@argument("key", metavar="[ID]", required=False)
@option("--type", "kind", metavar="T", required=True, help="What sort of alert.")
@option("--severity", metavar="S", required=True, help="critical or warning.")
@option("--resource", metavar="R", required=True, help="What it is about.")
@option("--value", metavar="V", required=True, help="What was measured.")
@option("--threshold", metavar="L", required=True, help="What it was held against.")
def raise_(key: str | None, **options: Any) -> None:
    """Raise an alert and print its id.

    Without an ID it is the next ALERT-n; an id is never used twice.
    """
    session = session_of(options)
    session.change(
        lambda memory: alerts.raise_alert(memory, key=key, expected=session.expected(PAGE), **options), str
    )


def _mover(name: str, summary: str) -> None:
    @alert.command(name, summary=summary)
    @changing
    @argument("key", metavar="ID")
    @option("--note", metavar="TEXT", help="What was done.")
    def move(key: str, note: str | None, **options: Any) -> None:
        session = session_of(options)
        session.change(
            lambda memory: alerts.move_alert(memory, name, key, note=note, expected=session.expected(PAGE)),
            lambda moved: f"{moved} {alerts.MOVES[name]}",
        )


_mover("ack", "Say that somebody has seen an alert.")
_mover("resolving", "Say that something is being done about an alert.")


@alert.command()
@changing
@argument("key", metavar="ID")
@option("--note", metavar="TEXT", help="What was done.")
def resolve(key: str, note: str | None, **options: Any) -> None:
    """Say that an alert is over."""
    session = session_of(options)
    session.change(
        lambda memory: alerts.resolve_alert(memory, key, note=note, expected=session.expected(PAGE)),
        lambda moved: f"{moved} resolved",
    )


@alert.command()
@changing
@argument("key", metavar="ID")
@option("--severity", metavar="S", required=True, help="critical or warning.")
def escalate(key: str, severity: str, **options: Any) -> None:
    """Give an alert another severity."""
    session = session_of(options)
    session.change(
        lambda memory: alerts.escalate_alert(memory, key, severity, expected=session.expected(PAGE)),
        lambda moved: f"{moved} is {severity}",
    )


@alert.command()
@changing
@argument("key", metavar="ID")
@option("--value", metavar="V", required=True, help="What is measured now.")
def update(key: str, value: str, **options: Any) -> None:
    """Set the present value of an alert."""
    session = session_of(options)
    session.change(
        lambda memory: alerts.update_alert(memory, key, value, expected=session.expected(PAGE)),
        lambda moved: f"{moved} at {value}",
    )


@alert.command()
@changing
@argument("key", metavar="ID")
@argument("text")
def note(key: str, text: str, **options: Any) -> None:
    """Note something that was done about an alert."""
    session = session_of(options)
    session.change(
        lambda memory: alerts.note_alert(memory, key, text, expected=session.expected(PAGE)),
        lambda moved: f"{moved} noted",
    )


@alert.command("list")
@reading
@option("--severity", metavar="S", help="Only those of a severity.")
@option("--status", metavar="S", help="Only those of a status, such as acknowledged.")
@option("--all", "everything", flag=True, help="Those that were resolved of late, too.")
def list_(severity: str | None, status: str | None, everything: bool, **options: Any) -> None:
    """List the alerts that are open."""
    session = session_of(options)
    memory = session.memory()
    wanted = {
        "severity": SEVERITY.enter("--severity", severity) if severity is not None else None,
        "status": STATUS.enter("--status", status) if status is not None else None,
    }
    found = alerts.listed(memory, **wanted)
    narrowed = severity is not None or status is not None
    ended = wanted["status"] == "resolved" or (everything and not narrowed)
    over = alerts.resolved(memory) if ended else ()
    if session.as_json:
        told = {"alerts": [data_of(each) for each in found]}
        print_json("alerts", told | ({"resolved": [data_of(each) for each in over]} if ended else {}))
        return
    heads = ("Alert", "Severity", "Status", "Type", "Resource", "Value", "Threshold", "Since")
    rows: list[tuple[Any, ...]] = [
        (e.id, e.severity, e.status, e.type, e.resource, e.value, e.threshold, e.triggered) for e in found
    ]
    rows += [(e.alert_id, None, "resolved", e.type, None, None, None, e.resolved_at) for e in over]
    tell_rows(heads, rows, "there is no such alert" if narrowed else "no alert is open")
