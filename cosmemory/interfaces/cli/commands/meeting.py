"""Commands for the meetings of the planning and the execution team."""

from __future__ import annotations

from cosmemory.errors import NotFound, UsageError
from cosmemory.interfaces.cli.commands.session import moved, named
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.output import print_json, print_text
from cosmemory.interfaces.cli.session import Session, changing, reading, session_of
from cosmemory.kinds import SESSION_PATH
from cosmemory.kinds.deployment import ANSWER, is_yes
from cosmemory.kinds.meeting import CONCLUDED, STATUS, Meeting
from cosmemory.kinds.session import TEAMS
from cosmemory.operations import meetings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

WHICH = "The meeting; else the one under way."
VALUE = "JSON, or plain words."


@group
def meeting() -> None:
    """Hold the meetings of the planning and the execution team."""


def _expected(call: Session, key: str | None) -> dict[str, str] | None:
    """The revision that the page of a meeting must be at, if one was given."""
    return call.expected(meetings.page_named(call.memory(), key)) if call.expect else None


@meeting.command()
@changing
@argument("team", metavar="TEAM")
@option("--agents", metavar="A,B", required=True, help="Who speaks, in this order, with commas between them.")
@option("--id", "key", metavar="ID", help="Its id; else TEAM_YYYYMMDD_HHMMSS.")
@option("--actions-of", metavar="ID", help="An earlier meeting whose actions this one is about.")
def begin(team: str, agents: str, key: str | None, actions_of: str | None, **options: Any) -> None:
    """Begin a meeting of a TEAM, planning or execution, and print its id."""
    call = session_of(options)
    call.change(
        lambda memory: meetings.begin(
            memory,
            team,
            agents=named(agents) or (),
            key=key,
            actions_of=actions_of,
            expected=call.expected(SESSION_PATH),
        ),
        str,
    )


@meeting.command()
@changing
@argument("agent", metavar="AGENT")
@option("--said", metavar="TEXT", help="What they said, in short.")
def spoke(agent: str, said: str | None, **options: Any) -> None:
    """Say that an agent has spoken, and print who is next."""
    call = session_of(options)
    call.change(
        lambda memory: meetings.spoke(memory, agent, said=said, expected=call.expected(SESSION_PATH)),
        lambda following: f"next: {following}" if following else "everybody has spoken",
    )


@meeting.command()
@changing
@argument("text")
@option("--priority", metavar="P", default="medium", help="critical, high, medium or low.")
@option("--owner", metavar="A", help="Who does it.")
@option("--meeting", "key", metavar="ID", help=WHICH)
def action(text: str, priority: str, owner: str | None, key: str | None, **options: Any) -> None:
    """Add something to be done, and print its number."""
    call = session_of(options)
    call.change(
        lambda memory: meetings.add_action(
            memory, text, priority=priority, owner=owner, meeting_id=key, expected=_expected(call, key)
        ),
        str,
    )


@meeting.command()
@changing
@argument("action", metavar="ACTION")
@argument("status", metavar="STATUS")
@option("--meeting", "key", metavar="ID", help=WHICH)
def mark(action: str, status: str, key: str | None, **options: Any) -> None:
    """Say what became of an action: in_progress, executed or failed."""
    call = session_of(options)
    call.change(
        lambda memory: meetings.mark_action(
            memory, action, status, meeting_id=key, expected=_expected(call, key)
        ),
        lambda _: f"action {action} {status}",
    )


@meeting.command()
@changing
@argument("verdict", metavar="VERDICT")
@option("--meeting", "key", metavar="ID", help=WHICH)
def verdict(verdict: str, key: str | None, **options: Any) -> None:
    """Say what the planning team decides: GO, PAUSE_AND_FIX or REJECT."""
    call = session_of(options)
    call.change(
        lambda memory: meetings.give_verdict(memory, verdict, meeting_id=key, expected=_expected(call, key)),
        lambda key: f"{key}: {verdict.upper()}",
    )


@meeting.command()
@changing
@argument("gate", metavar="GATE")
@argument("condition", metavar="CONDITION")
@option("--meeting", "key", metavar="ID", help=WHICH)
def gate(gate: str, condition: str, key: str | None, **options: Any) -> None:
    """Say what must hold before the outcome is accepted."""
    call = session_of(options)
    call.change(
        lambda memory: meetings.set_gate(
            memory, gate, _value(condition), meeting_id=key, expected=_expected(call, key)
        ),
        lambda key: f"{key}: {gate} {condition}",
    )


def _outcomes(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what came out of a meeting."""
    command = option("--run-id", "run_ids", metavar="ID", many=True, help="The id of a run.")(command)
    command = option("--slo", "slos", metavar="NAME=yes|no", many=True, help="Whether an SLO holds.")(command)
    command = option("--metric", "metrics", metavar="NAME=VALUE", many=True, help=f"A metric: {VALUE}")(
        command
    )
    return option("--result", "results", metavar="NAME=VALUE", many=True, help=f"A result: {VALUE}")(command)


@meeting.command()
@changing
@_outcomes
@option("--meeting", "key", metavar="ID", help=WHICH)
def record(key: str | None, **options: Any) -> None:
    """Record what came out of a meeting of the execution team so far."""
    call = session_of(options)
    told = _told(options)
    call.change(
        lambda memory: meetings.record(memory, meeting_id=key, expected=_expected(call, key), **told),
        lambda key: f"{key}: recorded",
    )


@meeting.command()
@changing
@argument("key", metavar="[ID]", required=False)
@option("--verdict", metavar="V", help="GO, PAUSE_AND_FIX or REJECT.")
@option("--generated", metavar="N", least=0, help="How many actions it wants done, where none is listed.")
@option("--executed", metavar="N", least=0, help="How many were executed, where none is listed.")
@option("--failed", metavar="N", least=0, help="How many failed, where none is listed.")
@option("--in-progress", metavar="N", least=0, help="How many are in progress, where none is listed.")
@_outcomes
@option("--handoff-file", metavar="FILE", help="Where what it hands over stands.")
@option("--notes", metavar="TEXT", help="What else is to be said.")
def conclude(key: str | None, **options: Any) -> None:
    """End a meeting with what came of it."""
    call = session_of(options)
    given = {name: options.pop(name) for name in ("generated", "executed", "failed", "in_progress")}
    counts = {name: int(number) for name, number in given.items() if number is not None}
    told = _told(options)
    call.change(
        lambda memory: meetings.conclude(
            memory, key, counts=counts, expected=_expected(call, key), **told, **options
        ),
        lambda key: f"{key} concluded",
    )


def _told(options: dict[str, Any]) -> dict[str, Any]:
    """What came out, by sort; it takes it out of the ``options``."""
    slos = {name: is_yes(ANSWER.enter(name, answer)) for name, answer in _texts(options.pop("slos")).items()}
    told: dict[str, Any] = {
        sort: {name: _value(text) for name, text in _texts(options.pop(sort)).items()}
        for sort in ("results", "metrics")
    }
    return {**told, "slos": slos, "run_ids": options.pop("run_ids")}


def _texts(given: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for each in given:
        name, equals, text = each.partition("=")
        if not equals:
            raise UsageError(f"{each!r} is no NAME=VALUE.", "Write --metric ndcg@10=0.73, say.")
        pairs[name] = text
    return pairs


def _value(text: str) -> Any:
    """What ``text`` says: JSON, or plain words."""
    from cosmemory.document.json_values import read_data

    return read_data(text).value.value


@meeting.command()
@changing
@argument("key", metavar="[ID]", required=False)
@option("--reason", metavar="TEXT", help="Why it is given up.")
def abandon(key: str | None, reason: str | None, **options: Any) -> None:
    """Give a meeting up; what was said in it stays on its page."""
    call = session_of(options)
    call.change(
        lambda memory: meetings.abandon(memory, key, reason=reason, expected=_expected(call, key)),
        lambda key: f"{key} abandoned",
    )


@meeting.command("rebuild-handoff")
@changing
@argument("key", metavar="[ID]", required=False)
@option(
    "--file", flag=True, help="Write the file again too that the meeting names, such as pending_actions.json."
)
def rebuild_handoff(key: str | None, file: bool, **options: Any) -> None:
    """Make the handoff of a planning meeting again from its page, of the last one where none is named."""
    call = session_of(options)
    call.refuse_expected("meeting rebuild-handoff")
    call.change(lambda memory: meetings.rebuild_handoff(memory, key), str)
    if file and not call.dry_run:
        from cosmemory.maintenance.handoff_files import write_file

        place = write_file(call.memory(), key)
        if not call.as_json:
            print_text(f"{place} written")


@meeting.command("list")
@reading
@option("--team", metavar="T", choices=TEAMS, help="planning or execution.")
@option("--status", metavar="S", choices=STATUS.words, help="in_progress, concluded or abandoned.")
def list_(team: str | None, status: str | None, **options: Any) -> None:
    """List the meetings, oldest first."""
    call = session_of(options)
    found = meetings.listed(call.memory(), team=team, status=status)
    if call.as_json:
        print_json("meetings", {"meetings": [_data(each) for each in found]})
        return
    for each in found:
        print_text(_line(each))
    if not found:
        print_text("there is no such meeting" if team or status else "there was no meeting yet")


@meeting.command()
@reading
@argument("key", metavar="[ID]", required=False)
@option("--latest", metavar="T", choices=TEAMS, help="The last that this team concluded.")
def show(key: str | None, latest: str | None, **options: Any) -> None:
    """Show a meeting, the one under way or the last that a team concluded."""
    call = session_of(options)
    memory = call.memory()
    found = meetings.latest(memory, latest) if latest else meetings.get(memory, key)
    if found is None:
        raise NotFound(
            f"A meeting that the {latest} team concluded", "cosmemory meeting list names all meetings."
        )
    if call.as_json:
        print_json("meeting", _data(found))
        return
    print_text(_line(found))
    for said in found.contributions:
        print_text(f"  {said.agent}: {said.said or '-'}")
    for each in found.actions:
        print_text(
            f"  {each.id} {each.status or '-'} {each.priority or '-'} {each.owner or '-'}: {each.action}"
        )
    for rule in found.acceptance_gates:
        print_text(f"  gate {rule.gate} {rule.condition}")
    for name, value in _values(found):
        print_text(f"  {name} {value}")


def _values(found: Meeting) -> list[tuple[str | None, object]]:
    return [
        *((each.result, each.value) for each in found.results),
        *((each.metric, each.value) for each in found.metrics_collected),
        *((each.slo, each.met) for each in found.slo_status),
    ]


@meeting.command()
@changing
@option(
    "--keep",
    metavar="N",
    least=1,
    help="How many of each team stay, whatever their age; else the setting, 10.",
)
@option("--days", metavar="N", least=0, help="How long the others stay at hand; else the setting, 30.")
def prune(keep: int | None, days: int | None, **options: Any) -> None:
    """Move old meetings that are over to the archive."""
    call = session_of(options)
    call.refuse_expected("meeting prune")
    call.change(lambda memory: meetings.prune(memory, keep=keep, days=days), moved)


def _line(each: Meeting) -> str:
    from cosmemory.operations.meetings.ending import outcome_of

    return f"{each.meeting_id} {each.status or CONCLUDED}: {outcome_of(each)}"


def _data(each: Meeting) -> dict[str, Any]:
    from cosmemory.document.data import data_of

    return data_of(each)
