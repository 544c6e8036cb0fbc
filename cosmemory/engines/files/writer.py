"""The right to write a folder's pages: what a change is compared with, and how one page or several are made."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.engines.files import marks
from cosmemory.engines.files.disk import refusal, unread
from cosmemory.engines.files.lock import FOLDER
from cosmemory.engines.files.log import TAIL
from cosmemory.engines.files.replace import Found, check_names, current, find, replace
from cosmemory.engines.tail import in_style_of
from cosmemory.errors import Conflict, EditedMeanwhile, NotSaved
from cosmemory.frozen import field, slotted
from cosmemory.store import (
    NOBODY,
    Append,
    Attribution,
    Change,
    Remove,
    Replace,
    Revision,
    Stored,
    Verb,
    check_path,
    is_revision_of,
    one_each,
    revision_of,
)
from cosmemory.text.digest import log_revision

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.engines.files.engine import FilesStore


@slotted
class FilesWriter:
    """The right to write a folder's pages, while its store's lock is held."""

    store: FilesStore
    _seen: dict[str, Found | None] = field(default_factory=dict)

    def read(self, path: str) -> Stored | None:
        """The page as it is now."""
        check_path(path)
        try:
            found = self._seen[path] = find(self.store.root, path)
        except OSError as error:
            raise unread(path, error) from error
        return Stored(path=path, data=found.data, revision=found.revision) if found else None

    def made_under(self, key: str) -> frozenset[Verb]:
        """The verbs of the changes that are remembered under ``key``."""
        from cosmemory.engines.files.repeated import made_under

        self.store._past.heads()  # noqa: SLF001  # which settles what a killed writer recorded
        return made_under(f"{self.store.root}/{FOLDER}", key)

    def mark(self, name: str) -> int:
        """The highest number kept under a name, 0 when there is none."""
        return self.store.mark(name)

    @property
    def edited(self) -> bool:
        """Whether somebody saved a page by hand, and nobody has examined that yet."""
        return self.store._past.edited  # noqa: SLF001

    def examined(self) -> None:
        """Remember that every edit by hand so far was examined."""
        self.store._past.examined()  # noqa: SLF001

    def set_mark(self, name: str, value: int) -> None:
        """Keep a number under a name unless a higher one is kept already."""
        self._refuse_without_lock(marks.NAME)
        marks.raise_to(self.store.lock, name, value)

    def commit(self, changes: Sequence[Change], attribution: Attribution = NOBODY) -> tuple[Revision, ...]:
        """Make all changes or none; the new revisions in order, "" for a page removed.

        Raises Conflict for a page that is not at its expected revision, EditedMeanwhile when it was until
        somebody without the lock saved it, NotFound for a log that is not there.
        """
        if not changes:
            return ()
        self._refuse_without_lock(changes[0].path)
        merged = one_each(changes)
        self.store._finish()  # noqa: SLF001  # what an earlier commit under this very lock could only record
        try:
            if len(merged) == 1:
                landed: tuple[Revision, ...] = (self._make(merged[0], attribution),)
            else:
                landed = self._make_together(merged, attribution)
        except OSError as error:
            if len(merged) > 1 and isinstance(error, FileNotFoundError):
                raise NotSaved("The change", "a folder of the memory was deleted meanwhile") from error
            raise refusal(merged[0].path if len(merged) == 1 else "The change", error) from error
        revisions = {change.path: revision for change, revision in zip(merged, landed, strict=True)}
        return tuple(revisions[change.path] for change in changes)

    def _refuse_without_lock(self, path: str) -> None:
        if not self.store.lock.held:
            raise NotSaved(
                path, "the lock was given back, or this process was forked from the one that has it"
            )

    def _make(self, change: Change, told: Attribution) -> Revision:
        from cosmemory.engines.files.past import Turned

        store = self.store
        if isinstance(change, Append):
            return store._log(change.path).put(change.data, store._past.head_of(told))  # noqa: SLF001
        before = self._before(change)
        data = change.data if isinstance(change, Replace) else None
        with store._past.remembering(told, [Turned(change.path, before, data)]):  # noqa: SLF001
            replace(store.lock, change.path, data, before, store.durability)
        return "" if data is None else revision_of(data)

    def _make_together(self, changes: Sequence[Change], told: Attribution) -> tuple[Revision, ...]:
        from cosmemory.engines.files import intent
        from cosmemory.engines.files.past import Extended, Turned

        store = self.store
        steps: list[intent.Step] = []
        turned: list[Extended | Turned] = []
        stand: dict[str, Found | None] = {}
        for change in changes:
            if isinstance(change, Append):
                closing, length, tail = store._log(change.path).ready()  # noqa: SLF001
                entries = in_style_of(tail, change.data)
                data = closing + entries
                steps.append(intent.step_for_log(change.path, entries, length, closing))
                revision = log_revision(length + len(data), (tail + data)[-TAIL:])
                turned.append(Extended(change.path, length, data, revision))
            else:
                new = change.data if isinstance(change, Replace) else None
                before = stand[change.path] = self._before(change)
                check_names(store.root, change.path, before)
                steps.append(intent.step_for(change.path, new, before))
                turned.append(Turned(change.path, before, new))
        together = intent.Intent(told=told, steps=tuple(steps))
        with store._past.remembering(told, turned):  # noqa: SLF001
            intent.carry_out(store.lock, together, store.durability, stand)
        return tuple(each.after for each in turned)

    def _before(self, change: Replace | Remove) -> Found | None:
        """The page as it stands, if it is the one that the change was made from."""
        check_path(change.path, new=change.expected is None)
        believed = self._seen.get(change.path)
        found = current(self.store.root, change.path, believed)
        revision = found.revision if found else None
        if change.expected == revision or is_revision_of(change.expected, found.data if found else None):
            return found
        read = believed is not None and is_revision_of(change.expected, believed.data)
        raise (EditedMeanwhile if read else Conflict)(change.path, change.expected, revision)
