"""OpenCode, whose plugin tells and takes everything as Claude Code does."""

from __future__ import annotations

from cosmemory.interfaces.hook.harnesses.claude import EVENTS, told, worded

__all__ = ["EVENTS", "told", "worded"]
