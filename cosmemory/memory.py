"""A memory: typed documents read from its pages, changed in transactions, with every write by one door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cosmemory.config import FORMAT
from cosmemory.errors import DoneAlready, EditedMeanwhile, KeyUsed, NotFound, ReadOnly
from cosmemory.frozen import frozen
from cosmemory.kinds import LOG_PATH
from cosmemory.kinds.entries import entries_of
from cosmemory.reader import Reader
from cosmemory.store import Revision, Writer, message_under
from cosmemory.trace import trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Generic, Self, TypeVar

    from cosmemory.kinds.coordination_log import Event
    from cosmemory.store import Verb
    from cosmemory.transaction import Transaction

    Result = TypeVar("Result")
else:
    Result = None

    class Generic:
        """What typing's is, without the load of typing."""

        __slots__ = ()

        def __class_getitem__(cls, _: object) -> type:
            return cls


# A person who saves again and again must not keep a verb waiting for ever.
ATTEMPTS = 20
LOGGED = "log"  # the operation that only appends, and examines no edit by hand


class Memory(Reader):
    """The state of one Chief of Staff, as pages in a store.

    ``on_edits``, if given, is called under the lock before anything is changed when somebody edited pages by hand.
    """

    on_edits: Callable[[Memory, Writer], None] | None = None
    key = ""
    stopped: Callable[[], None] | None = None

    def unless(self, stopped: Callable[[], None]) -> Self:
        """The same memory, whose every verb calls ``stopped`` once it may write: where that raises, it does nothing."""
        return self._twin(stopped=stopped)

    def once(self, key: str, call: str = "") -> Self:
        """The same memory, whose every verb is done at most once with ``key``, which the history tells in the message.

        A verb of it raises DoneAlready where the history tells of that verb with that key. ``call`` says what is done
        under the key, in any words that are the same when it is repeated: where the history tells of another call
        with the key, a verb raises KeyUsed.
        """
        return self._twin(key=key, message=message_under(key, call))

    def belated(self, moment: datetime) -> Self:
        """The same memory for what happened at ``moment`` already: the notes of its events, and the pages that can, say so."""
        return self._twin(happened=moment)

    def _twin(self, **other: object) -> Self:
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__, **other)
        return twin

    @contextmanager
    def transaction(
        self, *, expected: dict[str, Revision] | None = None, operation: str = "", message: str = ""
    ) -> Iterator[Transaction]:
        """Documents read, replaced and events appended in this block land together at its end, or not at all.

        The one lock is held from the first line to the last: keep slow work outside, and hand over the
        revisions it was based on as ``expected``. The history tells of ``operation`` and ``message``. Raises Conflict for a page that is no longer at its
        expected revision, EditedMeanwhile when an editor changed the same values during the block (what it
        changed elsewhere stays beside what the block changes), Locked when somebody else holds the lock for too long, ReadOnly for a memory of a newer format.
        """
        with self._begun(expected, operation) as transaction:
            yield transaction
            transaction.commit(operation, message, merge=True)

    @contextmanager
    def _begun(self, expected: dict[str, Revision] | None, operation: str) -> Iterator[Transaction]:
        # What only reads does not load what writes.
        from cosmemory.transaction import Transaction

        if self.settings.format > FORMAT:
            raise ReadOnly(
                f"its format is {self.settings.format}, and this release knows formats up to {FORMAT}"
            )
        with self.store.writing() as writer:
            if self.stopped is not None:  # the lock may have been waited for longer than anybody waits for us
                self.stopped()
            if self.key:
                self._refuse_again(operation, writer.made_under(self.key))
            if self.on_edits is not None and writer.edited:
                self.on_edits(self, writer)
            transaction = Transaction(self, writer)
            for name, revision in (expected or {}).items():
                transaction.expect(name, revision)
            yield transaction

    def _refuse_again(self, operation: str, made: frozenset[Verb]) -> None:
        """Refuses a verb that was done under the key; and every verb, where another call was made under it.

        A key that was remembered without a call, or is given without one, stands for any call of the verb.
        """
        others = []
        for done, message in sorted(made):
            same = message in {self.message, self.key} or self.message == self.key
            if same and done == operation:
                raise DoneAlready(operation, self.key, message)
            if not same:
                others.append(done)
        if others:
            raise KeyUsed(self.key, others[0])

    def run(
        self,
        verb: Callable[[Transaction], Result],
        *,
        expected: dict[str, Revision] | None = None,
        operation: str = "",
        message: str = "",
    ) -> Outcome[Result]:
        """``verb`` done in a transaction, again from the start if a person saved a page meanwhile."""
        for attempt in range(ATTEMPTS):
            try:
                with self._begun(expected, operation) as transaction:
                    try:
                        result = verb(transaction)
                    except NotFound as missing:
                        missing.hint = _in_the_way(transaction) or missing.hint
                        raise
                    transaction.commit(operation, message)
                return Outcome(result, tuple(transaction.revisions.items()))
            except EditedMeanwhile as edited:
                trace("%s begins again: %s", operation or "a change", edited)
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def log(self, *events: Event) -> Revision:
        """``events`` appended to the coordination log, durably and with one sync."""
        from cosmemory.transaction import BROADCAST

        broadcast = BROADCAST in [event.type for event in events]
        if broadcast or self.key or self.stopped is not None or self.settings.format > FORMAT:
            # A broadcast is shown on cos-state too; and what only appends asks nothing under the lock.
            done = self.run(lambda transaction: transaction.append(*events), operation=LOGGED)
            return done.revision_of(LOG_PATH)
        revision = self.store.append(LOG_PATH, entries_of(events), self.attribution(LOGGED))
        trace("%s by %s changed %s", LOGGED, self.actor, LOG_PATH, level="INFO")
        return revision


def _in_the_way(transaction: Transaction) -> str:
    """What to do about the first mark of a merge conflict on the pages that were read; nothing where there is none.

    What stands between such marks is no record, however well a person sees it there.
    """
    from cosmemory.checks.source import conflict_marks

    for path, page in transaction.pages.items():
        for mark in conflict_marks(page.tree.text):
            line = page.tree.text.count("\n", 0, mark.start()) + 1
            return f"A merge conflict was left on line {line} of {path}: settle it there, or by cosmemory repair."
    return ""


@frozen()
class Outcome(Generic[Result]):
    """What a verb gave back, and the revisions of the pages that it changed."""

    result: Result
    revisions: tuple[tuple[str, Revision], ...]

    def revision_of(self, path: str) -> Revision:
        """The revision that ``path`` has now, if the verb changed it."""
        return dict(self.revisions).get(path, "")
