"""Frozen dataclasses that are quick to define, because a command defines fifty of them before it can do its work.

The standard library compiles six methods for every class when the class is defined, a millisecond each time. Here
it declares the fields, so that ``fields``, ``replace`` and type checkers know them; the methods are shared, and only
the constructor is compiled for its class, by the first call of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

Class = TypeVar("Class", bound=type[Any])

_GETTERS: dict[type[Any], Callable[[Any], Any]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=False, field_specifiers=(field,))
def frozen(*, kw_only: bool = False, eq: bool = True) -> Callable[[Class], Class]:
    """The decorator of an immutable, slotted dataclass; with ``eq`` it is compared and hashed by its values."""

    def made(cls: Class) -> Class:
        found: Any = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
        found.__init__ = _first_call
        found.__repr__ = _repr
        found.__setattr__ = _refuse
        found.__delattr__ = _refuse
        found.__getstate__ = _state
        found.__setstate__ = _set_state
        if eq:
            found.__eq__ = _eq
            found.__hash__ = _hash
        done: Class = found
        return done

    return made


def _first_call(self: Any, /, *values: Any, **named: Any) -> None:
    cls = type(self)
    cls.__init__ = _constructor(cls)
    cls.__init__(self, *values, **named)


def _constructor(cls: type[Any]) -> Callable[..., None]:
    """The ``__init__`` of a class: its parameters are the fields, and each goes straight to its slot."""
    scope: dict[str, Any] = {"MISSING": MISSING}
    listed: dict[bool, list[str]] = {False: [], True: []}
    body: list[str] = []
    for each in fields(cls):
        name = each.name
        scope[f"set_{name}"] = getattr(cls, name).__set__
        value = name
        if each.default is not MISSING:
            scope[f"default_{name}"] = each.default
            parameter = f"{name}=default_{name}"
        elif each.default_factory is not MISSING:
            scope[f"factory_{name}"] = each.default_factory
            parameter = f"{name}=MISSING"
            value = f"factory_{name}() if {name} is MISSING else {name}"
        else:
            parameter = name
        listed[bool(each.kw_only)].append(parameter)
        body.append(f"    set_{name}(self, {value})")
    parameters = ["self", *listed[False], *(["*", *listed[True]] if listed[True] else [])]
    # Names of fields, from our own source, are all that is put together here.
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(body or ["    pass"]), scope)  # noqa: S102
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _getter(cls: type[Any]) -> Callable[[Any], Any]:
    found = _GETTERS.get(cls)
    if found is None:
        names = [each.name for each in fields(cls) if each.compare]
        found = _GETTERS[cls] = attrgetter(*names) if names else lambda _: ()
    return found


def _eq(self: Any, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    get = _getter(type(self))
    return get(self) == get(other)


def _hash(self: Any) -> int:
    return hash((type(self), _getter(type(self))(self)))


def _repr(self: Any) -> str:
    shown = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse(self: Any, name: str, *value: Any) -> None:
    del self, value
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for each, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)
