"""Commands for the board: values that agents share by key."""

from __future__ import annotations

from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text
from cosmemory.interfaces.cli.session import changing, reading, session_of, text_of
from cosmemory.kinds import BOARD
from cosmemory.operations import board as verbs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.kinds.board import Entry
    from cosmemory.operations.board import Earlier

PAGE = BOARD.name


@group
def board() -> None:
    """Share values by key: write them by compare-and-set, read them, wait for them."""


@board.command("get")
@reading
@argument("key", metavar="KEY")
def get(key: str, **options: Any) -> None:
    """Show the value of a key; exit 1 where there is none."""
    session = session_of(options)
    _show(verbs.get(session.memory(), key), as_json=session.as_json)


@board.command("set")
@changing
@argument("key", metavar="KEY")
@argument("value", metavar="VALUE")
@option(
    "--if-version", metavar="N", least=0, help="Refuse if the key is not at version N; 0: if it is there."
)
@option("--ttl", metavar="SECONDS", least=1, help="How long the value holds; without it, until removed.")
def set_(key: str, value: str, if_version: int | None, ttl: int | None, **options: Any) -> None:
    """Set a key to VALUE: JSON, or else plain words; - reads it from stdin. Prints the version."""
    from cosmemory.document.json_values import read_data

    session = session_of(options)
    data = read_data(text_of(value)).value
    session.change(
        lambda memory: verbs.set(
            memory,
            key,
            data,
            if_version=if_version,
            time_to_live=ttl,
            expected=session.expected(PAGE),
        ),
        lambda entry: f"{entry.key} is at version {entry.version}",
    )


@board.command("wait")
@reading
@argument("key", metavar="KEY")
@option("--timeout", metavar="SECONDS", least=0, decimal=True, help="How long to wait; 30 unless given.")
@option("--above", metavar="N", least=0, help="Wait for a version above N.")
def wait(key: str, timeout: float | None, above: int | None, **options: Any) -> None:
    """Wait until a key is there, and show its value; exit 1 when it does not come in time."""
    from cosmemory.operations.board.following import TIMEOUT

    session = session_of(options)
    seconds = TIMEOUT if timeout is None else timeout
    _show(verbs.wait(session.memory(), key, timeout=seconds, above=above or 0), as_json=session.as_json)


@board.command("list")
@reading
@argument("pattern", required=False, metavar="[PATTERN]")
@option("--writer", metavar="NAME", help="Only what NAME wrote last.")
def list_(pattern: str | None, writer: str | None, **options: Any) -> None:
    """List the keys, or those that match a PATTERN such as plan-*."""
    session = session_of(options)
    found = verbs.entries(session.memory(), pattern or "*", writer=writer)
    if session.as_json:
        print_json("board", {"entries": [_data(each) for each in found]})
        return
    if on_terminal():
        from cosmemory.interfaces.cli.terminal import show, table

        rows = [[(cell, style) for cell, style in _cells(each)] for each in found]
        show(
            table(rows, ("Key", "Version", "Writer", "Updated", "Value")) if rows else ["the board is empty"]
        )
        return
    for each in found:
        print_text("  ".join(cell for cell, _ in _cells(each)))
    if not found:
        print_text("nothing stands there")


@board.command("remove")
@changing
@argument("key", metavar="KEY")
@option("--if-version", metavar="N", least=0, help="Refuse if the key is not at version N.")
def remove(key: str, if_version: int | None, **options: Any) -> None:
    """Take a key away."""
    session = session_of(options)
    session.change(
        lambda memory: verbs.remove(memory, key, if_version=if_version, expected=session.expected(PAGE)),
        lambda gone: f"{gone} removed",
    )


@board.command("expire")
@changing
def expire(**options: Any) -> None:
    """Take what no longer holds off the page; readers do not see it any more in any case."""
    session = session_of(options)
    session.change(
        lambda memory: verbs.expire(memory, expected=session.expected(PAGE)),
        lambda keys: f"{len(keys)} taken away",
    )


@board.command("history")
@reading
@argument("key", metavar="KEY")
@option("-n", "last", metavar="N", least=1, help="The last N; 10 unless given.")
def history(key: str, last: int | None, **options: Any) -> None:
    """Show what a key held, newest first."""
    session = session_of(options)
    found = verbs.history(session.memory(), key, limit=last or verbs.LAST)
    if session.as_json:
        print_json("board-history", {"key": key, "changes": [_earlier(each) for each in found]})
        return
    for each in found:
        print_text(_line(each))


def _show(entry: Entry, *, as_json: bool) -> None:
    if as_json:
        print_json("board-entry", _data(entry))
    else:
        print_text(str(entry.value))


def _data(entry: Entry) -> dict[str, Any]:
    from cosmemory.document.data import plain
    from cosmemory.kinds.board import expires, value_of

    return {
        "key": entry.key,
        "value": value_of(entry),
        "writer": entry.writer,
        "version": plain(entry.version),
        "updated": plain(entry.updated),
        "time_to_live": plain(entry.time_to_live),
        "expires": plain(expires(entry)),
    }


def _cells(entry: Entry) -> list[tuple[str, str]]:
    from cosmemory.document.data import plain

    return [
        (str(entry.key), "name"),
        (str(plain(entry.version)), ""),
        (entry.writer or "-", ""),
        (str(plain(entry.updated)), "quiet"),
        (verbs.shown(entry), ""),
    ]


def _earlier(each: Earlier) -> dict[str, Any]:
    from cosmemory.document.data import plain

    entry = _data(each.entry) if each.entry is not None else None
    return {"at": plain(each.at), "actor": each.actor, "entry": entry}


def _line(each: Earlier) -> str:
    from cosmemory.document.values import write_time

    entry = each.entry
    said = f"version {entry.version}  {verbs.shown(entry)}" if entry is not None else "removed"
    return f"{write_time(each.at)}  {each.actor or '-'}  {said}"
