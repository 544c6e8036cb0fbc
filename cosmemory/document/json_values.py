"""Values of any shape in one line: plain words stand for themselves, all else is JSON."""

from __future__ import annotations

import re

from cosmemory.document.values import Reading, ValueType
from cosmemory.errors import InvalidValue
from cosmemory.frozen import frozen
from cosmemory.pattern import pattern
from cosmemory.syntax.escape import is_empty, normalise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SURROGATE = pattern("[\ud800-\udfff]")


@frozen()
class Data:
    """A text, number, truth, list or object, kept as the JSON of one spelling, so that it is compared and hashed."""

    json: str

    @staticmethod
    def of(value: Any) -> Data:
        """``value`` as data.

        Raises InvalidValue for what JSON cannot say, such as an infinite number.
        """
        import json  # most pages have no data, and commands that read them do without it

        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidValue("the data", f"JSON cannot say it: {error}") from None
        # A lone surrogate would become a bad byte on the page.
        return Data(_SURROGATE.sub(_escaped, text))

    @property
    def value(self) -> Any:
        """What Python has for it."""
        import json

        return json.loads(self.json)

    def __str__(self) -> str:
        return write_data(self)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def read_data(text: str) -> Reading:
    """JSON, or else plain words; never fails."""
    import json

    try:
        return Reading(Data.of(json.loads(text)))
    except (ValueError, RecursionError, InvalidValue):
        return Reading(Data.of(text))


def write_data(data: Data) -> str:
    """Plain words as they are, where they read back as just those; all else as JSON."""
    value = data.value
    plain = isinstance(value, str) and value == normalise(value) and not is_empty(value)
    return value if plain and read_data(value).value == data else data.json


DATA = ValueType("data", read_data, write_data)
