"""Kinds of a project's own: declared in its settings, or made in Python of a dataclass; known to one memory only."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import lru_cache

from cosmemory.config import FILE
from cosmemory.document.fields import Record
from cosmemory.errors import ConfigError, Unsafe
from cosmemory.frozen import frozen
from cosmemory.kinds import KINDS, Kind, Kinds, path_pattern
from cosmemory.kinds.shaping import Entry, Shaping, shaped
from cosmemory.kinds.sketching import sketch
from cosmemory.pattern import pattern
from cosmemory.plain_files import read_plain
from cosmemory.store import check_path
from cosmemory.trace import aside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAME = pattern(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
KEYS = ("path", "title", "record", "template", "stamp", "fields", "sections")
SAMPLES = {"{id}": "x", "{name}": "x", "{date}": "2026-11-21", "{month}": "2026-11"}
# Folders whose pages are never live.
APART = ("checkpoints", "backups", "archive", ".cosmemory", ".templates")


@frozen(kw_only=True)
class OwnKind(Kind):
    """A kind that a project has made: its dataclass is at hand, and so is its template."""

    shape: type[Any]
    stamped: tuple[str, ...] = ()
    title: str = ""

    @property
    def document(self) -> type[Any]:
        """The dataclass of a whole page."""
        return self.shape

    def said(self, name: str) -> Any:
        """What a static method or a constant of the dataclass says of its pages, such as ``derived``."""
        return getattr(self.shape, name, None)

    @property
    def stamp(self) -> tuple[str, ...]:
        """The attributes that lead to the value which tells when a page was changed."""
        return self.stamped


def kind(
    name: str,
    path: str,
    record: type[Any],
    *,
    title: str = "",
    template: str = "",
    stamp: Sequence[str] = (),
) -> Kind:
    """The kind called ``name`` whose pages lie at ``path`` (``risks/{id}.md``) and are documents of the ``record``.

    ``record`` is a dataclass as the built-in kinds have them (cosmemory.document.fields, cosmemory.frozen); a static
    method ``derived`` of it gives a document its derived values. ``template`` is the text of a Jinja template, made
    from the record without it; ``stamp`` are the attributes that lead to the time of the last change.

    Raises ConfigError for a name or path that cannot be.
    """
    return _made(name, path, record, title, template, tuple(stamp), "")


def own_kinds(declared: Mapping[str, Any], folder: str, more: tuple[Kind, ...] = ()) -> Kinds:
    """The kinds of one memory: those ``declared`` in its settings, which stand in ``folder``, and ``more``.

    Raises ConfigError for a declaration that cannot be used, with the key that it is about.
    """
    found = [*_from_settings(repr(declared), folder, _Declared(declared)), *more]
    for at, each in enumerate(found):
        _refuse_taken(each, [*KINDS, *found[:at]])
    return Kinds(tuple(found))


class _Declared:
    """A declaration beside its spelling, by which two are compared: a process makes the classes of each once."""

    def __init__(self, held: Mapping[str, Any]) -> None:
        self.held = held

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Declared)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=32)
def _from_settings(spelled: str, folder: str, declared: _Declared) -> tuple[Kind, ...]:
    del spelled
    return tuple(
        _declared(name, Entry(f"kinds.{name}", held), folder) for name, held in declared.held.items()
    )


def _declared(name: str, entry: Entry, folder: str) -> Kind:
    """One kind as the settings declare it."""
    entry.refuse_others(KEYS)
    path, title = entry.text("path", required=True), entry.text("title")
    template = _template(entry, folder)
    if entry.has("record"):
        entry.refuse_beside("record", ("fields", "sections"))
        return _made(name, path, _imported(entry), title, template, _stamp(entry), entry.key)
    shaping = Shaping(_class_name(name))
    record = shaped(entry, shaping)
    return _made(name, path, record, title, template, _stamp(entry), entry.key)


def _stamp(entry: Entry) -> tuple[str, ...]:
    from cosmemory.syntax.tree import name_of

    said = entry.text("stamp")
    return tuple(name_of(part) for part in said.split(".")) if said else ()


def _class_name(name: str) -> str:
    # Records are told of by what their class is called, so none may be called as a built-in one is.
    return "Own" + "".join(part.capitalize() for part in name.split("-"))


def _template(entry: Entry, folder: str) -> str:
    """The text of the template that a declaration names, from where the settings stand."""
    named = entry.text("template")
    if not named:
        return ""
    try:
        return read_plain(os.path.join(folder, named)).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", "") or "it is not UTF-8"
        raise entry.wrong("template", f"{named} cannot be read: {reason}", "Correct the name.") from None


def _imported(entry: Entry) -> type[Any]:
    """The dataclass that ``package.module:Class`` names."""
    from importlib import import_module

    said = entry.text("record")
    module, colon, name = said.partition(":")
    if not colon:
        raise entry.wrong("record", f"expected package.module:Class, not {said!r}")
    try:
        with aside():
            found = getattr(import_module(module), name)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the module is the project's, and may fail in any way
        told = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise entry.wrong("record", f"{said} cannot be imported: {told}", "Install what it is in.") from None
    if not isinstance(found, type):
        raise entry.wrong("record", f"{said} is no class")
    return found


def _made(
    name: str,
    path: str,
    record: type[Any],
    title: str,
    template: str,
    stamp: tuple[str, ...],
    key: str,
) -> Kind:
    key = key or f"kinds.{name}"
    if not NAME.fullmatch(name):
        raise ConfigError(FILE, key, f"{name!r} is no name of a kind", "Use small letters, digits and -.")
    _check_path(path, f"{key}.path")
    if not issubclass(record, Record):
        raise ConfigError(
            FILE, f"{key}.record", f"{record.__name__} is no Record of cosmemory.document.fields"
        )
    title = title or f"{name.replace('-', ' ').title()}{' {id}' if '{id}' in path else ''}"
    try:
        _check_stamp(record, stamp)
    except AttributeError as error:
        hint = "Name a time field of the page, or section.field."
        raise ConfigError(FILE, f"{key}.stamp", str(error), hint) from None
    return OwnKind(
        name=name,
        path=path,
        record=record.__name__,
        pattern=path_pattern(path),
        source=template or sketch(record),
        shape=record,
        stamped=stamp,
        title=title,
    )


def _check_stamp(record: type[Any], stamp: tuple[str, ...]) -> None:
    from cosmemory.document.fields import layout
    from cosmemory.document.values import TIME

    for name in stamp[:-1]:
        part = layout(record).parts.get(name)
        if part is None or part.shape != "one" or part.record is None:
            raise AttributeError(f"there is no section {name!r} of fields")
        record = part.record
    for name in stamp[-1:]:
        value = layout(record).values.get(name)
        if value is None or value.type is not TIME:
            raise AttributeError(f"there is no time {name!r}")


def _check_path(path: str, key: str) -> None:
    for placeholder, sample in SAMPLES.items():
        if path.count(placeholder) > 1:
            raise ConfigError(FILE, key, f"{placeholder} stands in it twice")
        path = path.replace(placeholder, sample)
    if "{" in path or "}" in path:
        raise ConfigError(FILE, key, f"the placeholders are {', '.join(SAMPLES)}")
    if not path.endswith(".md"):
        raise ConfigError(FILE, key, "a page ends in .md", f"Write {path}.md, say.")
    try:
        check_path(path, new=True)
    except Unsafe as unsafe:
        raise ConfigError(FILE, key, str(unsafe).rstrip("."), unsafe.hint) from None
    if path.split("/", 1)[0].lower() in APART:
        raise ConfigError(FILE, key, f"pages below {path.split('/', 1)[0]}/ are never live")


def _refuse_taken(made: Kind, others: Sequence[Kind]) -> None:
    """Refuses a kind that has the name or the pages of another."""
    key = f"kinds.{made.name}"
    sample = _filled(made.path)
    for other in others:
        if other.name == made.name:
            raise ConfigError(FILE, key, "there is such a kind already", "Choose another name.")
        if other.pattern.fullmatch(sample) or made.pattern.fullmatch(_filled(other.path)):
            reason = f"such pages are of the kind {other.name} already"
            raise ConfigError(FILE, f"{key}.path", reason, "Choose another folder.")


def _filled(path: str) -> str:
    for placeholder, sample in SAMPLES.items():
        path = path.replace(placeholder, sample)
    return path.replace("{sort}-{period}", "weekly-2026-W47")
