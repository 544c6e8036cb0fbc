"""The driver of a day: it delivers what a harness tells, calls what the agent calls, edits what the person edits, and
notes what each process answered. It knows nothing of what any of it means.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.day.pages import text_of
from tests.day.person import edited, save

CHECKOUT = Path(__file__).parents[2]
TODAY = "2026-11-20"
PLACE = "/home/ada/office"
AGENT = "chief"
PATIENCE = 120.0
# On a busy machine it is somebody else's turn for long; and nothing goes from a page because there is much of it.
SETTINGS = """[hooks]
wait = 60

[storage]
lock_timeout = 60

[bounds]
decisions = 500
ended_actions = 500
resolved_alerts = 500
team_changes = 500
"""

Step = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Answered:
    """What one process left: ``code`` is None where it was killed before its end was seen."""

    code: int | None
    out: str = ""
    err: str = ""

    @property
    def done(self) -> bool:
        """Whether it said that it did what it was told: a hook that could not says so on stderr."""
        return self.code == 0 and "cosmemory hook: " not in self.err


def read_day(path: Path) -> list[Step]:
    """The steps of a recorded day."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


class Player:
    """A project in a folder, and the harness that works in it."""

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.folder = folder
        self.project = folder / "office"
        self.root = self.project / "design" / "memory"
        self.project.mkdir()
        self.dice = random.Random(seed)
        self.tabs: dict[str, tuple[str, str]] = {}
        self.names: dict[str, str] = {}
        self.killed = self.delivered = self._number = self._begins = 0
        self.harness = self._begun()
        self.call(["init"], "07:00:00")
        (self.root / "cosmemory.toml").write_text(SETTINGS)

    def _begun(self) -> subprocess.Popen[str]:
        self._begins += 1
        return subprocess.Popen(
            [sys.executable, "-m", "tests.day.harness", str(self.folder / f"rehearsal-{self._begins}")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
            env=self._compiled(),
            start_new_session=True,
        )

    def close(self) -> None:
        """The harness ended, as one that nobody killed."""
        assert self.harness.stdin is not None
        assert self.harness.stdout is not None
        self.harness.stdin.close()
        self.harness.wait(PATIENCE)
        self.harness.stdout.close()

    def play(self, step: Step) -> list[tuple[Step, list[Answered]]]:
        """Each part of a step with what was answered to it."""
        if "crash" in step:
            return self._crash(step)
        if "at once" in step:
            return self._at_once(step)
        if "tool" in step:
            return self._tool(step)
        if "person" in step:
            done = self._person(step["person"])
            return [(step, [Answered(code=0 if done else None)])]
        if "call" in step:
            answered = self._warm([self._run(step, step.get("kill"))])
            self._remember(step, answered[0])
            return [(step, answered)]
        if step.get("cold"):
            return [(step, self._cold(step))]
        times = step.get("together", 1)
        found = self._warm([self._run(step, step.get("kill")) for _ in range(times)])
        for _ in range(step.get("again", 0)):
            found += self._warm([self._run(step)])
        return [(step, found)]

    def call(self, words: list[str], at: str) -> Answered:
        """A command that the day does not tell of."""
        return self._warm([self._run({"call": words, "at": at})])[0]

    # -------------------------------------------------------------------------------------------- processes

    def _compiled(self) -> dict[str, str]:
        """The environment without ours; what Python compiles is kept, as an installation keeps it."""
        ours = ("COSMEMORY", "CLAUDE", "PYTHONDONTWRITEBYTECODE")
        return {name: value for name, value in os.environ.items() if not name.startswith(ours)}

    def _environ(self, step: Step) -> dict[str, str]:
        moment = {"COSMEMORY_NOW": f"{TODAY}T{step['at']}Z"}
        if "call" in step:
            return {**moment, "COSMEMORY_ROOT": str(self.root), "COSMEMORY_ACTOR": AGENT}
        return {**moment, "CLAUDE_PROJECT_DIR": str(self.project)}

    def _payload(self, payload: dict[str, Any]) -> bytes:
        return json.dumps(payload).replace(PLACE, json.dumps(str(self.project))[1:-1]).encode()

    def _words(self, step: Step) -> list[str]:
        words = [self.names.get(each, each) if each[:1] == "@" else each for each in step["call"]]
        for number, each in enumerate(words):
            if each[:1] == "#":
                page = text_of(self.root, f"handoffs/{each[1:]}.md")
                found = re.search(r"^content_sha256: (\w+)$", page, re.MULTILINE)
                words[number] = found[1][:12] if found else "000000000000"
        message = ["--message", step["says"]] if "says" in step else []
        return [*words, *message]

    def _run(self, step: Step, kill: int | None = None) -> dict[str, Any]:
        self._number += 1
        place = self.folder / "told"
        place.mkdir(exist_ok=True)
        told = place / f"{self._number}.json"
        told.write_bytes(self._payload(step["hook"]) if "hook" in step else b"")
        argv = ["hook"] if "hook" in step else self._words(step)
        out, err = (str(place / f"{self._number}.{each}") for each in ("out", "err"))
        return {
            "argv": argv, "environ": self._environ(step), "told": str(told), "out": out, "err": err,
            "root": str(self.root), "kill": kill,
        }  # fmt: skip

    def _asked(self, runs: list[dict[str, Any]]) -> None:
        assert self.harness.stdin is not None
        self.harness.stdin.write(json.dumps(runs) + "\n")
        self.harness.stdin.flush()

    def _warm(self, runs: list[dict[str, Any]]) -> list[Answered]:
        self._asked(runs)
        return self._answers(runs)

    def _answers(self, runs: list[dict[str, Any]]) -> list[Answered]:
        assert self.harness.stdout is not None
        codes = json.loads(self.harness.stdout.readline())
        return [self._answer(run, code) for run, code in zip(runs, codes, strict=True)]

    def _answer(self, run: dict[str, Any], code: int) -> Answered:
        self.delivered += 1
        killed = code == -signal.SIGKILL
        self.killed += killed
        out, err = (Path(run[each]).read_text(encoding="utf-8") for each in ("out", "err"))
        return Answered(code=None if killed else code, out=out, err=err)

    def _popen(self, step: Step) -> subprocess.Popen[bytes]:
        running = subprocess.Popen(
            [sys.executable, "-m", "cosmemory", "hook"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**self._compiled(), **self._environ(step)},
            cwd=CHECKOUT,
        )
        assert running.stdin is not None
        running.stdin.write(self._payload(step["hook"]))
        running.stdin.close()
        running.stdin = None
        return running

    def _cold(self, step: Step) -> list[Answered]:
        """The hook as a harness starts it, several times at once if so told; those to be killed after some time."""
        running = [self._popen(step) for _ in range(step.get("together", 1))]
        if "after" in step:
            time.sleep(step["after"])
            for each in running:
                each.kill()
        return [self._ended(each) for each in running]

    def _ended(self, running: subprocess.Popen[bytes]) -> Answered:
        out, err = running.communicate(timeout=PATIENCE)
        self.delivered += 1
        killed = running.returncode == -signal.SIGKILL
        self.killed += killed
        return Answered(code=None if killed else running.returncode, out=out.decode(), err=err.decode())

    # ---------------------------------------------------------------------------------- what happens at once

    def _at_once(self, step: Step) -> list[tuple[Step, list[Answered]]]:
        parts = [{"at": step["at"], **part} for part in step["at once"]]
        told = [part for part in parts if "person" not in part]
        runs = [self._run(part, part.get("kill")) for part in told]
        said: list[tuple[Step, list[Answered]]] = []
        edits = [part for part in parts if "person" in part]

        def edit() -> None:
            for part in edits:
                time.sleep(self.dice.random() * 0.05)
                said.append((part, [Answered(code=0 if self._person(part["person"]) else None)]))

        person = threading.Thread(target=edit)
        person.start()
        answers = self._warm(runs)
        person.join()
        for part, answered in zip(told, answers, strict=True):
            if "call" in part:
                self._remember(part, answered)
            said.append((part, [answered]))
        return said

    def _crash(self, step: Step) -> list[tuple[Step, list[Answered]]]:
        """The harness killed, with all that it has running."""
        parts = [{"at": step["at"], **part} for part in step["crash"]]
        self._asked([self._run(part) for part in parts])
        time.sleep(step["after"])
        os.killpg(self.harness.pid, signal.SIGKILL)
        self.harness.wait(PATIENCE)
        for pipe in (self.harness.stdin, self.harness.stdout):
            assert pipe is not None
            pipe.close()
        self.killed += len(parts)
        self.harness = self._begun()
        return [(part, [Answered(code=None)]) for part in parts]

    # ------------------------------------------------------------------------------------ tools and the person

    def _tool(self, step: Step) -> list[tuple[Step, list[Answered]]]:
        """A tool about to run, run unless it was refused, and told of afterwards."""
        before: Step = {"at": step["at"], "hook": step["tool"]}
        said = [(before, self._warm([self._run(before)]))]
        answer = said[0][1][0].out
        refused = '"deny"' in answer
        given = step["tool"]["tool_input"]
        place = Path(given["file_path"].replace(PLACE, str(self.project)))
        text = text_of(place.parent, place.name)
        made = not refused and ("content" in given or text.count(given["old_string"]) == 1)
        said.append((step, [Answered(code=0 if made else None, out="refused" if refused else "")]))
        if made:
            place.parent.mkdir(parents=True, exist_ok=True)
            new = given.get("content") or text.replace(given.get("old_string"), given.get("new_string"))
            place.write_bytes(new.encode())
            after = {**step["tool"], "hook_event_name": "PostToolUse", "tool_response": {"success": True}}
            told: Step = {"at": step["at"], "hook": after}
            said.append((told, self._warm([self._run(told)])))
        return said

    def _person(self, edit: dict[str, Any]) -> bool:
        """Whether the person could do it."""
        if edit["does"] == "open":
            self.tabs[edit["tab"]] = (edit["page"], text_of(self.root, edit["page"]))
            return True
        page, text = edit.get("page", ""), ""
        if "tab" in edit:
            page, text = self.tabs.pop(edit["tab"])
        else:
            text = text_of(self.root, page)
        new = edited(text, edit) if text else None
        if new is None:
            return False
        save(self.root / page, new, anew=edit.get("anew", True))
        return True

    def _remember(self, step: Step, answered: Answered) -> None:
        if "as" in step and answered.done:
            self.names[step["as"]] = answered.out.strip()
