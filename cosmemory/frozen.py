"""Records, frozen or not, that are quick to define, because a command defines sixty of them before it can do its work.

To type checkers, and to ``fields``, ``replace`` and ``asdict`` of the standard library, they are its slotted
dataclasses. But that library takes longer to load than a command to run, and compiles six methods for every class
when the class is defined. Here the methods are shared, only the constructor is compiled for its class once it is called
often, and the library is told of the fields when it asks.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import field, fields, replace
    from typing import Any, TypeVar, dataclass_transform

    Class = TypeVar("Class", bound=type[Any])
else:

    def dataclass_transform(**_: object) -> Callable[[object], object]:
        """What tells type checkers of a decorator; nothing at run time."""
        return lambda decorator: decorator

    def field(**details: object) -> Field:
        """A field that needs more than a default."""
        return Field(**details)

    def fields(record: object) -> tuple[Field, ...]:
        """The fields of a class, or of one of its records, in their order."""
        return record.__own_fields__

    def replace(record: object, /, **values: object) -> object:
        """A copy of ``record`` with other ``values``."""
        for each in record.__own_fields__:
            name = each.name
            if name not in values:
                values[name] = getattr(record, name)
        return record.__class__(**values)


__all__ = ["field", "fields", "frozen", "replace", "slotted"]

# How often the constructor of a class is called before it is worth compiling.
SELDOM = 20

_CALLS: dict[type[Any], int] = {}
_GETTERS: dict[type[Any], Callable[[Any], Any]] = {}


class Missing:
    """What stands for no default."""


class Field:
    """A field as it was declared; it has the names and meanings that the standard library's has."""

    __slots__ = ("compare", "default", "default_factory", "kw_only", "metadata", "name", "repr", "type")

    def __init__(
        self,
        *,
        default: Any = Missing,
        default_factory: Any = Missing,
        compare: bool = True,
        repr: bool = True,  # noqa: A002 - called as the standard library calls it
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.name = ""
        self.type = ""
        self.default = default
        self.default_factory = default_factory
        self.compare = compare
        self.repr = repr
        self.metadata = metadata or {}
        self.kw_only = False


class _TheirFields:
    """The fields as the standard library wants them, made when it asks."""

    def __get__(self, _: Any, cls: type[Any]) -> Any:
        import dataclasses

        made = []
        for each in cls.__own_fields__:
            details = {name: getattr(each, name) for name in ("compare", "repr", "metadata", "kw_only")}
            if each.default is not Missing:
                details["default"] = each.default
            if each.default_factory is not Missing:
                details["default_factory"] = each.default_factory
            made.append((each.name, each.type, dataclasses.field(**details)))
        # A class with the same fields, made for the sake of these alone.
        theirs: Any = dataclasses.make_dataclass(cls.__name__, made, init=False, repr=False, eq=False)
        found = theirs.__dataclass_fields__
        type.__setattr__(cls, "__dataclass_fields__", found)
        return found


_THEIRS = _TheirFields()


@dataclass_transform(frozen_default=True, kw_only_default=False, field_specifiers=(field,))
def frozen(*, kw_only: bool = False, eq: bool = True) -> Callable[[Class], Class]:
    """The decorator of an immutable, slotted dataclass; with ``eq`` it is compared and hashed by its values."""

    def made(cls: Class) -> Class:
        found = _slotted(cls, kw_only)
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


@dataclass_transform(eq_default=False, field_specifiers=(field,))
def slotted(cls: Class) -> Class:
    """The decorator of a slotted dataclass whose records change, and are each only equal to themselves."""
    done: Class = _slotted(cls, False)
    return done


def _slotted(cls: type[Any], kw_only: bool) -> Any:
    """The class ``cls`` anew, with slots for its fields and the methods that all records share."""
    own: dict[str, Field] = {}
    for name, kind in cls.__annotations__.items():
        stated = cls.__dict__.get(name, Missing)
        each = own[name] = stated if isinstance(stated, Field) else Field(default=stated)
        each.name = name
        each.type = kind
        each.kw_only = kw_only
        if each.default.__class__.__hash__ is None or each.default.__class__.__module__ == "dataclasses":
            raise TypeError(f"{cls.__qualname__}.{name} needs a default_factory, or the field of this module")
    above = {
        each.name: each for up in reversed(cls.__mro__) for each in up.__dict__.get("__own_fields__", ())
    }
    every = tuple({**above, **own}.values())
    body = {name: held for name, held in cls.__dict__.items() if name not in own}
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    body |= {
        "__slots__": tuple(name for name in own if name not in above),
        "__qualname__": cls.__qualname__,
        "__own_fields__": every,
        "__dataclass_fields__": _THEIRS,
        "__match_args__": tuple(each.name for each in every if not each.kw_only),
        "__init__": _seldom,
        "__repr__": _repr,
        "__replace__": replace,
    }
    remade: Any = type(cls)
    return remade(cls.__name__, cls.__bases__, body)


def _seldom(self: Any, /, *values: Any, **named: Any) -> None:
    """The ``__init__`` of a class that is not called often: compiling one takes as long as forty calls of this."""
    cls = type(self)
    calls = _CALLS[cls] = _CALLS.get(cls, 0) + 1
    if calls > SELDOM or not _filled(self, cls, values, named):
        cls.__init__ = _constructor(cls)  # which says, too, what is wrong with a call
        cls.__init__(self, *values, **named)


def _filled(self: Any, cls: type[Any], values: tuple[Any, ...], named: dict[str, Any]) -> bool:
    """Whether the call was right, and every slot of ``self`` holds its value."""
    placed = dict(zip(cls.__match_args__, values, strict=False))
    if len(placed) < len(values) or placed.keys() & named:
        return False
    placed |= named
    for each in cls.__own_fields__:
        if each.name in placed:
            value = placed.pop(each.name)
        elif each.default is not Missing:
            value = each.default
        elif each.default_factory is not Missing:
            value = each.default_factory()
        else:
            return False
        object.__setattr__(self, each.name, value)
    return not placed


def _constructor(cls: type[Any]) -> Callable[..., None]:
    """The ``__init__`` of a class: its parameters are the fields, and each goes straight to its slot."""
    scope: dict[str, Any] = {"Missing": Missing}
    listed: dict[bool, list[str]] = {False: [], True: []}
    body: list[str] = []
    for each in fields(cls):
        name = each.name
        scope[f"set_{name}"] = getattr(cls, name).__set__
        value = name
        if each.default is not Missing:
            scope[f"default_{name}"] = each.default
            parameter = f"{name}=default_{name}"
        elif each.default_factory is not Missing:
            scope[f"factory_{name}"] = each.default_factory
            parameter = f"{name}=Missing"
            value = f"factory_{name}() if {name} is Missing else {name}"
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
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for each, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)
