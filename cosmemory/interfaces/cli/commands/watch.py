"""The command that looks after a memory."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from functools import partial

from cosmemory.connect import open_memory
from cosmemory.engines.files.lock import FOLDER
from cosmemory.errors import ConfigError, CosmemoryError, Locked, NoMemory
from cosmemory.frozen import slotted
from cosmemory.interfaces.cli.commands.agents import number_of
from cosmemory.interfaces.cli.declared import command, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_error, tell_notices, tell_warning
from cosmemory.interfaces.cli.session import Session, changing, session_of
from cosmemory.maintenance.watching.exposition import refuse_unfit
from cosmemory.maintenance.watching.eye import Eye
from cosmemory.maintenance.watching.look import look
from cosmemory.maintenance.watching.rules import rules_of
from cosmemory.maintenance.watching.told import ALERT, CLEAN, DONE, ENDED, FINDING, WRONG, Told
from cosmemory.maintenance.watching.waking import Waker, stopped_by_signals
from cosmemory.text.counted import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from cosmemory.memory import Memory

LEAST = 0.1
# What JSON calls each sort of line.
_NAMES = {ALERT: "raised", ENDED: "ended", DONE: "done", FINDING: "findings", CLEAN: "clean", WRONG: "wrong"}


@command()
@changing
@option("--once", flag=True, help="Do what is due and end; exit 1 where something was found.")
@option(
    "--interval",
    metavar="SECONDS",
    help="How long to wait between two looks if nothing changes; else as [watch] interval says, or 30.",
)
@option(
    "--prometheus",
    metavar="FILE",
    help="Write figures of the memory to FILE, which ends with .prom, at every look.",
)
def watch(once: bool, interval: str | None, prometheus: str | None, **options: Any) -> int:
    """Look after the memory, whenever a page changes and on time: until Ctrl-C, or once.

    Edits by hand are recorded and checked, derived values brought up to date, members who give no sign marked idle,
    handoffs that nobody took expire, checkpoints are made and past weeks rotated. An alert is raised for what died or
    fell silent, and by the rules of the settings; it is resolved when all is well again.
    """
    session = session_of(options)
    session.refuse_expected("watch")
    memory = session.memory()
    settings = memory.settings
    rules_of(settings)
    place = prometheus or settings.watch_prometheus
    if place:
        refuse_unfit(place)
    if once or session.dry_run:
        told = _look(session, memory, Eye(), place)
        return int(any(each.sort in {ALERT, FINDING, WRONG} for each in told))
    pause = settings.watch_interval if interval is None else number_of("--interval", interval)
    return _go_on(session, memory, max(LEAST, pause), place)


def _go_on(session: Session, memory: Memory, pause: float, place: str) -> int:
    """Look after look until somebody says stop."""
    stop = stopped_by_signals()
    post = _Post(session, memory, _root_of(memory))
    eye, waker, blind = Eye(), Waker(post.root, pause, stop), ""
    while not stop.is_set():
        if waker.blind != blind:
            blind = waker.blind
            tell_notices([f"{blind}, so changes are found every {pause:g} seconds"] if blind else [])
        if post.is_another():
            eye = Eye()
        eye.heed_clock(time.time(), time.monotonic())
        post.watch(eye, place)
        waker.wait()
    return 0


def _root_of(memory: Memory) -> str:
    """The memory's folder."""
    return str(getattr(memory.store, "root", ""))


@slotted
class _Post:
    """The one memory that a process looks after, wherever its folders go; ``said`` is what went wrong last."""

    session: Session
    memory: Memory
    root: str
    said: str = ""
    folder: tuple[int, int] | None = None

    def is_another(self) -> bool:
        """Whether another folder is there than at the last look: of its pages nothing was seen."""
        try:
            found = os.stat(self.root)
        except OSError:
            return False
        before, self.folder = self.folder, (found.st_dev, found.st_ino)
        return before not in (None, self.folder)

    def watch(self, eye: Eye, place: str) -> None:
        """One look; what goes wrong is told once, and does not end the process."""
        said = ""
        try:
            said = self._look_up()
            _look(self.session, self.memory, eye, place, quiet=True)
            sys.stdout.flush()
        except BrokenPipeError:
            raise  # nobody listens any more
        except CosmemoryError as error:
            # A memory that is locked or being moved is there again at the next look.
            said = self._tell(error.code, str(error), error.hint, once=isinstance(error, Locked))
        except OSError as error:
            said = self._tell("io", f"{error.filename or 'the output'}: {error.strerror or error}.", "")
        self.said = said

    def _look_up(self) -> str:
        """Opens the memory anew, with the settings as they are now; while those have a slip, as they were before."""
        actor, message = self.session.actor, self.session.message
        try:
            self.memory = open_memory(self.root, actor=actor, message=message)
        except ConfigError as error:
            usual = self.memory.settings
            self.memory = open_memory(self.root, actor=actor, message=message, settings=usual)
            return self._tell(error.code, str(error), error.hint)
        return ""

    def _tell(self, code: str, text: str, hint: str, *, once: bool = False) -> str:
        """Tells it unless it was told at the last look; ``once`` where the words alone differ."""
        key = code if once else text
        if key != self.said:
            with suppress(OSError):  # where that fails too nobody can be told
                tell_error(code, text, hint, as_json=self.session.as_json)
        return key


def _look(session: Session, memory: Memory, eye: Eye, place: str, *, quiet: bool = False) -> list[Told]:
    """One look; JSON is one object for each, none where a quiet one has nothing to tell."""
    root = _root_of(memory)
    if not memory.store.paths() and not os.path.isdir(os.path.join(root, FOLDER)):
        # A folder that is being made anew must stay as empty as whoever makes it wants it.
        raise NoMemory(f"There is no page in {root}.", "cosmemory init makes the first ones.")
    first = [partial(_caught_up, root)]
    if session.dry_run:
        from cosmemory.engines.rehearsal import Rehearsal

        memory.store = Rehearsal(memory.store)
        place, first = "", []
    told: list[Told] = []
    try:
        # Told when all is done: an output that takes nothing must not end a look.
        told.extend(look(memory, eye, prometheus=place, first=first))
    finally:
        tell_notices(memory.notices())
        for each in told:
            _tell(session, each)
        _sum_up(session, told, quiet=quiet)
    return told


def _caught_up(root: str) -> Iterator[Told]:
    """What hooks put aside while the memory could not be written, written now."""
    from cosmemory.interfaces.hook.entry import caught_up

    done, dropped, behind = caught_up(root)
    if done:
        yield Told(sort=DONE, text=f"{counted(done, 'event')} that hooks had put aside written down")
    yield from (Told(sort=WRONG, text=each) for each in dropped)
    if behind:
        raise CosmemoryError(behind)


def _tell(session: Session, told: Told) -> None:
    if session.as_json:
        return
    if told.sort == WRONG:
        tell_warning(f"{told.text} {told.hint}".rstrip())  # the rest is done all the same
    else:
        would = session.dry_run and told.sort in {ALERT, ENDED, DONE}
        print_text(f"would: {told.text}" if would else told.text)


def _sum_up(session: Session, told: list[Told], *, quiet: bool) -> None:
    if session.as_json and (told or not quiet):
        lines = {name: [each.text for each in told if each.sort == sort] for sort, name in _NAMES.items()}
        print_json("watch", {**lines, "dry_run": session.dry_run})
    elif not told and not quiet:
        print_text("all is well")
