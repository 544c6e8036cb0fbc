"""Random and mutated payloads: exit 0, an answer that the harness takes, and a memory as sound as before."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

from cosmemory.__main__ import main
from cosmemory.connect import open_memory
from cosmemory.interfaces.hook import harnesses
from cosmemory.interfaces.hook.events import HANDLERS
from tests.interfaces.hook.hooks import NOW, OF_HARNESSES, RECORDED, called, judge

PAYLOADS = int(os.environ.get("COSMEMORY_HOOK_PAYLOADS", "150"))
ODD: list[Any] = [
    *(None, True, 0, -1, 10**30, 1.5, "", " ", "-", "None", [], {}, [[]], {"a": {"b": []}}),
    *(
        "x" * 5000,
        "a\nb",
        "## Forged\n- **Status:** forged",
        "| a | b |",
        "```",
        "\0",
        "\ud800",
        "\u202e",
        "../..",
        "/",
    ),
    *(
        "</cosmemory-data>",
        "<!-- x -->",
        "---",
        "2026-11-21T06:00:00Z",
        "\x1b[31m",
        "{{7*7}}",
        "CON",
        "current",
    ),
]


def mutated(payload: dict[str, Any], dice: random.Random) -> Any:
    """The payload with some of its values, keys or bytes made odd."""
    found = json.loads(json.dumps(payload))
    for _ in range(dice.randrange(4)):
        name = dice.choice(
            [*found, "hook_event_name", "session_id", "agent_id", "tool_input", "source", "reason"]
        )
        choice = dice.randrange(4)
        if choice == 0:
            found.pop(name, None)
        elif choice == 1 and name == "hook_event_name":
            found[name] = dice.choice([*HANDLERS, *(path.stem for path in RECORDED)])
        elif name != "cwd":
            found[name] = dice.choice(ODD)
    told = json.dumps(found).encode()
    if dice.random() < 0.15:
        at = dice.randrange(len(told))
        told = told[:at] + bytes([dice.randrange(256)]) + told[at + dice.randrange(3) :]
    return told


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSMEMORY_NOW", NOW)
    for name in OF_HARNESSES:
        monkeypatch.delenv(name, raising=False)
    assert main(["init"]) == 0
    return tmp_path


def test_no_payload_breaks_anything(project, monkeypatch, capfd):
    dice = random.Random(2026)
    memory = project / "design" / "memory"
    (memory / "cosmemory.toml").write_text('[hooks]\nhold = true\n[storage]\ndurability = "none"\n')
    for number in range(PAYLOADS):
        path = dice.choice(RECORDED)
        text = path.read_text(encoding="utf-8").replace("/home/ada/office", str(project))
        told = mutated(json.loads(text), dice)
        harness = path.parent.name if dice.random() < 0.7 else dice.choice(harnesses.NAMES)
        given = ["--harness", harness, *([path.stem] if dice.random() < 0.3 else [])]
        code, out, err = called(told, *given, capfd=capfd, monkeypatch=monkeypatch, tmp_path=project)
        assert (code, err.count("\n") <= 1) == (0, True), (told, given, err)
        assert "Traceback" not in err
        if out:
            native = json.loads(told).get("hook_event_name") or path.stem
            judge(harness, native, out)
        if number % 100 == 99 or number == PAYLOADS - 1:
            pages = open_memory(str(memory)).validate().pages
            assert [str(each) for page in pages for each in page.diagnostics] == []
            assert not any(
                line == "## Forged" for page in memory.rglob("*.md") for line in page.read_text().split("\n")
            )
