"""A phase that is still to come, from its name or from all that a program says of it."""

from __future__ import annotations

from collections.abc import Mapping

from cosmemory.config import Settings
from cosmemory.document.json_values import Data
from cosmemory.errors import InvalidValue, did_you_mean
from cosmemory.kinds.run import PENDING, Phase
from cosmemory.kinds.run_phases import retries_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SAID = ("name", "phase", "needs", "outputs", "limit")


def new_phase(given: str | Mapping[str, Any], settings: Settings) -> Phase:
    """A phase that is still to come, from its name or from all that is said of it."""
    told = {"name": given} if isinstance(given, str) else given
    if not isinstance(told, Mapping):
        raise InvalidValue("the phase", f"{told!r} is none", "Give its name, or a mapping that has one.")
    name = str(told.get("name", told.get("phase", "")))
    if not name.strip():
        raise InvalidValue("the phase", "it has no name", "Give each phase a name.")
    more = {key: value for key, value in told.items() if key not in _SAID}
    for key in more:
        # Whatever else is said of a phase is kept; what was meant for one of these would be lost among it.
        meant = did_you_mean(str(key), _SAID, "")
        if meant:
            raise InvalidValue("the phase", f"{name} has a {key!r}", meant)
    limit = told.get("limit", retries_of(settings, name))
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise InvalidValue("limit", f"{limit!r} is no number of retries", "Write a whole number from 0 on.")
    return Phase(
        phase=name,
        status=PENDING,
        retries=0,
        limit=limit,
        needs=_words(told, "needs"),
        outputs=_words(told, "outputs"),
        more=Data.of(more) if more else None,
    )


def _words(told: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = told.get(key, ())
    if isinstance(found, str) or not all(isinstance(each, str) for each in found):
        raise InvalidValue(key, f"{found!r} is no list of words", f"Write {key}=['KEY'].")
    return tuple(found)
