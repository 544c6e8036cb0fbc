"""What a process that watches has seen: it saves work and repeats nothing, and may be lost at any time."""

from __future__ import annotations

from cosmemory.frozen import field, slotted
from cosmemory.store import Store

JUMP = 60.0  # seconds; what a clock that is kept right by a server goes astray is less


@slotted
class Eye:
    """The pages as they stood when they were checked last, what was found on them, and what was told of already.

    ``noticed`` is how they stood when edits were recorded last, ``kept_at`` when the last checkpoint had
    all of them, ``rotated`` the week that is done, ``tidied`` the day, ``mended`` what a mend has not cured. ``awake`` is since when
    the clock runs on and the machine is awake: from silence before that nothing follows.
    """

    pages: dict[str, str] | None = None
    noticed: dict[str, str] | None = None
    findings: dict[str, list[str]] | None = None
    severities: dict[str, int] | None = None
    checked: float = 0.0
    wrong: set[str] = field(default_factory=set)
    mended: set[str] = field(default_factory=set)
    kept_at: dict[str, str] | None = None
    rotated: str = ""
    tidied: str = ""
    waited: float = 0.0
    awake: float = 0.0
    _ahead: float | None = None

    def heed_clock(self, now: float, running: float) -> None:
        """Learns from the time ``now``, and from how long the machine has been ``running``, whether the clock jumped.

        A machine that slept was not running; a clock that was set differs from it too.
        """
        ahead = now - running
        if self._ahead is not None and abs(ahead - self._ahead) > JUMP:
            self.awake = now
        self._ahead = ahead


def pages_of(store: Store) -> dict[str, str]:
    """Every live page, with what is another once it was saved."""
    return {path: store.glance(path) for path in store.paths()}
