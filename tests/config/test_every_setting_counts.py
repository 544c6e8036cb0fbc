"""Nothing can be set that has no effect: every setting is read somewhere outside of the settings themselves."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import cosmemory
from cosmemory.config.settings import Settings, Verification, WatchRule
from cosmemory.frozen import fields

PACKAGE = Path(cosmemory.__file__).parent
# What a setting is read from: the settings by any of the names that they have.
HOLDERS = {"settings", "used", "asked", "limits"}
FOR_OTHERS = {"extra"}  # kept for other programs, which read it through ``memory.settings``


@cache
def read_names() -> frozenset[str]:
    """Every attribute that is read of something called like settings; groups of names are as they are written."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        if path.is_relative_to(PACKAGE / "config"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                holder = node.value
                name = holder.attr if isinstance(holder, ast.Attribute) else getattr(holder, "id", "")
                if name in HOLDERS:
                    found.add(node.attr)
    return frozenset(found)


@pytest.mark.parametrize(
    "name",
    [
        each.name
        for record in (Settings, Verification, WatchRule)
        for each in fields(record)
        if each.name not in FOR_OTHERS
    ],
)
def test_a_setting_is_read_where_it_has_its_effect(name):
    assert name in read_names()
