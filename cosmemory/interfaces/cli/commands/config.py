"""The commands about settings: what they are and who says so, whether they are right, and how to change them."""

from __future__ import annotations

import os

from cosmemory.config.load import load_settings, sources_of
from cosmemory.config.told import every_setting, nested
from cosmemory.errors import ConfigError, NotFound, did_you_mean
from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text, tell_warning
from cosmemory.interfaces.cli.session import reading, session_of, text_of, unified_texts
from cosmemory.root import find_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.config.told import Told
    from cosmemory.interfaces.cli.session import Session
    from cosmemory.interfaces.cli.settings_file import Edited

_LOCAL = "In cosmemory.local.toml, which is yours alone and which git ignores."
_DRY = "Show the difference and change nothing."


@group
def config() -> None:
    """Show, check and change the settings.

    They stand in cosmemory.toml, cosmemory.local.toml beside it is laid over that, and variables such as
    COSMEMORY_BOUNDS_DECISIONS over both.
    """


def _root(session: Session) -> str:
    return os.path.realpath(find_root(session.root, os.environ, os.getcwd()))


@config.command()
@reading
@argument("key", required=False)
@option("--origin", flag=True, help="With the file or the variable that says it.")
def show(key: str | None, origin: bool, **options: Any) -> None:
    """Show every setting, those of a table, or the bare value of one: KEY is a name such as bounds.decisions."""
    session = session_of(options)
    root = _root(session)
    settings = load_settings(root)
    every = every_setting(settings, sources_of(root))
    chosen = _chosen(every, key) if key else every
    if session.as_json:
        held: Any = nested(settings)
        for part in _path(key) if key else ():
            held = held[part]
        print_json("settings", {"settings": held, "origins": {each.key: each.origin for each in chosen}})
        return
    if key and len(chosen) == 1 and chosen[0].path == _path(key) and not origin:
        value = chosen[0].value
        print_text(value if isinstance(value, str) else _toml(value))
        return
    _show_settings(chosen, origin=origin)


def _show_settings(chosen: list[Told], *, origin: bool) -> None:
    if on_terminal():
        from cosmemory.interfaces.cli.terminal import show as show_lines
        from cosmemory.interfaces.cli.terminal import table

        heads = ("Setting", "Value", "Said by") if origin else ("Setting", "Value")
        rows = [
            [(each.key, "name"), (_toml(each.value), ""), (each.origin, "quiet")][: len(heads)]
            for each in chosen
        ]
        show_lines(table(rows, heads))
        return
    for each in chosen:
        print_text(f"{each.key} = {_toml(each.value)}" + (f"  # {each.origin}" if origin else ""))


def _toml(value: Any) -> str:
    from cosmemory.config.written import toml_value

    return toml_value(value)


def _path(key: str) -> tuple[str, ...]:
    from cosmemory.config.editing import path_of_key

    return path_of_key(key)


def _chosen(every: list[Told], key: str) -> list[Told]:
    path = _path(key)
    found = [each for each in every if each.path[: len(path)] == path]
    if not found:
        known = [each.key for each in every] + sorted({each.path[0] for each in every})
        raise NotFound(f"The setting {key!r}", did_you_mean(key, known, "cosmemory config show lists them."))
    return found


@config.command()
@reading
@option("--make", flag=True, help="Make the folders that settings name and that are missing.")
def check(make: bool, **options: Any) -> int:
    """Tell everything that is wrong with the settings, with file, key, what was expected and what helps."""
    from cosmemory.interfaces.cli.settings_check import check_settings

    session = session_of(options)
    found = check_settings(_root(session), make=make)
    if session.as_json:
        errors = [
            {
                "file": each.file,
                "key": each.key,
                "reason": each.reason,
                "hint": each.hint,
                "message": str(each),
            }
            for each in found.errors
        ]
        told = {"files": found.files, "errors": errors, "warnings": found.warnings, "made": found.made}
        print_json("settings-check", told)
        return 1 if errors else 0
    for each in found.errors:
        print_text(f"{each} {each.hint}".rstrip())
    for folder in found.made:
        print_text(f"made {folder}")
    for warning in found.warnings:
        tell_warning(warning)
    if not found.errors:
        print_text(f"sound: {', '.join(found.files) or 'everything has its default'}")
    return 1 if found.errors else 0


@config.command("set")
@reading
@argument("key")
@argument("value")
@option("--local", flag=True, help=_LOCAL)
@option("--dry-run", flag=True, help=_DRY)
def set_(key: str, value: str, local: bool, dry_run: bool, **options: Any) -> None:
    """Set one setting; every other byte of the file, comments included, stays.

    VALUE is written as in TOML, text without quotes too, and a list of texts also with commas; - reads it from stdin.
    """
    from cosmemory.config.checked import kind_at
    from cosmemory.config.editing import with_value
    from cosmemory.config.environment import value_of
    from cosmemory.interfaces.cli.settings_file import edit

    session = session_of(options)
    path = _path(key)
    text = text_of(value)
    meant = value_of(text.removesuffix("\n") if value == "-" else text, kind_at(path))
    root = _root(session)
    done = edit(root, lambda held: with_value(held, path, meant), [path], local=local, dry_run=dry_run)
    _tell(session, done, key, meant, dry_run=dry_run)
    _tell_overruled(root, path, done)


@config.command()
@reading
@argument("key")
@option("--local", flag=True, help=_LOCAL)
@option("--dry-run", flag=True, help=_DRY)
def unset(key: str, local: bool, dry_run: bool, **options: Any) -> None:
    """Take one setting out of the file, so that what is below it counts again: another file, or the default."""
    from cosmemory.config.editing import without
    from cosmemory.interfaces.cli.settings_file import edit

    session = session_of(options)
    path = _path(key)
    done = edit(_root(session), lambda held: without(held, path), [], local=local, dry_run=dry_run)
    _tell(session, done, key, None, dry_run=dry_run)


def _tell(session: Session, done: Edited, key: str, value: Any, *, dry_run: bool) -> None:
    if session.as_json:
        told = {"key": key, "value": value, "file": done.path, "changed": done.changed, "dry_run": dry_run}
        more = {"diff": _difference(done)} if dry_run else {}
        print_json("setting", {**told, **more})
    elif dry_run:
        from cosmemory.interfaces.cli.terminal import print_difference

        print_difference(_difference(done))
    elif not done.changed:
        print_text(f"{done.path} says so already")
    else:
        said = f"{key} = {_toml(value)}" if value is not None else f"without {key}"
        print_text(f"{done.path}: {said}")
        if done.ignored:
            print_text("git ignores that file from now on (.gitignore)")


def _difference(done: Edited) -> str:
    return unified_texts(os.path.basename(done.path), done.before, done.after)


def _tell_overruled(root: str, path: tuple[str, ...], done: Edited) -> None:
    """A warning where what was set does not count, because something above the file says another thing."""
    from cosmemory.config.sources import origin

    said = origin(sources_of(root), path)
    if said is not None and said.path != done.path and done.changed and os.path.exists(done.path):
        tell_warning(f"{said.name_of(path)} says it too, and counts.")


@config.command()
@reading
def schema(**options: Any) -> None:
    """Print the JSON Schema of cosmemory.toml, for editors; a first line #:schema FILE names it to them."""
    import json

    from cosmemory.config.schema import settings_schema

    session = session_of(options)
    if session.as_json:
        print_json("schema", {"schema_of_settings": settings_schema()})
    else:
        print_text(json.dumps(settings_schema(), indent=2, ensure_ascii=False))


@config.command("import")
@reading
@argument("file", metavar="FILE")
@option("--local", flag=True, help=_LOCAL)
@option("--dry-run", flag=True, help=_DRY)
def import_(file: str, local: bool, dry_run: bool, **options: Any) -> None:
    """Take over the YAML configuration of an orchestrator; what means nothing here is kept below [extra] and named."""
    from cosmemory.config.editing import with_value
    from cosmemory.config.importing import imported
    from cosmemory.interfaces.cli.settings_file import edit

    session = session_of(options)
    taken = imported(_yaml(file))

    def made(text: str) -> str:
        for each in taken:
            if each.path:
                text = with_value(text, each.path, each.value)
        return text

    paths = [each.path for each in taken if each.path]
    done = edit(_root(session), made, paths, local=local, dry_run=dry_run)
    if session.as_json:
        values = [
            {
                "name": each.name,
                "key": _key(each.path) or None,
                "kept": each.kept,
                "note": each.note or None,
            }
            for each in taken
        ]
        more = {"diff": _difference(done)} if dry_run else {}
        told = {"file": done.path, "changed": done.changed, "dry_run": dry_run, "values": values}
        print_json("settings-import", {**told, **more})
        return
    for each in taken:
        print_text(_line(each.name, _key(each.path), each.note))
    print_text(
        f"{'would change' if dry_run else 'changed'} {done.path}" if done.changed else "nothing to change"
    )


def _key(path: tuple[str, ...]) -> str:
    from cosmemory.config.checked import dotted

    return dotted(path)


def _line(name: str, key: str, note: str) -> str:
    if not key:
        return f"left out {name}: {note}"
    return f"kept {name} as {key}: {note}" if note else f"took {name} as {key}"


def _yaml(file: str) -> dict[str, Any]:
    from cosmemory.interfaces.cli.saving import read_file
    from cosmemory.syntax.front_matter import read_yaml

    data = read_file(file)
    if data is None:
        raise NotFound(f"The file {file}")
    try:
        held, problem = read_yaml(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(file, "", f"byte {error.start} is not UTF-8", "Save the file as UTF-8.") from None
    if problem:
        raise ConfigError(file, "", problem.rstrip("."), "Mend it, and import it again.")
    return held
