"""Edits by hand brought together with the changes that they did not know of.

A person whose editor holds an older copy of a page saves it over newer changes. The copy tells from which text it
began; what was changed since is merged back, by meaning, and what both changed stays as the person saved it and is
written down in a conflict page. Nothing of either is lost: the history has every text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import takewhile

from cosmemory.errors import Damaged, EditedMeanwhile, NotFound
from cosmemory.frozen import frozen
from cosmemory.maintenance.checkpoint_shelf import is_in_one
from cosmemory.maintenance.damage import damage_of
from cosmemory.maintenance.staleness import DEPTH, begun_from
from cosmemory.memory import LOGGED, Memory
from cosmemory.merge.pages import merge_pages
from cosmemory.merge.strategies import OURS, THEIRS, Dispute, Strategies
from cosmemory.operations.conflicts import open_conflict
from cosmemory.store import History, Remembered, Writer, revision_of
from cosmemory.text.digest import log_revision
from cosmemory.text.source import decode_text
from cosmemory.transaction import Transaction

MARK = "examined edits"
OPERATION = "reconcile"
AT_ONCE = 100
TAKEN_BACK = 20  # so many saves by hand one undo in an editor takes back


@frozen(kw_only=True)
class StaleSave:
    """A page saved by hand at change ``number``, from the text of ``began`` on, over the changes ``lost``.

    ``merged`` is the page with them brought back, ``disputes`` what both changed.
    """

    path: str
    number: int
    began: int
    lost: tuple[Remembered, ...]
    merged: bytes
    disputes: tuple[Dispute, ...]

    def warning(self) -> str:
        """What happened."""
        which = ", ".join(f"#{change.number}" for change in self.lost)
        return f"An older copy of {self.path} (of #{self.began}) was saved over {which}"


@frozen(kw_only=True)
class Settled:
    """A stale save that was merged, and the conflict page that it needed, if any."""

    save: StaleSave
    conflict: str = ""

    def told(self) -> str:
        """What was done, in one sentence."""
        if not self.conflict:
            return f"{self.save.warning()}; both are on the page now."
        return f"{self.save.warning()}; both are on the page now, but what both changed, which {self.conflict} shows."


def stale_saves(memory: Memory) -> tuple[StaleSave, ...]:
    """Every save by hand, of those that nobody has examined, that went over changes it did not know; oldest first."""
    return _since(memory, memory.store.history(), memory.store.mark(MARK))


def _since(memory: Memory, history: History, since: int) -> tuple[StaleSave, ...]:
    edits = [change for change in _not_examined(history, since) if change.by_hand]
    return tuple(save for change in reversed(edits) for save in _stale(memory, history, change))


def _not_examined(history: History, since: int) -> Iterator[Remembered]:
    newest = history.revisions(limit=1)
    # Where the history was lost its numbers begin anew; what a verb found before it was examined by that verb.
    anew = bool(newest) and newest[0].number < since
    while newest:
        for change in newest:
            at_verb = not change.by_hand and change.attribution.operation != LOGGED
            if at_verb if anew else change.number <= since:
                return
            yield change
        newest = history.revisions(below=newest[-1].number, limit=AT_ONCE)


def _stale(memory: Memory, history: History, change: Remembered) -> Iterator[StaleSave]:
    for step in change.pages:
        if step.before is None or step.after is None:
            continue  # a page that a person made, or took away
        with suppress(NotFound):  # a text that is kept no more cannot be brought back
            save = _stale_save(memory, history, step.path, change.number)
            if save is not None:
                yield save


def _stale_save(memory: Memory, history: History, path: str, number: int) -> StaleSave | None:
    saved, before = history.text(path, number), history.text(path, number - 1)
    if saved is None or before is None or damage_of(path, saved, memory.kinds):
        return None  # what damage left is nobody's edit: repair knows what becomes of it
    recent = history.revisions(path, below=number, limit=DEPTH)
    if _is_taken_back(history, path, saved, recent):
        return None
    began = begun_from(history, path, saved, number)
    base = history.text(path, began) if began else None
    lost = [each for each in recent if each.number > (began or 0)]
    if began is None or base is None or not lost:
        return None
    disputes = merge_pages(path, base, before, saved, kinds=memory.kinds).disputes
    done = merge_pages(path, base, before, saved, strategies=Strategies(default=THEIRS), kinds=memory.kinds)
    # Where no side can be taken the merged page has markers.
    if done.disputes or done.data is None or done.data == saved:
        return None
    if _was_meant(memory, path, saved, recent):
        return None
    return StaleSave(
        path=path,
        number=number,
        began=began,
        lost=tuple(reversed(lost)),
        merged=done.data,
        disputes=disputes,
    )


def _is_taken_back(history: History, path: str, saved: bytes, recent: Sequence[Remembered]) -> bool:
    """Whether a save adds nothing, and is the page again from before some saves by hand: an editor's undo.

    A copy that somebody worked on has something of its own, and what a verb wrote is never taken back by a copy.
    """
    by_hand = takewhile(lambda change: change.by_hand, recent[:TAKEN_BACK])
    with suppress(
        NotFound
    ):  # the history does not reach that far back, and says nothing against an older copy
        return any(history.text(path, change.number - 1) == saved for change in by_hand)
    return False


def _was_meant(memory: Memory, path: str, saved: bytes, recent: Sequence[Remembered]) -> bool:
    """Whether no editor saved an older text, but somebody went back to it: to a checkpoint with cp, or with git."""
    gone_back = _may_have_been(path, saved, recent) and is_in_one(memory, path, saved)
    return gone_back or memory.store.put_back(path, saved)


def _may_have_been(path: str, saved: bytes, recent: Sequence[Remembered]) -> bool:
    """Whether a page may have been ``saved`` already before; a checkpoint made meanwhile has what was saved just now."""
    steps = [step for change in recent if (step := change.step(path)) is not None]
    made_by_verb = bool(steps) and steps[-1].before is None and recent[-1].attribution.actor != ""
    if not made_by_verb or len(recent) == DEPTH:
        return True  # the history does not tell of every text that the page had
    names = {revision_of(saved), log_revision(len(saved), saved)}
    return any(step.after in names for step in steps)


def reconcile(memory: Memory, writer: Writer) -> tuple[Settled, ...]:
    """What stale saves overwrote, brought back under the lock that ``writer`` holds; every edit counts as examined."""
    history = memory.store.history()
    newest = history.revisions(limit=1)
    saves = _since(memory, history, memory.store.mark(MARK))
    settled: list[Settled] = []
    transaction = Transaction(memory, writer)
    texts: dict[str, bytes] = {}
    for save in saves:
        saved = history.text(save.path, save.number)
        stored = transaction.stored(save.path)
        now = texts.get(save.path, stored.data if stored else None)
        if saved is None or now is None:
            continue
        # Where more was changed since, that stays too.
        both = merge_pages(
            save.path, saved, now, save.merged, strategies=Strategies(default=OURS), kinds=memory.kinds
        )
        if both.disputes or both.data is None or both.data == now:
            continue  # no marker goes to a page; what was there stays in the history
        texts[save.path] = both.data
        conflict = open_conflict(transaction, save.path, save.disputes) if save.disputes else ""
        settled.append(Settled(save=save, conflict=conflict))
    for path, data in texts.items():
        transaction.rewrite(path, decode_text(data))
    which = ", ".join(f"#{each.save.number}" for each in settled)
    transaction.commit(OPERATION, f"what {which} did not know of is back" if settled else "")
    if newest:
        writer.set_mark(MARK, newest[0].number)
    if not any(change.by_hand for change in _after(memory, newest[0].number if newest else 0)):
        writer.examined()
    return tuple(settled)


def _after(memory: Memory, number: int) -> list[Remembered]:
    """What was changed since the change ``number``: a person may have saved while the others were examined."""
    return [change for change in memory.store.history().revisions(limit=10) if change.number > number]


def examine(memory: Memory, writer: Writer) -> list[str]:
    """Edits by hand examined under the lock; what was merged, or what is to be told, one sentence each."""
    try:
        if memory.settings.stale_saves == "merge":
            return [each.told() for each in reconcile(memory, writer)]
        writer.examined()  # until the next edit: what is in the history is told once, and merged when asked for
        return [f"{each.warning()}; cosmemory reconcile brings them back." for each in stale_saves(memory)]
    except EditedMeanwhile:
        return []  # the person saves at this very moment: the next change examines that too
    except (Damaged, NotFound) as error:
        writer.examined()  # the past must not keep anybody from writing a page
        return [f"Whether an edit by hand went over newer changes cannot be told: {error}"]
