"""What ``--metadata`` says, in every command that takes it: KEY=VALUE, or JSON of any shape."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.document.json_values import read_data
from cosmemory.errors import InvalidValue
from cosmemory.interfaces.cli.session import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OPTION = "--metadata"
METAVAR = "KEY=VALUE|JSON"


def metadata_said(given: Sequence[str]) -> Any:
    """The values by their keys; whatever a single JSON says where that is no object, None where nothing is said.

    Raises InvalidValue for words that name no key.
    """
    held = [_said(text_of(text)) for text in given]
    if len(held) == 1:
        return held[0]
    found: dict[str, Any] = {}
    for each in held:
        if not isinstance(each, dict):
            raise InvalidValue(OPTION, f"{each!r} names no key", "Given more than once, each is KEY=VALUE.")
        found |= each
    return found or None


def _said(text: str) -> Any:
    held = read_data(text).value.value
    if held != text:
        return held  # JSON; what is none is handed back as it is
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise InvalidValue(OPTION, f"{text!r} names no value", "Write KEY=VALUE, or JSON.")
    return {key.strip(): read_data(value).value.value}
