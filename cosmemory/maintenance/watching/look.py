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
from cosmemory.maintenance.watching.rules import names_of, rule_of
from cosmemory.maintenance.watching.settling import settled_pages
from cosmemory.maintenance.watching.tidying import tidy_in_time
from cosmemory.maintenance.watching.told import ALERT, WRONG, Told
from cosmemory.maintenance.watching.watchers import WATCHERS, Watcher
from cosmemory.memory import Memory

DAY = 86_400  # seconds; what a clock that was just set calls old may be of today
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
            raise
        except (CosmemoryError, OSError) as error:
            told = _told_of(error)
            if told.text not in eye.wrong | wrong:
                yield told
            wrong.add(told.text)
    eye.wrong = wrong


def _is_just_awake(memory: Memory, eye: Eye, seconds: int) -> bool:
    return 0 <= memory.now().timestamp() - eye.awake < seconds


def _told_of(error: CosmemoryError | OSError) -> Told:
    if isinstance(error, CosmemoryError):
        return Told(sort=WRONG, text=str(error), hint=error.hint)
    return Told(sort=WRONG, text=f"{error.filename or 'the memory'}: {error.strerror or error}.")


def _steps(memory: Memory, eye: Eye, prometheus: str) -> Iterator[Step]:
    # What is changed later, by whomever, is looked at the next time; so is what a step could not do.
    pages = settled_pages(memory.store, eye.noticed)
    if pages != eye.noticed:
        yield partial(edits.take_notice, memory, eye, pages)
    # Whoever slept with the machine is given time for a sign before its silence is told of.
    if not _is_just_awake(memory, eye, memory.settings.idle_seconds):
        for watcher in WATCHERS:
            yield partial(_watched, memory, watcher)
        yield partial(mark_idle, memory)
    if pages != eye.pages or pages_of(memory.store) != pages or edits.is_due(memory, eye):
        yield partial(edits.check, memory, eye, pages)
    scene = Scene(memory=memory, severities=eye.severities)
    for name in names_of(memory.settings):
        yield partial(_heeded, scene, name, int(eye.awake))
    yield partial(routine.measure_in_time, memory)
    if eye.rotated != routine.week(memory):
        yield partial(_rotated, memory, eye)
    today = memory.now().date().isoformat()
    if eye.tidied != today and not _is_just_awake(memory, eye, DAY):
        left = {*memory.settings.watch_tidy}
        for name in memory.settings.watch_tidy:
            yield partial(_tidied, memory, name, left)
        eye.tidied = eye.tidied if left else today  # what was refused is tried again with the next look
    yield partial(_kept, memory, eye)
    if prometheus:
        yield partial(_exposed, memory, eye, prometheus)


def _watched(memory: Memory, watcher: Watcher) -> Iterator[Told]:
    for line in watcher(memory):
        yield Told(sort=ALERT, text=line)


def _heeded(scene: Scene, name: str, awake: int) -> Iterator[Told]:
    limits = rule_of(scene.memory.settings, name)  # a slip in one keeps no other rule from being heeded
    if limits.enabled:
        yield from heed(scene, name, limits, awake)


def _rotated(memory: Memory, eye: Eye) -> Iterator[Told]:
    week = routine.week(memory)
    yield from routine.rotate_in_time(memory)
    eye.rotated = week


def _tidied(memory: Memory, name: str, left: set[str]) -> Iterator[Told]:
    yield from tidy_in_time(memory, name)
    left.discard(name)


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
