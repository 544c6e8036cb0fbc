"""Values of an imported file that a page has no place for, or spells in another way, kept under their keys."""

from __future__ import annotations

from cosmemory.document.fields import Record, column
from cosmemory.document.json_values import DATA, Data
from cosmemory.frozen import frozen


@frozen(kw_only=True)
class Other(Record):
    """One such value."""

    key: str | None = column("Key", required=True)
    value: Data | None = column("Value", DATA)
