"""One look: everything that has to be done now, step by step, so that what fails in one keeps no other from its work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain

from cosmemory.errors import CosmemoryError, Locked
from cosmemory.maintenance.watching import edits, routine
from cosmemory.maintenance.watching.alerting import heed
from cosmemory.maintenance.watching.eye import Eye, pages_of
from cosmemory.maintenance.watching.idling import mark_idle
from cosmemory.maintenance.watching.measures import Scene
from cosmemory.maintenance.watching.rules import rules_of
from cosmemory.maintenance.watching.told import ALERT, WRONG, Told
from cosmemory.maintenance.watching.watchers import WATCHERS, Watcher
from cosmemory.memory import Memory

Step = Callable[[], Iterator[Told]]


def look(memory: Memory, eye: Eye, *, prometheus: str = "", first: Sequence[Step] = ()) -> Iterator[Told]:
    """What is due is done, and told of, ``first`` before all else; ``eye`` learns what was seen.

    Raises Locked where somebody else holds the lock for too long: then nothing can be done now. Whatever else goes
    wrong is told of, once as long as it lasts. ``prometheus`` is a file to which figures go.
    """
    wrong: set[str] = set()
    for step in chain(first, _steps(memory, eye, prometheus)):
        try:
            yield from step()
        except Locked:
            eye.pages = None  # what was changed is looked at once more
            raise
        except CosmemoryError as error:
            if str(error) not in eye.wrong | wrong:
                yield Told(sort=WRONG, text=str(error), hint=error.hint)
            wrong.add(str(error))
    eye.wrong = wrong


def _steps(memory: Memory, eye: Eye, prometheus: str) -> Iterator[Step]:
    pages = pages_of(memory.store)
    if pages != eye.pages:
        yield partial(edits.take_notice, memory, eye)
    for watcher in WATCHERS:
        yield partial(_watched, memory, watcher)
    yield partial(mark_idle, memory)
    if pages != eye.pages or pages_of(memory.store) != pages or edits.is_due(memory, eye):
        yield partial(edits.check, memory, eye)
    # What is changed later, by whomever, is looked at the next time.
    eye.pages = pages
    scene = Scene(memory=memory, severities=eye.severities)
    for name, limits in rules_of(memory.settings).items():
        yield partial(heed, scene, name, limits)
    yield partial(routine.measure_in_time, memory)
    if eye.rotated != routine.week(memory):
        eye.rotated = routine.week(memory)
        yield partial(routine.rotate_in_time, memory)
    yield partial(_kept, memory, eye)
    if prometheus:
        yield partial(_exposed, memory, eye, prometheus)


def _watched(memory: Memory, watcher: Watcher) -> Iterator[Told]:
    for line in watcher(memory):
        yield Told(sort=ALERT, text=line)


def _kept(memory: Memory, eye: Eye) -> Iterator[Told]:
    if not routine.is_due(memory):
        return
    pages = pages_of(memory.store)
    if pages == eye.kept_at:
        return  # to compare the bytes of all pages again would find them the same
    if routine.is_kept(memory):
        eye.kept_at = pages
    else:
        yield from routine.keep_in_time(memory)


def _exposed(memory: Memory, eye: Eye, place: str) -> Iterator[Told]:
    from cosmemory.maintenance.watching.exposition import write
    from cosmemory.maintenance.watching.figures import figures

    write(place, figures(Scene(memory=memory, severities=eye.severities), eye))
    yield from ()
