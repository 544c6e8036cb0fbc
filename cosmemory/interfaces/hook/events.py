"""Which function answers to which event, loaded when it happens."""

from __future__ import annotations

# event: module and function
HANDLERS: dict[str, str] = {}
