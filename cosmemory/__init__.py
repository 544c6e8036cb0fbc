"""Markdown state files that people and agents change at the same time, and both can trust."""

from __future__ import annotations

__version__ = "0.1.0"

# Every public name and the module it comes from; a module is imported when its name is first asked for,
# because appending one event must not wait for the rest of the package.
_PUBLIC: dict[str, str] = {}

__all__ = ["__version__"]


def __getattr__(name: str) -> object:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'cosmemory' has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f"cosmemory.{_PUBLIC[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
