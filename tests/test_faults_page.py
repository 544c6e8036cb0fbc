"""The page of faults: each has its paragraph, and each paragraph a test that is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
FAULTS = re.split(r"(?m)^## ", PAGE)[1:]
NAMED = re.compile(r"^Test: `(tests/[\w/]+\.py)::(test_\w+)`$", re.MULTILINE)


@pytest.mark.parametrize("fault", FAULTS, ids=[each.partition("\n")[0] for each in FAULTS])
def test_a_fault_has_a_paragraph_and_tests_that_are_there(fault):
    title, _, body = fault.partition("\n")
    assert title.startswith("… ")
    assert len(NAMED.sub("", body).split()) >= 8
    named = NAMED.findall(body)
    assert named
    for file, name in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
