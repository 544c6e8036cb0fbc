"""The command that looks after a memory."""

from __future__ import annotations

import sys
from functools import partial

from cosmemory.errors import CosmemoryError
from cosmemory.interfaces.cli.commands.agents import number_of
from cosmemory.interfaces.cli.declared import command, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_error, tell_notices, tell_warning
from cosmemory.interfaces.cli.session import Session, changing, session_of
from cosmemory.maintenance.watching.exposition import refuse_unfit
from cosmemory.maintenance.watching.eye import Eye
from cosmemory.maintenance.watching.look import look
from cosmemory.maintenance.watching.rules import rules_of
from cosmemory.maintenance.watching.told import ALERT, CLEAN, DONE, ENDED, FINDING, WRONG, Told
from cosmemory.maintenance.watching.waking import INSTALL, Waker, can_be_woken
from cosmemory.text.counted import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from threading import Event
    from typing import Any

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
    settings = session.memory().settings
    rules_of(settings)
    place = prometheus or settings.watch_prometheus
    if place:
        refuse_unfit(place)
    if once or session.dry_run:
        told = _look(session, Eye(), place)
        return int(any(each.sort in {ALERT, FINDING, WRONG} for each in told))
    pause = settings.watch_interval if interval is None else number_of("--interval", interval)
    return _go_on(session, max(LEAST, pause), place)


def _go_on(session: Session, pause: float, place: str) -> int:
    """Look after look until somebody says stop."""
    if not can_be_woken():
        said = f"watchfiles is not installed ({INSTALL}), so changes are found every {pause:g} seconds"
        tell_notices([said])
    stop = _stopped_by_signals()
    eye, waker, said = Eye(), Waker(_root_of(session), pause, stop), ""
    while not stop.is_set():
        try:
            _look(session, eye, place, quiet=True)
            said = ""
        except CosmemoryError as error:
            # A memory that is locked or being moved is there again at the next look.
            if said != str(error):
                tell_error(error.code, str(error), error.hint, as_json=session.as_json)
            said = str(error)
        sys.stdout.flush()
        waker.wait()
    return 0


def _root_of(session: Session) -> str:
    """The memory's folder."""
    return str(getattr(session.memory().store, "root", ""))


def _stopped_by_signals() -> Event:
    """What is set once Ctrl-C or a service manager asks the process to end: a look that has begun is finished."""
    import signal
    from threading import Event, current_thread, main_thread

    stop = Event()

    def ask(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt  # asked twice: somebody is in a hurry
        stop.set()

    if current_thread() is main_thread():
        signal.signal(signal.SIGTERM, ask)
        signal.signal(signal.SIGINT, ask)
    return stop


def _look(session: Session, eye: Eye, place: str, *, quiet: bool = False) -> list[Told]:
    """One look; JSON is one object for each, none where a quiet one has nothing to tell."""
    memory = session.memory()
    first = [partial(_caught_up, _root_of(session))]
    if session.dry_run:
        from cosmemory.engines.rehearsal import Rehearsal

        memory.store = Rehearsal(memory.store)
        place, first = "", []
    told: list[Told] = []
    try:
        for each in look(memory, eye, prometheus=place, first=first):
            told.append(each)
            _tell(session, each)
    finally:
        tell_notices(memory.notices())
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
