"""A memory with its verbs by noun: ``memory.alerts.raise_alert(…)``, ``memory.team.join(…)``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import FunctionType, MethodType

from cosmemory import memory
from cosmemory.errors import did_you_mean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# noun: the modules whose functions with a first parameter `memory` are its verbs, loaded when one is first asked for
NOUNS = {
    "agents": ("cosmemory.operations.agents",),
    "alerts": ("cosmemory.operations.alerts",),
    "board": ("cosmemory.operations.board",),
    "briefing": ("cosmemory.maintenance.briefing",),
    "conflicts": ("cosmemory.operations.conflicts",),
    "deployment": (
        "cosmemory.operations.deployments",
        "cosmemory.maintenance.deploying",
        "cosmemory.maintenance.way_back",
    ),
    "documents": ("cosmemory.operations.documents",),
    "events": ("cosmemory.operations.events",),
    "handoffs": ("cosmemory.operations.handoffs", "cosmemory.operations.handoff_chains"),
    "measurements": ("cosmemory.operations.measurements",),
    "meetings": ("cosmemory.operations.meetings",),
    "metrics": ("cosmemory.operations.metrics",),
    "onboardings": ("cosmemory.operations.onboardings",),
    "pages": ("cosmemory.operations.pages",),
    "recovery": ("cosmemory.maintenance.recovery",),
    "reports": ("cosmemory.operations.reports",),
    "runs": (
        "cosmemory.operations.runs",
        "cosmemory.operations.interrupted_runs",
        "cosmemory.maintenance.verification",
    ),
    "sessions": ("cosmemory.operations.sessions", "cosmemory.operations.interrupted_session"),
    "state": ("cosmemory.operations.state",),
    "team": ("cosmemory.operations.team",),
}


class Memory(memory.Memory):
    """The state of one Chief of Staff: pages in a store, and the verbs on them by noun."""

    def __getattr__(self, noun: str) -> Noun:
        if noun not in NOUNS:
            hint = did_you_mean(noun, NOUNS, f"Its nouns are {', '.join(NOUNS)}.")
            raise AttributeError(f"A memory has no {noun!r}. {hint}")
        return Noun(self, NOUNS[noun])

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *NOUNS})


class Noun:
    """The verbs of one noun, each with the memory already given."""

    def __init__(self, held: memory.Memory, modules: tuple[str, ...]) -> None:
        self._memory = held
        self._verbs = {name: verb for module in modules for name, verb in verbs_of(module).items()}

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        if verb not in self._verbs:
            hint = did_you_mean(verb, self._verbs, f"There are {', '.join(self._verbs)}.")
            raise AttributeError(f"There is no verb {verb!r} here. {hint}")
        return MethodType(self._verbs[verb], self._memory)

    def __dir__(self) -> list[str]:
        return sorted(self._verbs)


@cache
def verbs_of(module: str) -> dict[str, FunctionType]:
    """The verbs that a module has: its own public functions, and those of its parts, that begin with the memory."""
    held = vars(import_module(module))
    return {
        name: found
        for name, found in held.items()
        if isinstance(found, FunctionType)
        and not name.startswith("_")
        and f"{found.__module__}.".startswith(f"{module}.")
        and found.__code__.co_varnames[:1] == ("memory",)
    }
