"""Settings: what a project can set, from where it is read, and how it is checked, changed and described."""

from __future__ import annotations

from cosmemory.config.load import load_settings, settings_of
from cosmemory.config.settings import FILE, FORMAT, Settings

__all__ = ["FILE", "FORMAT", "Settings", "load_settings", "settings_of"]
