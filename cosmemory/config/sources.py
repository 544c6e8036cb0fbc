"""Where settings are said: the file of the project, the local one beside it, the environment; and who said what."""

from __future__ import annotations

import os

from cosmemory.config.settings import FILE, LOCAL, PLACES, TABLES, Settings
from cosmemory.errors import ConfigError
from cosmemory.frozen import field, frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

BOM = b"\xef\xbb\xbf"
Path = tuple[str, ...]  # the keys that lead to a value


@frozen(kw_only=True)
class Source:
    """One place that says settings: the file at ``path``, or where there is none variables, by what they say."""

    path: str
    held: dict[str, Any]
    variables: dict[Path, str] = field(default_factory=dict)

    def name_of(self, path: Path) -> str:
        """What is to be called the origin of the value at ``path``."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.variables:
                return self.variables[path[:length]]
        return self.path


def folders(root: str) -> tuple[str, str]:
    """Where the settings of the memory at ``root`` may lie, the nearest first: beside its pages, or in its project."""
    return root, os.path.dirname(os.path.dirname(root))


def settings_folder(root: str) -> str | None:
    """The folder whose files count; None where there is no file at all."""
    for name in (FILE, LOCAL):
        for folder in folders(root):
            # Whatever bears the name is meant as settings: a link to nowhere must not pass for their absence.
            if os.path.lexists(os.path.join(folder, name)):
                return folder
    return None


def unread(root: str) -> list[str]:
    """Files of settings that do not count, because nearer ones do or because they stand beside none."""
    used = settings_folder(root)
    found = [
        os.path.join(folder, name) for folder in folders(root) if folder != used for name in (FILE, LOCAL)
    ]
    return [path for path in found if os.path.lexists(path)]


def file_sources(folder: str) -> list[Source]:
    """The files in ``folder``, the one that is overruled first."""
    paths = [os.path.join(folder, name) for name in (FILE, LOCAL)]
    return [Source(path=path, held=read_toml(path)) for path in paths if os.path.lexists(path)]


def read_toml(path: str) -> dict[str, Any]:
    """The tables in the file at ``path``."""
    import tomllib

    from cosmemory.plain_files import read_plain

    try:
        # Editors of Windows begin a file with a mark that TOML does not know.
        return tomllib.loads(read_plain(path).removeprefix(BOM).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigError(path, "", f"byte {error.start} is not UTF-8", "Save the file as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, "", f"it is not TOML: {error}", "Mend the line that is named.") from None
    except RecursionError:
        raise ConfigError(
            path, "", "it is nested too deeply", "Settings have at most three levels."
        ) from None
    except OSError as error:
        raise ConfigError(path, "", error.strerror or str(error)) from None


def environment_source(environ: Mapping[str, str]) -> Source | None:
    """What the environment says, if it says anything."""
    from cosmemory.config.environment import said, value_of

    held: dict[str, Any] = {}
    named: dict[Path, str] = {}
    for variable, path in said(environ).items():
        attribute = PLACES.get(("", path[0]) if len(path) == 1 else (path[0], path[1]))
        kind = Settings.__annotations__[attribute] if attribute else "str"
        table = held if len(path) == 1 else held.setdefault(path[0], {})
        table[path[-1]] = value_of(environ[variable], kind)
        named[path] = variable
    return Source(path="", held=held, variables=named) if held else None


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Both together: tables key by key, of anything else that of ``above``."""
    both = dict(below)
    for key, value in above.items():
        held = both.get(key)
        both[key] = merged(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return both


def origin(sources: list[Source], path: Path) -> Source | None:
    """The last source that says something at ``path``, else above it; None where nobody does."""
    for length in range(len(path), 0, -1):
        for source in reversed(sources):
            if holds(source.held, path[:length]):
                return source
    return None


def holds(held: Any, path: Path) -> bool:
    """Whether the tables ``held`` say something at ``path``."""
    for key in path:
        if not isinstance(held, dict) or key not in held:
            return False
        held = held[key]
    return True


def entries(held: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """What a file says as table, key and value; what is no table of ours stands with its name as key."""
    found: list[tuple[str, str, Any]] = []
    for key, value in held.items():
        if key in TABLES and isinstance(value, dict):
            found += [(key, inner, each) for inner, each in value.items()]
        else:
            found.append(("", key, value))
    return found
