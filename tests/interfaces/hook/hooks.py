"""What the tests of hooks share: the recorded payloads, the published shapes of answers, and a call as a harness makes it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema

CASES = Path(__file__).parents[2] / "cases" / "hooks"
RECORDED = sorted(path for path in CASES.glob("*/*.json") if path.parent.name != "schemas")
NOW = "2026-11-21T06:00:00Z"
OF_HARNESSES = ("CLAUDE_PROJECT_DIR", "GEMINI_PROJECT_DIR", "CURSOR_PROJECT_DIR")


def recorded(harness: str, name: str, project: Path | str, **more: object) -> dict[str, Any]:
    """A payload as that harness sent it, as if it worked in ``project``."""
    text = (CASES / harness / f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text.replace("/home/ada/office", json.dumps(str(project))[1:-1]))
    return {**found, **more}


def environment(harness: str, project: Path | str) -> dict[str, str]:
    """What a harness sets for its hooks."""
    named = {"claude": OF_HARNESSES[:1], "gemini": OF_HARNESSES[:2], "cursor": OF_HARNESSES[2:]}
    return dict.fromkeys(named.get(harness, ()), str(project))


def schemas(harness: str) -> dict[str, Any]:
    """The shapes of a harness's answers by its own names of events."""
    found: dict[str, Any] = json.loads((CASES / "schemas" / f"{harness}.json").read_text(encoding="utf-8"))
    return found


def judge(harness: str, native: str, out: str) -> Any:
    """What was answered, if the harness takes it; None for silence, an error for anything else."""
    if not out:
        return None
    answer = json.loads(out)
    shapes = schemas(harness)
    shape = shapes.get(native) or (schemas("claude")[native] if harness in ("cursor", "copilot") else None)
    assert shape is not None, f"{harness} takes no answer to {native}: {out}"
    jsonschema.Draft202012Validator(shape).validate(answer)
    return answer


class Stdin(io.BytesIO):
    """A stdin that has a descriptor to be read."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor


def called(
    payload: object,
    *arguments: str,
    capfd: Any,
    monkeypatch: Any,
    tmp_path: Path,
    environ: dict[str, str] | None = None,
) -> tuple[int, str, str]:
    """The hook called in this process; its exit code, stdout and stderr."""
    from cosmemory.__main__ import main

    told = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    place = tmp_path / "told.json"
    place.write_bytes(told)
    descriptor = os.open(place, os.O_RDONLY)
    capfd.readouterr()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", Stdin(descriptor))
            for name, value in (environ or {}).items():
                patch.setenv(name, value)
            code = main(["hook", *arguments])
    finally:
        os.close(descriptor)
    said = capfd.readouterr()
    return code, said.out, said.err


def process(payload: object, *arguments: str, **environ: str) -> subprocess.Popen[bytes]:
    """The hook as a process of its own, told the payload already."""
    told = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COSMEMORY")}
    for name in OF_HARNESSES:
        kept.pop(name, None)
    running = subprocess.Popen(
        [sys.executable, "-m", "cosmemory", "hook", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**kept, **environ},
        cwd=Path(__file__).parents[3],
    )
    assert running.stdin is not None
    running.stdin.write(told)
    running.stdin.close()
    running.stdin = None
    return running
