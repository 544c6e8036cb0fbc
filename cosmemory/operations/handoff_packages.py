"""What is handed over, as a caller gives it: texts, lists, and data of any shape in rows of keys and values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cosmemory.document.checklists import OPEN, Task
from cosmemory.document.json_values import Data
from cosmemory.document.values import COUNT, NUMBER
from cosmemory.errors import InvalidValue
from cosmemory.frozen import frozen
from cosmemory.kinds.keyed_values import KeyedValue
from cosmemory.syntax.escape import is_empty, normalise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The key of the one row that holds data which is no set of keys and values.
WHOLE = "*"


@frozen(kw_only=True)
class Package:
    """What one hands over to another; data, results and metadata may be of any shape that JSON has.

    The status, tokens and cost are those of the one who hands over.
    """

    context: str | None = None
    deliverables: Sequence[str] = ()
    acceptance_criteria: Sequence[str] = ()
    current_state: str | None = None
    next_steps: Sequence[str] = ()
    files: Sequence[str] = ()
    notes: str | None = None
    instructions: str | None = None
    data: Any = None
    metadata: Any = None
    from_status: str | None = None
    from_tokens: int | None = None
    from_cost: float | None = None


def values_of(package: Package) -> dict[str, Any]:
    """The values of a handoff's page that ``package`` gives."""
    return {
        **{
            name: said(getattr(package, name))
            for name in ("context", "current_state", "notes", "instructions")
        },
        **{name: items(getattr(package, name)) for name in ("deliverables", "next_steps", "files")},
        "acceptance_criteria": tuple(Task(text=each, state=OPEN) for each in _each_once(package)),
        "data": rows_of(package.data),
        "metadata": rows_of(package.metadata),
        "from_status": said(package.from_status),
        "from_tokens": _number(package.from_tokens, "the tokens", whole=True),
        "from_cost": _number(package.from_cost, "the cost", whole=False),
    }


def said(text: str | None) -> str | None:
    """A text as it will be read from the page; nothing for one that says nothing."""
    given = normalise(text or "")
    return None if is_empty(given) else given


def items(texts: Sequence[str]) -> tuple[str, ...]:
    """Those of ``texts`` that say something."""
    return tuple(each for text in texts if (each := said(text)) is not None)


def _each_once(package: Package) -> list[str]:
    once = {text.lower(): text for text in reversed(items(package.acceptance_criteria))}
    return list(reversed(once.values()))


def _number(value: Any, what: str, *, whole: bool) -> Any:
    """A number as its page can hold it."""
    if value is None:
        return None
    kind = COUNT if whole else NUMBER
    try:
        read = kind.read(kind.write(value)).value
    except (TypeError, ValueError, OverflowError):
        read = None
    if read != value:
        raise InvalidValue(what, f"{value!r} is not {kind.name}")
    return read


def rows_of(value: Any) -> tuple[KeyedValue, ...]:
    """Data of any shape as rows, one a key where it has keys that can be told apart on a page."""
    if value is None:
        return ()
    if isinstance(value, Mapping) and _plain_keys(value):
        return tuple(KeyedValue(key=key, value=Data.of(each)) for key, each in value.items())
    return (KeyedValue(key=WHOLE, value=Data.of(value)),)


def data_in(rows: Sequence[KeyedValue]) -> Any:
    """The data that stands in ``rows``; None where there is none."""
    held = {str(row.key): row.value.value if isinstance(row.value, Data) else None for row in rows}
    return held.get(WHOLE) if list(held) == [WHOLE] else held or None


def _plain_keys(value: Mapping[Any, Any]) -> bool:
    keys = [key for key in value if isinstance(key, str) and key != WHOLE and said(key) == key]
    return 0 < len(keys) == len(value) == len({key.lower() for key in keys})
