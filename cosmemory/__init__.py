"""Markdown state files that people and agents change at the same time, and both can trust."""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.checks.project import check, constraint, validator
    from cosmemory.config import Settings
    from cosmemory.connect import open_memory
    from cosmemory.engines.ephemeral import EphemeralStore
    from cosmemory.errors import Conflict, CosmemoryError, DoneAlready, KeyUsed, Locked, NotFound
    from cosmemory.kinds.coordination_log import Event
    from cosmemory.office import Memory
    from cosmemory.transaction import Transaction

# Every public name and the module it comes from; a module is imported when its name is first asked for,
# because appending one event must not wait for the rest of the package.
_PUBLIC = {
    "Conflict": "errors",
    "DoneAlready": "errors",
    "CosmemoryError": "errors",
    "EphemeralStore": "engines.ephemeral",
    "Event": "kinds.coordination_log",
    "KeyUsed": "errors",
    "Locked": "errors",
    "Memory": "office",
    "NotFound": "errors",
    "Settings": "config",
    "Transaction": "transaction",
    "check": "checks.project",
    "constraint": "checks.project",
    "open_memory": "connect",
    "validator": "checks.project",
}

__all__ = [
    "Conflict",
    "CosmemoryError",
    "DoneAlready",
    "EphemeralStore",
    "Event",
    "KeyUsed",
    "Locked",
    "Memory",
    "NotFound",
    "Settings",
    "Transaction",
    "__version__",
    "check",
    "constraint",
    "open_memory",
    "validator",
]


def __getattr__(name: str) -> object:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'cosmemory' has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"cosmemory.{_PUBLIC[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
