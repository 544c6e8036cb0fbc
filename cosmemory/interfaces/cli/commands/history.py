"""Commands for the past: history, diff, blame, undo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby, islice

from cosmemory.document.paths import value_at
from cosmemory.errors import CosmemoryError, NotFound, UsageError, no_page
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.history_lines import change_data, difference_data, show_blame, show_change
from cosmemory.interfaces.cli.output import print_json, print_text, visible_line
from cosmemory.interfaces.cli.session import changing, reading, session_of, unified
from cosmemory.interfaces.cli.terminal import print_difference
from cosmemory.maintenance.blame import blame_page, blame_value
from cosmemory.maintenance.differences import Difference, page_differences, sentences_of, told
from cosmemory.maintenance.history import Past, Wanted, past_of, value_changes
from cosmemory.maintenance.moments import bound, changes_of, moment_named, path_then, text_then
from cosmemory.maintenance.undo import Undone
from cosmemory.maintenance.undo import undo as undo_change
from cosmemory.maintenance.wording import shorter, shown_value
from cosmemory.memory import Memory
from cosmemory.store import History

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@command()
@reading
@argument("document", required=False)
@option("-n", "last", metavar="N", least=1, help="The last N of them.")
@option("--since", metavar="TIME", help="From this time on, itself included.")
@option("--until", metavar="TIME", help="Up to this time, itself included.")
@option("--actor", metavar="NAME", help="Changes that NAME made.")
@option("--search", metavar="TEXT", help="Changes that say TEXT in what they did, or why.")
@option("--value", metavar="PATH", help="When the value at PATH changed, and from what to what.")
def history(document: str | None, last: int | None, value: str | None, **options: Any) -> None:
    """Show what was changed, when, by whom and why, newest first.

    DOCUMENT is a kind such as cos-state, or a page such as alerts/active-alerts; without one all pages are meant.
    """
    session = session_of({key: options.pop(key) for key in ("root", "as_json")})
    memory = session.memory()
    past = memory.store.history()
    pages = [path_then(memory, past, document)] if document is not None else []
    if value is not None:
        if not pages or options["search"] is not None:
            raise UsageError("--value is about one page, and stands without --search.", "Name the DOCUMENT.")
        if next(value_changes(past, pages[0], value, memory.kinds), None) is None:
            value_at(memory.read(pages[0]), value)  # refuses what is, and was, no value of the page
        _values(memory, pages[0], value, _wanted(memory, options), last, as_json=session.as_json)
        return
    wanted = _wanted(memory, options)
    found = islice(past_of(past, pages, wanted, whole=session.as_json, kinds=memory.kinds), last)
    if session.as_json:
        print_json("history", {"changes": [_past_data(each) for each in found]})
        return
    for each in found:
        show_change(each.change, each.words)


def _wanted(memory: Memory, options: dict[str, Any]) -> Wanted:
    now = memory.attribution("").at
    since, until = options["since"], options["until"]
    return Wanted(
        since=bound(since, now) if since is not None else None,
        until=bound(until, now, end=True) if until is not None else None,
        actor=options["actor"],
        search=options["search"],
    )


def _past_data(each: Past) -> dict[str, Any]:
    differences = [difference_data(difference) for difference in each.differences]
    return {**change_data(each.change), "words": each.words, "differences": differences}


def _values(
    memory: Memory, path: str, where: str, wanted: Wanted, last: int | None, *, as_json: bool
) -> None:
    past = memory.store.history()
    found = (each for each in value_changes(past, path, where, memory.kinds) if wanted.takes(each.change))
    if as_json:
        listed = [
            {**change_data(each.change), "old": each.old, "new": each.new} for each in islice(found, last)
        ]
        print_json("history", {"document": path.removesuffix(".md"), "path": where, "changes": listed})
        return
    for each in islice(found, last):
        old, new = (shorter(shown_value(_plain(value))) for value in (each.old, each.new))
        show_change(each.change, f"{old} -> {new}")


def _plain(value: Any) -> str | None:
    """A value of JSON as a text."""
    if isinstance(value, dict | list):
        import json

        return json.dumps(value, ensure_ascii=False)
    return None if value is None else str(value)


@command("diff")
@reading
@argument("what", many=True, metavar="[A] [B] [DOCUMENT]...")
@option("--text", flag=True, help="As a unified diff of the pages.")
def diff(what: tuple[str, ...], text: bool, **options: Any) -> None:
    """Show what differs between two moments, by meaning.

    A and B are times, numbers of changes, last or last~2; without B the present is meant, without A the last
    change is shown. DOCUMENT limits it to some pages.
    """
    session = session_of(options)
    memory = session.memory()
    past = memory.store.history()
    moments, names = _parted(memory, past, what, most=2)
    pages = [path_then(memory, past, name) for name in names]
    now = memory.attribution("").at
    start = moment_named(past, moments[0] if moments else "last~1", now, pages)
    end = moment_named(past, moments[1] if len(moments) > 1 else "now", now, pages)
    sides = [
        (path, text_then(past, path, start), text_then(past, path, end))
        for path in pages or _touched(past, start, end)
    ]
    if text:
        shown = "".join(unified(path, before or b"", after or b"") for path, before, after in sides)
        if session.as_json:
            print_json("diff", {"from": start, "to": end, "diff": shown})
        else:
            print_difference(shown)
        return
    found = [each for side in sides for each in page_differences(*side, memory.kinds)]
    if session.as_json:
        print_json(
            "diff", {"from": start, "to": end, "differences": [difference_data(each) for each in found]}
        )
    else:
        _tell(found)


def _tell(found: Iterable[Difference]) -> None:
    for page, held in groupby(told(found), lambda each: each.page):
        print_text(visible_line(page.removesuffix(".md")))
        for sentence in sentences_of(held):
            print_text(f"  {visible_line(sentence)}")


def _touched(past: History, start: int, end: int) -> list[str]:
    """The pages that changed between two moments."""
    low, high = sorted((start, end))
    paths: set[str] = set()
    for change in changes_of(past, below=high + 1):
        if change.number <= low:
            break
        paths |= {step.path for step in change.pages}
    return sorted(paths)


def _parted(memory: Memory, past: History, what: Sequence[str], *, most: int) -> tuple[list[str], list[str]]:
    """The moments that stand first, ``most`` of them, and the pages behind.

    Raises NotFound for a word that is neither.
    """
    moments: list[str] = []
    for at, word in enumerate(what):
        try:
            path_then(memory, past, word)
        except NotFound as no_page:
            if at == len(moments) < most:
                _check_moment(memory, past, word, no_page)
                moments.append(word)
                continue
            raise
    return moments, list(what[len(moments) :])


def _check_moment(memory: Memory, past: History, word: str, no_page: CosmemoryError) -> None:
    try:
        moment_named(past, word, memory.attribution("").at)
    except UsageError as no_moment:
        # A page whose name is mistyped is no wrong time.
        raise (no_page if no_page.hint.startswith("Did you mean") else no_moment) from None


@command()
@reading
@argument("document")
@argument("path", required=False)
def blame(document: str, path: str | None, **options: Any) -> None:
    """Show who set each value of a page, when and why.

    DOCUMENT is a kind such as cos-state, or a page such as alerts/active-alerts.
    PATH names one value, record or section, such as pending_actions.1.status.
    """
    session = session_of(options)
    memory = session.memory()
    past = memory.store.history()
    page = memory.path_of(document)
    stored = memory.store.read(page)
    if stored is None:
        raise no_page(page)
    if path:
        found = blame_value(past, page, stored.data, path, memory.kinds)
    else:
        found = blame_page(past, page, stored.data, memory.kinds)
    if session.as_json:
        listed = [
            {
                "path": each.where,
                "value": each.value,
                "before": each.before,
                "change": change_data(each.change) if each.change else None,
            }
            for each in found
        ]
        print_json("blame", {"document": page.removesuffix(".md"), "values": listed})
        return
    for each in found:
        if path or each.value not in (None, []):
            show_blame(each)


@command()
@changing
@argument("what", many=True, metavar="[CHANGE] [DOCUMENT]...")
@option("--force", flag=True, help="Take back what was changed again since, too.")
def undo(what: tuple[str, ...], force: bool, **options: Any) -> None:
    """Take back the last change, or CHANGE, as a new one; what was done elsewhere since stays.

    CHANGE is a number that history tells, last, last~2 or a time. DOCUMENT limits it to some pages. The entries of
    the log always stay.
    """
    session = session_of(options)
    session.refuse_expected("undo")
    memory = session.memory()
    moments, pages = _parted(memory, memory.store.history(), what, most=1)
    words = moments[0] if moments else "last"
    session.change(lambda target: undo_change(target, words, pages, force=force), _undone, memory)


def _undone(done: Undone) -> str:
    named = done.change.attribution.operation or "a change"
    told = f"undid #{done.change.number} ({named}): {visible_line(done.words)}"
    return f"{told}\nthe pages as they were before are in {done.kept}" if done.kept else told
