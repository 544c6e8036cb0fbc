"""The change feed: whoever listens is told which pages changed on disk, whoever changed them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from anyio import Event, create_task_group, sleep, to_thread
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ResourcesListChanged,
    ResourceUpdated,
)
from mcp.shared.subscriptions import ServerEvent

from cosmemory.errors import CosmemoryError
from cosmemory.interfaces.mcp_server.calls import Place, called, memory
from cosmemory.interfaces.mcp_server.uris import BRIEF, uris_of

EVERY = 0.5  # seconds between two looks


class Feed:
    """A bus of events that looks at the pages while anybody listens, and sleeps while nobody does."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._bus = InMemorySubscriptionBus()
        self._listeners = 0
        self._wanted = Event()

    async def publish(self, event: ServerEvent) -> None:
        """Tells everybody who listens."""
        await self._bus.publish(event)

    def subscribe(self, listener: Callable[[ServerEvent], None]) -> Callable[[], None]:
        """Lets ``listener`` be told, until what is given back is called."""
        leave = self._bus.subscribe(listener)
        self._listeners += 1
        self._wanted.set()
        left: list[bool] = []

        def unsubscribe() -> None:
            leave()
            if not left:
                left.append(True)
                self._listeners -= 1

        return unsubscribe

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The time in which the pages are looked at."""
        async with create_task_group() as group:
            group.start_soon(self._follow)
            yield
            group.cancel_scope.cancel()

    async def _follow(self) -> None:
        seen = await self._look()
        while True:
            if not self._listeners:
                # What is known meanwhile grows old: who comes then is told too much rather than too little.
                self._wanted = Event()
                await self._wanted.wait()
            now = await self._look()
            if now is not None:
                for event in events_between(seen or {}, now):
                    await self.publish(event)
                seen = now
            await sleep(EVERY)

    async def _look(self) -> Mapping[str, str] | None:
        with called(self.place):
            return await to_thread.run_sync(glances)


def glances() -> dict[str, str] | None:
    """What is another for each page that was changed; None where the memory cannot be looked at now."""
    try:
        store = memory().store
        return {path: store.glance(path) for path in store.paths()}
    except (CosmemoryError, OSError):
        return None


def events_between(before: Mapping[str, str], after: Mapping[str, str]) -> list[ServerEvent]:
    """What to tell of pages that were one way and are another."""
    changed = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    events: list[ServerEvent] = [ResourceUpdated(uri=uri) for path in changed for uri in uris_of(path)]
    if changed:
        events.append(ResourceUpdated(uri=BRIEF))
    if before.keys() != after.keys():
        events.append(ResourcesListChanged())
    return events
