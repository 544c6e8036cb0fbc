"""Values that try to be more than values, and documents with one of them in every field."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from cosmemory.document.entered import LONGEST_ENTRY
from cosmemory.document.fields import Value, layout
from cosmemory.document.json_values import Data
from cosmemory.document.values import Measure
from cosmemory.syntax.escape import is_empty, normalise

# How many values a campaign tries; a long one is COSMEMORY_HOSTILE=100000.
AMOUNT = int(os.environ.get("COSMEMORY_HOSTILE", "1500"))

PIECES = [
    *["|", "||", "\\|", "\\", "\\\\", "\\\\\\", "`", "``", "```", "~~~", "`|`", "`\\|`", "``a`b``"],
    *[
        "&amp;",
        "&lt;",
        "&#124;",
        "&#92;",
        "&",
        "&;",
        "<br>",
        "<br/>",
        "<",
        "<b>",
        "</td>",
        "<div>",
        "<script>",
    ],
    *["<!--", "-->", "<!-- cosmemory: ignore -->", "<?", "<![CDATA[", "#", "# ", "## Notes", " #", "######"],
    *[
        "---",
        "===",
        "***",
        "- - -",
        "=-=",
        "|---|---|",
        "| a | b |",
        "--|--",
        ":-:",
        "> ",
        ">",
        "- ",
        "* ",
        "+ ",
    ],
    *[
        "1. ",
        "2) ",
        "[x]: y",
        "[x](y)",
        "![x](y)",
        "[ ] ",
        "http://x.y",
        "<http://x.y>",
        "{{7*7}}",
        "{% raw %}",
    ],
    *["{#", "### 2026-11-21T06:00:00Z", "**Type:** x", "**Notes:**", "- **Status:** x", "Status: x", "Key:"],
    *[
        "\n",
        "\n\n",
        "\n\n\n",
        "\r",
        "\r\n",
        "\t",
        "    ",
        " ",
        "  \n",
        "\\\n",
        "\x00",
        "\x1b[31m",
        "\x07",
        "\x7f",
    ],
    *[
        "\x85",
        "\u2028",
        "\u2029",
        "\x0b",
        "\x0c",
        "\x1c",
        "\xa0",
        "\u202e",
        "\u200f",
        "\ufeff",
        "\udcff",
        "🚀",
    ],
    *[
        "漢字",
        "e\u0301",
        "*",
        "**",
        "_",
        "__",
        "~~",
        ", ",
        "\\,",
        ",",
        ":",
        '"',
        "'",
        "$(x)",
        "%",
        "\\g<0>",
        "\\1",
    ],
    *[
        "word",
        "two words",
        "a",
        "0",
        "-",
        "None",
        "+++",
        "...",
        "!",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "@",
        "^",
        "=",
        "~",
    ],
]
ALPHABET = "|\\`<>#-=*_~&;[]!:. \nab1"


def hostile(choose: random.Random) -> str:
    """A value that tries to be more than one, as it stands once it is normalised."""
    while True:
        text = "".join(_piece(choose) for _ in range(choose.randint(1, 6)))
        text = normalise(text)
        if not is_empty(text):
            return text


def _piece(choose: random.Random) -> str:
    roll = choose.random()
    if roll < 0.75:
        return choose.choice(PIECES)
    if roll < 0.98:
        return "".join(choose.choices(ALPHABET, k=choose.randint(1, 8)))
    return choose.choice(PIECES) * choose.randint(50, 400)


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
_PLAIN: dict[str, Any] = {
    "a time": NOON,
    "a date": date(2026, 11, 21),
    "a number": 3,
    "a count": 3,
    "a percentage": 71,
    "a measure": Measure(8, "", 100),
    "a difference": Measure(2),
    "data": Data.of({"rows": [1, 2.5], "said": "a | b"}),
}
TEXTS = frozenset({"a text", "a long text", "a time or text"})
LISTS = frozenset({"a list", "a list of items"})


def filled(record: type[Any], text: Callable[[], str], taken: set[str] | None = None) -> Any:
    """A ``record`` with ``text()`` in every place for words, and two records in every table and section."""
    shape = layout(record)
    values: dict[str, Any] = {name: _value(value, text) for name, value in shape.values.items()}
    for name, part in shape.parts.items():
        if part.shape == "prose":
            values[name] = text()
        elif part.shape == "numbered":
            values[name] = (text(), text())
        elif part.shape == "one":
            values[name] = filled(part.record, text)  # type: ignore[arg-type]
        elif part.shape != "details":
            keys: set[str] = set()
            values[name] = tuple(_keyed(part.record, part.key, text, keys) for _ in range(2))
    return record(**values)


def _value(value: Value, text: Callable[[], str]) -> Any:
    if value.type.words:
        return value.type.words[0]
    if value.type.name in LISTS:
        return (text(), text())
    if value.type.name == "data":
        return Data.of(text())
    if value.type.name not in TEXTS:
        return _PLAIN[value.type.name]
    while True:
        # The front matter takes no longer ones, as ``entered`` says.
        given = normalise(text()[:LONGEST_ENTRY]) if value.front else text()
        if is_empty(given):
            continue
        # A text that is a time is read as that time, which is no forgery.
        if value.type.name != "a time or text" or isinstance(value.type.read(given).value, str):
            return given


def _keyed(record: Any, key: str, text: Callable[[], str], keys: set[str]) -> Any:
    """A record whose key nobody else has, with the details that go with its row."""
    while True:
        made = filled(record, text)
        name = str(getattr(made, key)).lower() if key else ""
        if not key or name not in keys:
            break
    keys.add(name)
    for attribute, part in layout(record).parts.items():
        if part.shape == "details":
            block = filled(part.record, text)  # type: ignore[arg-type]
            made = replace(made, **{attribute: replace(block, session_name=made.session_name)})
    return made


def count_words(document: Any) -> int:
    """The values of words in ``document``."""
    if isinstance(document, str):
        return 1
    if isinstance(document, tuple):
        return sum(map(count_words, document))
    shape = layout(type(document)) if hasattr(document, "origin") else None
    return sum(count_words(getattr(document, n)) for n in (*shape.values, *shape.parts)) if shape else 0
