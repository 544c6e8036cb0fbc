"""Undoing: a change of any age taken back as a new one, while what was done elsewhere since stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cosmemory.document.changes import changed
from cosmemory.document.decode import Decoded
from cosmemory.errors import CosmemoryError, NotFound, Refused
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import ARCHIVE, COS_STATE, LOG_PATH, TEAM_ROSTER, Kind, Kinds
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.cos_state import CosState
from cosmemory.kinds.log_archive import entry_texts
from cosmemory.kinds.mirrors import team_figures
from cosmemory.kinds.page import read_document
from cosmemory.maintenance.checkpoints import before_risk
from cosmemory.maintenance.differences import Difference, page_differences, summary, told
from cosmemory.maintenance.history import value_changes
from cosmemory.maintenance.moments import changes_of, moment_named, path_then, texts_of
from cosmemory.maintenance.wording import shorter
from cosmemory.memory import Memory, Outcome
from cosmemory.merge.pages import Dispute, Strategies, merge_pages
from cosmemory.store import History, Remembered
from cosmemory.syntax.parse import parse
from cosmemory.syntax.tree import Tree
from cosmemory.text.source import decode_text, encode_text
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SAFE = 3  # pages that are changed without a checkpoint of the present, where none is taken away
_STAYS = "The log's entries are never taken back"


@frozen(kw_only=True)
class Undone:
    """The change that was taken back, what that did, and the checkpoint of the pages from before, where one was made."""

    change: Remembered
    differences: tuple[Difference, ...]
    kept: str = ""

    @property
    def words(self) -> str:
        """What it did, in few words."""
        return summary(told(self.differences))


@frozen(kw_only=True)
class _Step:
    """A page as it was before and after the change that is to be undone."""

    path: str
    before: bytes | None
    after: bytes | None


def undo(
    memory: Memory, words: str = "last", names: Sequence[str] = (), *, force: bool = False, message: str = ""
) -> Outcome[Undone]:
    """The change that ``words`` name taken back, on the pages called ``names`` or on all of its own.

    What was changed elsewhere since stays, and the log's entries always do: an event tells of the undoing. Raises
    Refused where something has been changed again since, which ``force`` gives the value from before; NotFound
    for a change that is not known, or whose texts are not kept any more.
    """
    history = memory.store.history()
    pages = [path_then(memory, history, name) for name in names]
    number = moment_named(history, words, memory.attribution("").at, pages)
    change = history.revision(number)
    if change is None:
        raise NotFound(f"The change #{number}", "cosmemory history lists them.")
    steps = _steps(history, change, pages)

    def verb(transaction: Transaction) -> Undone:
        pages = _wanted(history, change, steps, transaction, force=force)
        found = [
            each for path, sides in pages.items() for each in page_differences(path, *sides, memory.kinds)
        ]
        if not found:
            raise Refused(
                f"Undoing #{number} would change nothing: what it did is not there any more.",
                f"cosmemory diff {number}~ {number} shows what it did.",
            )
        if change.step(LOG_PATH) is not None and all(each.derived for each in found):
            raise _only_logged(change)  # the page would tell otherwise than the entry that stays
        risky = force or len(pages) > SAFE or any(wanted is None for _, wanted in pages.values())
        kept = before_risk(transaction.memory, "undo").name if risky else ""
        for path, (_, wanted) in pages.items():
            if wanted is None:
                transaction.remove(path)
            else:
                transaction.rewrite(path, decode_text(wanted))
        undone = Undone(change=change, differences=tuple(found), kept=kept)
        if transaction.exists(LOG_PATH):
            transaction.append(_event(transaction, undone, message or memory.message))
        return undone

    why = message or memory.message or f"undoes #{number}: {_named(change)}"
    return memory.run(verb, operation=f"undo {number}", message=why)


def _named(change: Remembered) -> str:
    return change.attribution.operation or "a change"


def _event(transaction: Transaction, undone: Undone, message: str) -> Event:
    return Event(
        time=transaction.now,
        type="recovery",
        action=f"Undid #{undone.change.number} ({_named(undone.change)})",
        outcome=undone.words,
        notes=message or None,
    )


def _steps(history: History, change: Remembered, pages: Sequence[str]) -> list[_Step]:
    """The pages of a change that can be undone, with their texts.

    Raises Refused where there is none.
    """
    number = change.number
    strangers = [path for path in pages if change.step(path) is None]
    if strangers:
        raise Refused(
            f"#{number} did not change {strangers[0]}.",
            f"It changed {', '.join(each.path for each in change.pages)}.",
        )
    if change.attribution.operation == "rotate" or any(ARCHIVE.fullmatch(each.path) for each in change.pages):
        raise Refused(
            f"#{number} moved entries between the log and its archives, which is not undone.", f"{_STAYS}."
        )
    if change.by_hand and _is_first(history, change):
        # Taken back, every page of a memory whose history was deleted, or never came along, would be gone.
        raise Refused(
            f"#{number} is where the history begins: the pages were there before it.",
            "cosmemory history lists what was changed since.",
        )
    found: list[_Step] = []
    for step in change.pages:
        if pages and step.path not in pages:
            continue
        before, after = texts_of(history, change, step.path)
        if step.path != LOG_PATH or (before is not None and not (after or b"").startswith(before)):
            found.append(_Step(path=step.path, before=before, after=after))
    if not found:
        raise _only_logged(change)
    return found


def _only_logged(change: Remembered) -> Refused:
    return Refused(
        f"#{change.number} ({_named(change)}) only added to the log.",
        f"{_STAYS}; cosmemory undo {change.number}~ takes back the change before.",
    )


def _is_first(history: History, change: Remembered) -> bool:
    """Whether nothing is known from before a change, and it only found pages."""
    return next(changes_of(history, below=change.number), None) is None and all(
        step.before is None for step in change.pages
    )


def _wanted(
    history: History, change: Remembered, steps: Sequence[_Step], transaction: Transaction, *, force: bool
) -> dict[str, tuple[bytes | None, bytes | None]]:
    """Each page as it stands and as it is to be, where these differ.

    Raises Refused when something was changed again since.
    """
    kinds = transaction.memory.kinds
    strategies = Strategies(default="theirs") if force else Strategies()
    found: dict[str, tuple[bytes | None, bytes | None]] = {}
    for step in steps:
        stored = transaction.stored(step.path)
        present = stored.data if stored is not None else None
        merged = merge_pages(step.path, step.after, present, step.before, strategies=strategies, kinds=kinds)
        if merged.disputes:
            raise _refusal(history, change, step.path, merged.disputes, kinds, force=force)
        if step.path == LOG_PATH and _loses_entries(present, merged.data):
            continue
        if merged.data != present:
            found[step.path] = present, merged.data
    return _in_step(found, transaction)


def _loses_entries(present: bytes | None, wanted: bytes | None) -> bool:
    before, after = (
        Counter(each.text.strip() for each in entry_texts(decode_text(data or b"")))
        for data in (present, wanted)
    )
    return wanted is None or bool(before - after)


def _refusal(
    history: History,
    change: Remembered,
    path: str,
    disputes: Sequence[Dispute],
    kinds: Kinds,
    *,
    force: bool,
) -> Refused:
    """What stands in the way, and who put it there."""
    first = disputes[0]
    later = _since(history, change, path, first.where, kinds)
    page = path.removesuffix(".md")
    whole = first.where in {"", path}
    what = f"{page} as a whole" if whole else f"{first.where} of {page}"
    who = ""
    if later is not None:
        maker = "by hand" if later.by_hand else f"by {later.attribution.actor or 'somebody'}"
        who = f" {maker} in #{later.number}" + ("" if later.by_hand else f" ({_named(later)})")
    if first.ours is None:
        now = " and is gone now"
    elif whole:
        now = ""  # the beginning of a page says nothing
    else:
        now = f' and is now "{shorter(" ".join(first.ours.split()))}"'
    more = f"; {len(disputes) - 1} more such" if len(disputes) > 1 else ""
    return Refused(
        f"{what} was changed again since #{change.number}{who}{now}{more}; nothing was undone.",
        f"cosmemory show {page} --at {change.number}~ is the page from before."
        if force
        else "--force takes what stood there before; --force --dry-run shows it.",
    )


def _since(history: History, change: Remembered, path: str, where: str, kinds: Kinds) -> Remembered | None:
    """The newest change after ``change`` of the value at ``where``, else of the page."""
    try:
        newest = next(value_changes(history, path, where, kinds), None)
    except CosmemoryError:
        newest = None
    if newest is not None and newest.change.number > change.number:
        return newest.change
    latest = next(changes_of(history, [path]), None)
    return latest if latest is not None and latest.number > change.number else None


def _in_step(
    found: dict[str, tuple[bytes | None, bytes | None]], transaction: Transaction
) -> dict[str, tuple[bytes | None, bytes | None]]:
    """The same with the team's numbers on cos-state as the roster has them, if they agreed before."""
    rosters = found.get(TEAM_ROSTER.path)
    stored = transaction.stored(COS_STATE.path)
    present, wanted = found.get(COS_STATE.path, (stored.data, stored.data) if stored else (None, None))
    if rosters is None or None in rosters or present is None or wanted is None:
        return found
    before, after = (team_figures(_read(TEAM_ROSTER, data or b"")[1]) for data in rosters)
    shown: CosState = _read(COS_STATE, present)[1]
    tree, state = _read(COS_STATE, wanted)
    moved = _figures(shown, state, before, after)
    if not moved:
        return found
    made = replace(state, coordination_state=replace(state.coordination_state, **moved))

    def again(changed_tree: Tree, _: type[Any]) -> Decoded:
        return read_document(COS_STATE, changed_tree)

    text = changed(COS_STATE.path, tree, state, made, again).tree.text
    return {**found, COS_STATE.path: (present, encode_text(text))}


def _figures(
    shown: CosState, state: CosState, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """The numbers of the team that agreed with the roster and would not do so any more."""
    origin = state.coordination_state.origin
    return {
        name: value
        for name, value in after.items()
        if getattr(shown.coordination_state, name) == before[name]
        and getattr(state.coordination_state, name) != value
        and origin is not None
        and name in origin.places
    }


def _read(kind: Kind, data: bytes) -> tuple[Tree, Any]:
    tree = parse(decode_text(data))
    return tree, read_document(kind, tree).document
