"""The everyday ``cosmemory log``, in the time of bare Python: it appends what is plain and leaves the rest alone.

Whatever is not an ordinary call (another option, a setting, a type that concerns other pages, a mistake) is left
to the full command, which does the same by the same escaping, entry, lock and append.
"""

from __future__ import annotations

import os

from cosmemory import clock
from cosmemory.actor import default_actor
from cosmemory.engines.files.append import append
from cosmemory.engines.files.lock import FOLDER, INTENT, Lock
from cosmemory.engines.files.spool import head
from cosmemory.root import find_root
from cosmemory.syntax.entry import EVENT_TYPES, entry_text, event_fields

LOG = "coordination-log.md"
SETTINGS = ("cosmemory.toml", "cosmemory.local.toml")
HARMLESS = ("COSMEMORY_ROOT", "COSMEMORY_ACTOR", "COSMEMORY_NOW")  # any other variable may be a setting
VALUES = ("--involved", "--action", "--outcome", "--notes", "--root", "--actor")
MIRRORED = "broadcast"  # cos-state shows the last one
TIMEOUT = 10.0


def fast_log(arguments: list[str]) -> bool:
    """Append the event that a command line describes; False, with nothing done, where it is not a plain one.

    Raises what appending raises: Locked, NotSaved, ReadOnly, Unsafe, Damaged.
    """
    given = _read(arguments)
    if given is None or any(each[:10] == "COSMEMORY_" and each not in HARMLESS for each in os.environ):
        return False
    kind, values = given
    root = _plain_root(values.get("--root"))
    if root is None:
        return False
    now = clock.now()
    moment = clock.format_time(now)
    involved, action, outcome, notes = (values.get(option, "") for option in VALUES[:4])
    text = entry_text(moment, event_fields(kind, involved, action, outcome, notes, []))
    lock = Lock(root, TIMEOUT)
    told = head(now, values.get("--actor") or default_actor(), "log", "")
    append(lock, LOG, text.encode(), told)
    if lock.notices:
        from cosmemory.interfaces.cli.output import tell_notices

        tell_notices(lock.notices)
    print(f"logged {kind} at {moment}")
    return True


def _read(arguments: list[str]) -> tuple[str, dict[str, str]] | None:
    """The type and the options of a plain call: every option once, each value whole and on the command line."""
    values: dict[str, str] = {}
    kinds: list[str] = []
    rest = iter(arguments)
    for each in rest:
        option, equals, value = each.partition("=")
        if option not in VALUES:
            if each.startswith("-"):
                return None
            kinds.append(each)
            continue
        found = value if equals else next(rest, None)
        if found is None or found == "-" or option in values or not _plain(found):
            return None
        values[option] = found
    if len(kinds) != 2 or kinds[0] != "log" or arguments[0] not in ("log", "--root"):
        return None
    kind = kinds[1]
    if kind not in EVENT_TYPES or kind == MIRRORED or not values.get("--action", "").strip():
        return None
    return kind, values


def _plain(value: str) -> bool:
    """Whether a value is text that every page can hold; a bad byte of the command line is none."""
    return value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value)


def _plain_root(named: str | None) -> str | None:
    """The memory's folder, if no setting can matter no change is half done, and its log is there."""
    root = os.path.realpath(find_root(named, os.environ, os.getcwd()))
    for folder in (root, os.path.dirname(os.path.dirname(root))):
        if any(os.path.lexists(f"{folder}/{name}") for name in SETTINGS):
            return None
    if os.path.lexists(f"{root}/{FOLDER}/{INTENT}"):
        return None
    return root if os.path.isfile(f"{root}/{LOG}") else None
