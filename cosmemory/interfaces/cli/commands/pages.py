"""Commands for any page: show, get, set, add, remove."""

from __future__ import annotations

from cosmemory.diagnostics import Diagnostic
from cosmemory.document.data import data_of, plain
from cosmemory.document.paths import value_at
from cosmemory.errors import Damaged, NotFound, UsageError, no_page
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.output import print_json, print_text
from cosmemory.interfaces.cli.session import changing, reading, session_of, text_of
from cosmemory.kinds.page import Page
from cosmemory.memory import Memory
from cosmemory.operations import pages
from cosmemory.store import Stored, revision_of
from cosmemory.text.source import Source, encode_text
from cosmemory.text.spans import LineIndex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


@command()
@reading
@argument("document")
@option("--at", metavar="MOMENT", help="As it stood then: a time, 2h ago, the number of a change, last~2.")
def show(document: str, at: str | None, **options: Any) -> None:
    """Show a page; with --json its typed content and what is wrong with it.

    DOCUMENT is a kind such as cos-state, or a page such as alerts/active-alerts.
    """
    session = session_of(options)
    memory = session.memory()
    stored, then = _stored(memory, document, at)
    if not session.as_json:
        print_text(stored.data.decode("utf-8", "surrogateescape"), end="")
        return
    page = memory.read_stored(stored)
    held = {"document": page.path.removesuffix(".md"), "path": page.path, "revision": page.revision, **then}
    print_json("document", {**held, "data": data_of(page.document), "diagnostics": findings(page)})


def _stored(memory: Memory, document: str, at: str | None) -> tuple[Stored, dict[str, Any]]:
    """The page as it stands, or as it stood at a moment; and what JSON says of the moment.

    Raises NotFound when there is no such page, or was none then.
    """
    if at is None:
        path = memory.path_of(document)
        stored = memory.store.read(path)
        if stored is None:
            raise no_page(path)
        return stored, {}
    from cosmemory.maintenance.moments import moment_named, path_then, text_then

    history = memory.store.history()
    path = path_then(memory, history, document)
    number = moment_named(history, at, memory.attribution("").at, [path])
    data = text_then(history, path, number)
    if data is None:
        raise NotFound(f"The page {path} at #{number}", f"cosmemory history {document} tells when it came.")
    return Stored(path=path, data=data, revision=revision_of(data)), {"at": number}


def findings(page: Page) -> list[dict[str, Any]]:
    """The page's diagnostics with their places."""
    index = LineIndex(page.tree.text)
    return [_finding(index, each) for each in page.diagnostics]


def _finding(index: LineIndex, each: Diagnostic) -> dict[str, Any]:
    line, column = index.position(each.start)
    return {
        "code": each.code,
        "message": each.message,
        "severity": str(each.severity),
        "location": {"row": line + 1, "column": column + 1},
    }


@command()
@reading
@argument("document")
@argument("path")
@option("--at", metavar="MOMENT", help="As it stood then: a time, 2h ago, the number of a change, last~2.")
def get(document: str, path: str, at: str | None, **options: Any) -> None:
    """Show one value.

    DOCUMENT is a kind such as cos-state, or a page such as alerts/active-alerts.
    PATH names section and field, such as current_focus.primary_task.
    """
    session = session_of(options)
    memory = session.memory()
    stored, then = _stored(memory, document, at)
    page = memory.read_stored(stored)
    reason = Source.of(encode_text(page.tree.text)).unreadable
    if reason:
        raise Damaged(page.path, 1, f"the file is {reason}, not UTF-8 text")
    value = plain(value_at(page.document, path))
    if session.as_json:
        print_json("value", {"value": value, "revision": page.revision, **then})
    elif isinstance(value, dict | list):
        import json

        print_text(json.dumps(value, ensure_ascii=False, indent=2))
    else:
        print_text("" if value is None else str(value))


@command("set", lenient=True)
@changing
@argument("document")
@argument("path")
@argument("value")
def set_(document: str, path: str, value: str, **options: Any) -> None:
    """Set one value and print the page's new revision.

    DOCUMENT is a kind such as cos-state, or a page such as alerts/active-alerts.
    PATH names section and field, such as current_focus.priority. A VALUE of - is read from stdin.
    """
    session = session_of(options)
    text = text_of(value)
    session.change(
        lambda memory: pages.set_value(memory, document, path, text, expected=session.expected(document)),
        lambda _: "",
        page=document,
    )


@command(lenient=True)
@changing
@argument("document")
@argument("path")
@argument("values", many=True, required=True, metavar="KEY=VALUE...")
def add(document: str, path: str, values: tuple[str, ...], **options: Any) -> None:
    """Add a record; print the key that it got and the page's new revision.

    DOCUMENT is a kind such as cos-state, or a page such as alerts/active-alerts.
    PATH names the section, such as pending_actions; each KEY a column, as in priority=high.
    """
    session = session_of(options)
    given = _given(values)
    session.change(
        lambda memory: pages.add_record(memory, document, path, given, expected=session.expected(document)),
        str,
        page=document,
    )


@command(lenient=True)
@changing
@argument("kind")
@argument("words", many=True, metavar="[ID] [PATH=VALUE...]")
def new(kind: str, words: tuple[str, ...], **options: Any) -> None:
    """Make the page of a new record of a kind of the project's own; print its name and revision.

    KIND is one that the settings declare. ID is what the page is called, where its path has a place for that; each
    PATH a field, as in status=open or details.owner=me.
    """
    from cosmemory.operations.documents import new as make

    session = session_of(options)
    if session.expect:
        raise UsageError("A page that is to be made has no revision yet.", "Leave --expect out.")
    key, values = (words[0], words[1:]) if words and "=" not in words[0] else (None, words)
    given = _given(values)
    session.change(
        lambda memory: make(memory, kind, key, values=given),
        lambda path: path.removesuffix(".md"),
    )


def _given(values: Sequence[str]) -> dict[str, str]:
    """What stands behind each KEY=."""
    given: dict[str, str] = {}
    for each in values:
        key, equals, text = each.partition("=")
        if not equals or not key:
            raise UsageError(f"{each!r} is not KEY=VALUE.", "Write, say, priority=high.")
        given[key] = text
    return given


@command()
@changing
@argument("document")
@argument("path")
def remove(document: str, path: str, **options: Any) -> None:
    """Remove a record and print the page's new revision.

    DOCUMENT is a kind such as cos-state, or a page such as alerts/active-alerts.
    PATH names section and record, such as pending_actions.3.
    """
    session = session_of(options)
    session.change(
        lambda memory: pages.remove_record(memory, document, path, expected=session.expected(document)),
        lambda _: "",
        page=document,
    )
