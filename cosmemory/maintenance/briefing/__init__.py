"""The brief: what a Chief of Staff needs to know who comes back and has forgotten everything."""

from __future__ import annotations

from cosmemory.maintenance.briefing.changing import changes, newest
from cosmemory.maintenance.briefing.making import brief
from cosmemory.maintenance.briefing.points import Brief

__all__ = ["Brief", "brief", "changes", "newest"]
