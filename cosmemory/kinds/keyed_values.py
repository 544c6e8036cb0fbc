"""Values of any shape below their keys: metadata, results, and what a page has no place of its own for."""

from __future__ import annotations

from cosmemory.document.fields import Record, column
from cosmemory.document.json_values import DATA, Data
from cosmemory.frozen import frozen


@frozen(kw_only=True)
class KeyedValue(Record):
    """One such value."""

    key: str | None = column("Key", required=True)
    value: Data | None = column("Value", DATA)
