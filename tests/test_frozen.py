"""A frozen dataclass that is quick to define does what the standard library's does."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from dataclasses import FrozenInstanceError, dataclass, fields

import pytest

import cosmemory.frozen
from cosmemory.frozen import field, frozen, replace, slotted


@frozen(kw_only=True)
class Quick:
    """A record."""

    name: str
    count: int = 1
    tags: list[str] = field(default_factory=list)
    hidden: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """The same by the standard library."""

    name: str
    count: int = 1
    tags: list[str] = dataclasses.field(default_factory=list)
    hidden: int = dataclasses.field(default=0, compare=False, repr=False)


@frozen(kw_only=True)
class Longer(Quick):
    """A record with one more."""

    more: str = "m"


@slotted
class Changing:
    """A record that changes."""

    name: str
    tags: list[str] = field(default_factory=list)


@frozen()
class Placed:
    """A record whose values come in order."""

    start: int
    end: int = 9


@frozen(eq=False)
class Itself:
    """A record that is only itself."""

    value: int = 0


@pytest.mark.parametrize("given", [{"name": "a"}, {"name": "a", "count": 2, "tags": ["x"], "hidden": 3}])
def test_it_holds_compares_and_shows_what_a_plain_one_does(given):
    quick, plain = Quick(**given), Plain(**given)
    for each in fields(plain):
        assert getattr(quick, each.name) == getattr(plain, each.name)
    assert repr(quick) == repr(plain).replace("Plain", "Quick")
    assert quick == Quick(**given)
    assert quick == replace(quick, hidden=9)
    assert quick != replace(quick, count=7)
    assert quick != plain
    assert Quick(name="a").tags is not Quick(name="a").tags


@pytest.mark.parametrize("calls", [0, cosmemory.frozen.SELDOM])
@pytest.mark.parametrize("given", [{}, {"name": "a", "wrong": 1}])
def test_wrong_calls_are_refused_from_the_first_one_on(given, calls):
    for cls in (Quick, Plain, Longer):
        for _ in range(calls):
            cls(name="a")
        with pytest.raises(TypeError) as told:
            cls(**given)
        assert f"{cls.__name__}.__init__() " in str(told.value)


@pytest.mark.parametrize("calls", [0, cosmemory.frozen.SELDOM])
def test_values_come_in_order_or_by_name_but_not_twice(calls):
    @frozen()
    class Ordered:
        first: int
        second: int = 2
        rest: list[int] = field(default_factory=list)

    for _ in range(calls):
        Ordered(0)
    assert Ordered(1) == Ordered(first=1) == Ordered(1, 2, []) == Ordered(1, rest=[])
    for values, named in (((1, 2, [], 4), {}), ((1,), {"first": 1}), ((), {"second": 1})):
        with pytest.raises(TypeError):
            Ordered(*values, **named)


def test_it_is_frozen_and_slotted():
    quick = Quick(name="a")
    with pytest.raises(FrozenInstanceError):
        quick.name = "b"
    with pytest.raises(FrozenInstanceError):
        del quick.name
    assert not hasattr(quick, "__dict__")


def test_heirs_order_and_identity():
    assert Longer(name="a").more == "m"
    assert Longer(name="a") != Quick(name="a")
    assert Placed(1) == Placed(1, 9)
    assert hash(Placed(1, 2)) == hash(Placed(1, 2))
    assert Itself(1) != Itself(1)


def test_it_can_be_copied_and_pickled():
    longer = Longer(name="a", tags=["x"])
    assert copy.deepcopy(longer) == longer
    assert pickle.loads(pickle.dumps(longer)) == longer


def test_the_standard_library_knows_it():
    for cls, plain in ((Quick, Plain), (Quick(name="a"), Plain(name="a"))):
        assert dataclasses.is_dataclass(cls)
        assert [repr(each) for each in fields(cls)] == [repr(each) for each in fields(plain)]
    assert [each.name for each in fields(Longer)] == ["name", "count", "tags", "hidden", "more"]
    quick = Quick(name="a", tags=["x"])
    assert dataclasses.asdict(quick) == {"name": "a", "count": 1, "tags": ["x"], "hidden": 0}
    assert (
        dataclasses.replace(quick, count=7) == replace(quick, count=7) == Quick(name="a", count=7, tags=["x"])
    )
    match Placed(1, 2):
        case Placed(start, end):
            assert (start, end) == (1, 2)


def test_its_own_fields_are_those_that_the_standard_library_sees():
    for ours, theirs in zip(cosmemory.frozen.fields(Longer), fields(Longer), strict=True):
        for name in ("name", "type", "compare", "repr", "kw_only", "metadata"):
            assert getattr(ours, name) == getattr(theirs, name)


def test_a_changing_one_changes_and_is_only_itself():
    changing = Changing("a")
    changing.name = "b"
    changing.tags.append("x")
    assert (changing.name, changing.tags, Changing("b").tags) == ("b", ["x"], [])
    assert changing != Changing("b", ["x"])
    assert repr(changing) == "Changing(name='b', tags=['x'])"
    with pytest.raises(AttributeError):
        changing.other = 1


@pytest.mark.parametrize("default", [[], {}, dataclasses.field(default=1)])
def test_a_default_that_all_records_would_share_is_refused(default):
    with pytest.raises(TypeError, match="default_factory"):

        @frozen()
        class Shared:
            value: object = default


def test_it_loads_no_dataclasses():
    line = "import sys; from cosmemory.frozen import *; assert not {'dataclasses', 'inspect', 're'} & {*sys.modules}"
    subprocess.run([sys.executable, "-S", "-c", line], check=True)
