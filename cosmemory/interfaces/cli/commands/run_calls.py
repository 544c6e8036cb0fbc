"""What the commands of runs share: the page that a revision is about, values said as KEY=VALUE, and listings."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence

from cosmemory.document.json_values import read_data
from cosmemory.errors import UsageError
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text, visible_line
from cosmemory.interfaces.cli.session import text_of
from cosmemory.operations.runs.changing import data_of_record, run_page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.interfaces.cli.session import Session
    from cosmemory.memory import Memory, Outcome


def change_run(
    session: Session, key: str, verb: Callable[..., Outcome[Any]], said: Callable[[Any], str], **given: Any
) -> None:
    """Does ``verb`` to the run ``key``, if its page is at the revision that was asked for, and answers."""
    session.change(
        lambda memory: verb(memory, key, expected=expected_of(session, memory, key), **given), said
    )


def expected_of(session: Session, memory: Memory, key: str) -> dict[str, str] | None:
    """The revision that the page of the run must be at, if one was given."""
    return session.expected(run_page(memory, key)) if session.expect else None


def data_said(text: str | None) -> Any:
    """A value said in one word: JSON, or else plain words."""
    return read_data(text_of(text)).value.value if text is not None else None


def values_said(pairs: Sequence[str], file: str | None = None) -> dict[str, Any]:
    """Values said as KEY=VALUE, beside the object in a JSON ``file`` (``-``: stdin)."""
    found: dict[str, Any] = {}
    if file is not None:
        held = json_from(file)
        if not isinstance(held, dict):
            raise UsageError(f"{file} holds no JSON object.", 'Write {"name": value, …}.')
        found |= held
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"{pair!r} is not KEY=VALUE.", "Write plan=done, or count=3.")
        found[key] = data_said(value)
    return found


def json_from(file: str) -> Any:
    """What the JSON in ``file`` says; ``-`` is stdin."""
    try:
        if file == "-":
            return json.loads(text_of("-"))
        with open(file, encoding="utf-8") as opened:
            return json.load(opened)
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror or error}.", "Name a file, or - for stdin."
        ) from None
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}.", "Mend the place that is named.") from None


def project_of(session: Session) -> str:
    """The project that a memory belongs to: artifacts are named from its folder."""
    from cosmemory.root import INSIDE, find_root

    root = find_root(session.root, os.environ, os.getcwd())
    inside = os.sep + INSIDE
    return root.removesuffix(inside) if root.endswith(inside) else os.path.dirname(root)


def tell_records(
    session: Session,
    kind: str,
    records: Iterable[Any],
    shown: Sequence[str],
    none: str,
    line: Callable[[dict[str, Any]], str] | None = None,
) -> None:
    """Records: all that they hold as JSON, those values that are ``shown`` as a table, or a ``line`` each."""
    told = [data_of_record(each) for each in records]
    if session.as_json:
        print_json(kind, {kind: told})
    elif not told:
        print_text(none)
    elif on_terminal():
        from cosmemory.interfaces.cli.terminal import show, table

        rows = [
            [(_shown(each[name]), "name" if at == 0 else "") for at, name in enumerate(shown)]
            for each in told
        ]
        show(table(rows, [name.replace("_", " ") for name in shown]))
    else:
        for each in told:
            said = line(each) if line is not None else "  ".join(_shown(each[name]) for name in shown)
            print_text(visible_line(said))


def tell_values(session: Session, kind: str, name: str, values: Any) -> None:
    """Values of any shape: in one object for programs, and as they are, in lines, for people."""
    if session.as_json:
        print_json(kind, {name: values})
    else:
        print_text(json.dumps(values, ensure_ascii=False, indent=2))


def _shown(value: Any) -> str:
    if value is None or value == []:
        return "-"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
