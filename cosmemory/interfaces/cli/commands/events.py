"""Commands for the coordination log: log and events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from cosmemory.document.data import event_data
from cosmemory.document.values import TIME, time_of, write_time
from cosmemory.errors import InvalidValue, UsageError
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.event_lines import event_line, event_listing
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text, tell_warning, visible_line
from cosmemory.interfaces.cli.session import changing, reading, session_of, text_of
from cosmemory.interfaces.cli.terminal import show
from cosmemory.kinds import LOG_PATH
from cosmemory.kinds.coordination_log import EVENT_TYPES, KNOWN, Event
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.events import find_events
from cosmemory.text.source import BOM

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_KEYS = (*KNOWN, "time")


@command(epilog=f"Types of event: {', '.join(EVENT_TYPES)}.")
@changing
@argument("type_", metavar="[TYPE]", required=False)
@option("--involved", metavar="NAMES", help="Whom it involved.")
@option("--action", metavar="TEXT", help="What happened.")
@option("--outcome", metavar="TEXT", help="What came of it.")
@option("--notes", metavar="TEXT", help="What else there is to say.")
@option("--time", "moment", metavar="TIME", help="When it happened; now unless it is given.")
@option(
    "--field",
    "fields",
    metavar="KEY=VALUE",
    many=True,
    help="One more labelled value; may be given again.",
)
@option(
    "--from-json", "source", metavar="FILE", help="Append many, from a JSON list or JSON Lines; - is stdin."
)
def log(type_: str | None, source: str | None, **options: Any) -> None:
    """Append an event to the coordination log, or many with --from-json."""
    session = session_of(options)
    memory = session.memory()
    now = memory.now()
    if source is not None:
        if type_ is not None or any(options.values()):
            raise UsageError("with --from-json every event stands in the file", "Leave the rest out.")
        events = tuple(_event(each, now) for each in _from_json(source))
    else:
        given = {key: text_of(text) for key, text in options.items() if key in KNOWN and text is not None}
        if type_ is None or not given.get("action", "").strip():
            raise UsageError("An event needs a TYPE and --action.", "cosmemory log TYPE --action TEXT")
        extra = dict(_pair(each) for each in options["fields"])
        events = (_event({**given, "type": type_, "time": options["moment"], "extra": extra}, now),)
    for event in events:
        _warn_of_type(event.type or "", memory)
    expected = session.expected(LOG_PATH)
    session.change(lambda target: _appended(target, events, expected), _said)


def _said(result: str) -> str:
    return f"logged {visible_line(result)}"


def _appended(memory: Memory, events: tuple[Event, ...], expected: dict[str, str] | None) -> Outcome[str]:
    def verb(transaction: Any) -> str:
        transaction.append(*events)
        if len(events) != 1:
            return f"{len(events)} events"
        return f"{events[0].type} at {write_time(events[0].time)}"  # type: ignore[arg-type]

    return memory.run(verb, expected=expected, operation="log")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} is not KEY=VALUE.", "Write, say, --field Ticket=42.")
    return key, value


def _event(given: dict[str, Any], now: datetime) -> Event:
    """The event that ``given`` describes.

    Raises InvalidValue for a time that cannot be read, UsageError for a missing type or action.
    """
    unknown = [key for key in given if key not in (*_KEYS, "extra")]
    if unknown:
        raise UsageError(f"An event has no {unknown[0]!r}.", f"It has {', '.join(_KEYS)}.")
    if any(
        not isinstance(value, str) for key, value in given.items() if key != "extra" and value is not None
    ):
        raise UsageError("The values of an event are texts.", "Write each as a JSON string.")
    extra = given.get("extra") or {}
    if not isinstance(extra, dict) or not all(isinstance(value, str) for value in extra.values()):
        raise UsageError("The extra of an event is an object of texts.", "Nothing was appended.")
    if not given.get("type") or not given.get("action"):
        raise UsageError("An event needs a type and an action.", "Give both.")
    moment = given.get("time")
    values: dict[str, Any] = {key: given.get(key) for key in KNOWN}
    return Event(time=TIME.enter("time", moment) if moment else now, **values, extra=extra)


def _from_json(source: str) -> list[dict[str, Any]]:
    import json

    if source == "-":
        text = text_of("-")
    else:
        with open(source, encoding="utf-8", errors="replace") as file:
            text = file.read()
    text = text.removeprefix(BOM)
    try:
        held = json.loads(text) if text.lstrip().startswith("[") else list(_json_lines(text))
    except json.JSONDecodeError as error:
        raise UsageError(f"Line {error.lineno} is not JSON: {error.msg}.", "Nothing was appended.") from None
    except RecursionError:
        raise UsageError("The JSON is nested too deep.", "Nothing was appended.") from None
    if not all(isinstance(each, dict) for each in held):
        raise UsageError("Each event is a JSON object.", "Nothing was appended.")
    return held


def _json_lines(text: str) -> Iterator[Any]:
    import json

    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise UsageError(
                    f"Line {number} is not JSON: {error.msg}.", "Nothing was appended."
                ) from None


def _warn_of_type(name: str, memory: Memory) -> None:
    known = (*EVENT_TYPES, *memory.settings.event_types)
    if name not in known:
        from difflib import get_close_matches

        close = get_close_matches(name, known, 1)
        hint = f"; did you mean {close[0]!r}?" if close else "; log.event_types in cosmemory.toml adds it"
        tell_warning(f"{visible_line(name)!r} is not a known event type{hint}")


@command()
@reading
@option("--since", metavar="TIME", help="From this time on, itself included.")
@option("--until", metavar="TIME", help="Up to this time, itself included.")
@option("--type", "types", metavar="TYPE", many=True, help="Events of TYPE; may be given again.")
@option("--agent", metavar="NAME", help="Events that involve NAME.")
@option("--text", metavar="WORDS", help="Events that say WORDS anywhere.")
@option("-n", "last", metavar="N", least=1, help="The last N of them.")
def events(since: str | None, until: str | None, **options: Any) -> None:
    """Find events in the active log and all archives, oldest first."""
    session = session_of(options)
    memory = session.memory()
    found = find_events(memory, since=bound(since, "since"), until=bound(until, "until", end=True), **options)
    if session.as_json:
        listed = [event_data(event, source.removesuffix(".md")) for source, event in found]
        print_json("events", {"events": listed})
        return
    if not _tell(event for _, event in found):
        for each in options["types"]:
            _warn_of_type(each, memory)


def _tell(found: Iterator[Event]) -> bool:
    """Every event, in columns on a terminal, else one a line; False where there is none."""
    first = next(found, None)
    if first is None:
        return False
    if on_terminal():
        for line in event_listing(chain([first], found)):
            show([line])
        return True
    for event in chain([first], found):
        print_text(event_line(event))
    return True


def bound(text: str | None, what: str, *, end: bool = False) -> datetime | None:
    """The moment that ``text`` names; a bare date as an end means the whole of that day."""
    if text is None:
        return None
    moment: datetime | None = TIME.enter(what, text)
    if moment is None:
        raise InvalidValue(what, "it is empty", "Give a time such as 2026-11-21T06:00:00Z.")
    whole_day = end and len(text.strip()) == len("2026-11-21")
    return time_of(int(moment.timestamp()) + 86_399) if whole_day else moment
