"""Days made by chance, from payloads as they were recorded: ``python -m tests.day.making SEED [TURNS]`` prints one."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from tests.day.pages import ALERTS, ROSTER, STATE

RECORDED = Path(__file__).parents[1] / "cases" / "hooks" / "claude"
PLACE = "/home/ada/office"
Step = dict[str, Any]

VERBS = ("Check", "Rewrite", "Ask about", "Measure", "Remove", "Translate", "Review", "Try", "Count", "Mend")
THINGS = (
    "the release notes", "the parser", "Grüße an das Team", "the a | b table", "the *slow* query", "the mailer",
    "what `make` prints", "the <old> importer", "die Übergabe", "the 5 % rule", "[the link]", "日本の文書",
)  # fmt: skip
KINDS = ("Explore", "Plan", "reviewer")
MATES = ("researcher", "tester", "Zoë")
ACTION_VERBS = ("start", "block", "done", "cancel")
NUMBER_OF_A_PERSON = 5000  # a person numbers rows far above what has been given out


class Maker:
    """A day as it is made up, step by step, with what it needs to know so as to make sense."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.minute, self.count = 8 * 60, 0
        self.session = self._session()
        self.steps: list[Step] = []
        self.actions: list[str] = []  # as the agent calls them, those that are open
        self.rows: list[str] = []  # texts of actions whose row a person may find
        self.alerts: list[str] = []
        self.handoffs: list[str] = []
        self.tasks: list[dict[str, str]] = []
        self.subagents: list[tuple[str, str]] = []
        self.over: list[tuple[str, str]] = []
        self.tabs: list[tuple[str, str]] = []
        self.last: dict[str, str] = {}
        self.own = 0

    # ------------------------------------------------------------------------------------------------ words

    def _session(self) -> str:
        return f"{self.dice.getrandbits(32):08x}-7b1d-4a55-9d0e-{self.dice.getrandbits(48):012x}"

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _words(self) -> str:
        return f"{self.dice.choice(VERBS)} {self.dice.choice(THINGS)} {self._next()}"

    def _at(self) -> str:
        return f"{self.minute // 60:02}:{self.minute % 60:02}:{len(self.steps) % 60:02}"

    def payload(self, name: str, **more: object) -> dict[str, Any]:
        """A recorded payload, of the session that is at work."""
        found = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
        known = {key: value for key, value in more.items() if value is not None}
        return {**found, "session_id": self.session, **known}

    # ------------------------------------------------------------------------------------------------ steps

    def put(self, **step: Any) -> Step:
        """One step more, a little later."""
        if self.dice.random() < 0.3:
            self.minute += 1
        made: Step = {"at": self._at(), **step}
        self.steps.append(made)
        return made

    def hook(self, name: str, **more: object) -> Step:
        """An event of the harness: once, again, several times at once, or killed and told again."""
        told = self.payload(name, **more)
        chance = self.dice.random()
        if chance < 0.12:
            return self.put(hook=told, again=self.dice.randrange(1, 3))
        if chance < 0.22:
            return self.put(hook=told, together=self.dice.randrange(2, 5))
        if chance < 0.40 and name != "SessionEnd":
            return self._again(self.put(hook=told, kill=self._touch()))
        if chance < 0.44:
            after = round(0.05 + self.dice.random() * 0.6, 2)
            return self._again(self.put(hook=told, cold=True, after=after, together=2))
        if chance < 0.47:
            return self.put(hook=told, cold=True, together=2)
        return self.put(hook=told)

    def _again(self, killed: Step) -> Step:
        """What was killed told again, in the same moment."""
        again = {"at": killed["at"], "hook": killed["hook"]}
        self.steps.append(again)
        return again

    def _touch(self) -> int:
        return self.dice.randrange(1, 40)

    def call(self, *words: str, **more: Any) -> Step:
        """A command that the agent calls."""
        return self.put(call=[*words], says=f"step {self._next()}", **more)

    def lost(self) -> None:
        """Something killed and never told again: it may be there once or not at all."""
        choice = self.dice.randrange(4)
        kill = self._touch()
        if choice == 0:
            told = self.payload("TaskCreated", task_id=f"{self._next()}", task_subject=self._words())
            self.put(hook=told, kill=kill)
        elif choice == 1:
            told = self.payload("SubagentStart", agent_id=f"b{self._next():03}", agent_type="lost")
            self.put(hook=told, kill=kill)
        elif choice == 2:
            self.call("action", "add", self._words(), kill=kill)
        else:
            self.call("decision", self._words(), "--rationale", "it was late", kill=kill)

    # --------------------------------------------------------------------------------------- what may happen

    def turn(self) -> None:
        prompt = f"p-{self._next()}"
        self.hook("UserPromptSubmit", prompt_id=prompt, prompt=self._words())
        self.happen(self.dice.randrange(1, 4))
        self.hook("Stop", prompt_id=prompt)

    def subagent(self) -> None:
        if self.subagents and self.dice.random() < 0.5:
            key, kind = self.subagents.pop(self.dice.randrange(len(self.subagents)))
            self.hook("SubagentStop", agent_id=key, agent_type=kind, prompt_id=f"p-{self._next()}",
                      last_assistant_message=f"Found {self._words()}")  # fmt: skip
            self.over.append((key, kind))
        elif self.over and self.dice.random() < 0.2:
            key, kind = self.over.pop()
            self.hook("SubagentStart", agent_id=key, agent_type=kind, prompt_id=f"p-{self._next()}")
            self.subagents.append((key, kind))
        elif len(self.subagents) < 5:
            key, kind = f"a{self._next():03}c", self.dice.choice(KINDS)
            self.hook("SubagentStart", agent_id=key, agent_type=kind, prompt_id=f"p-{self._next()}")
            self.subagents.append((key, kind))

    def task(self) -> None:
        if self.tasks and (len(self.tasks) > 5 or self.dice.random() < 0.45):
            task = self.tasks.pop(self.dice.randrange(len(self.tasks)))
            self.hook("TaskCompleted", **task)
        else:
            mate = self.dice.choice((None, *MATES))
            task = {"task_id": f"{self._next()}", "task_subject": self._words()}
            task |= {"teammate_name": mate} if mate else {}
            self.hook("TaskCreated", **task)
            self.tasks.append(task)
            self.rows.append(task["task_subject"])

    def idle(self) -> None:
        self.hook("TeammateIdle", teammate_name=self.dice.choice(MATES))

    def notice(self) -> None:
        if self.dice.random() < 0.5:
            self.hook("Notification", title=self._words(), message=self._words())
        else:
            self.hook("StopFailure", prompt_id=f"p-{self._next()}", error_details=self._words())

    def action(self) -> None:
        if self.actions and (len(self.actions) > 4 or self.dice.random() < 0.5):
            name = self.dice.choice(self.actions)
            verb = self.dice.choice([each for each in ACTION_VERBS if each != self.last.get(name)])
            self.last[name] = verb
            self.call("action", verb, name)
            if verb in ("done", "cancel"):
                self.actions.remove(name)
        else:
            text = self._words()
            priority = self.dice.choice(("critical", "high", "medium", "low"))
            self.call("action", "add", text, "--priority", priority, **{"as": f"@{text}"})
            self.actions.append(f"@{text}")
            self.rows.append(text)

    def mind(self) -> None:
        choice = self.dice.randrange(3)
        if choice == 0:
            self.call("focus", self._words(), "--priority", "high")
        elif choice == 1:
            self.call("decision", self._words(), "--rationale", self._words())
        else:
            self.put(call=["log", "focus", "--action", self._words()])

    def alert(self) -> None:
        if self.alerts and (len(self.alerts) > 3 or self.dice.random() < 0.5):
            name = self.dice.choice(self.alerts)
            verb = self.dice.choice(("ack", "resolve")) if name not in self.last else "resolve"
            self.last[name] = verb
            self.call("alert", verb, name)
            if verb == "resolve":
                self.alerts.remove(name)
        else:
            kind = self._words()
            self.call("alert", "raise", "--type", kind, "--severity", self.dice.choice(("critical", "warning")),
                      "--resource", "mailer", "--value", "12", "--threshold", "5", **{"as": f"@{kind}"})  # fmt: skip
            self.alerts.append(f"@{kind}")

    def handoff(self) -> None:
        if self.handoffs and (len(self.handoffs) > 3 or self.dice.random() < 0.5):
            key = self.handoffs.pop(0)
            self.call("handoff", "ack", key, "--hash", f"#{key}", "--by", "h2")
        else:
            key = f"parcel-{self._next()}"
            self.call("handoff", "create", "parcel", "--from", "h1", "--to", "h2", "--id", key)
            self.handoffs.append(key)

    def tool(self) -> None:
        choice, number = self.dice.randrange(4), self._next()
        where = f"{PLACE}/design/memory/{STATE}"
        if choice == 0:
            given = {"file_path": f"{PLACE}/src/main.py", "content": f"print({number})\n"}
            tool = self.payload("PostToolUse-Write", tool_input=given, tool_use_id=f"toolu_{number}")
            self.put(tool={**tool, "hook_event_name": "PreToolUse"}, file="src/main.py")
        elif choice == 1:
            given = {"file_path": f"{PLACE}/design/memory/coordination-log.md", "old_string": "**Outcome:** Decided",
                     "new_string": "**Outcome:** Dropped", "replace_all": True}  # fmt: skip
            self.put(tool=self.payload("PreToolUse-Edit", tool_input=given, tool_use_id=f"toolu_{number}"))
        else:
            line = f"- The agent noted {self._words()}"
            given = {"file_path": where, "old_string": "\n## Notes\n", "new_string": f"\n## Notes\n{line}\n"}
            self.put(
                tool=self.payload("PreToolUse-Edit", tool_input=given, tool_use_id=f"toolu_{number}"),
                line=line,
            )

    def person(self) -> None:
        choice = self.dice.randrange(5)
        if choice < 2 and self.tabs:
            self.save()
        elif choice < 2:
            tab, page = f"tab {self._next()}", self.dice.choice((STATE, STATE, ROSTER, ALERTS))
            self.put(person={"does": "open", "page": page, "tab": tab})
            self.tabs.append((tab, page))
        else:
            self.put(person=self.edit())
            page = self.steps[-1]["person"]["page"]
            if self.dice.random() < 0.6:
                self.hook("FileChanged-change", file_path=f"{PLACE}/design/memory/{page}")
            if self.dice.random() < 0.5:
                self.put(hook=self.payload("UserPromptSubmit", prompt_id=f"p-{self._next()}"), news=True)

    def save(self) -> None:
        """What was opened before, saved as it was then, with something added."""
        tab, page = self.tabs.pop(0)
        self.put(person={**self._text(page), "tab": tab, "anew": self.dice.random() < 0.6})

    def edit(self) -> dict[str, Any]:
        """An edit of a page as it stands."""
        choice = self.dice.randrange(5)
        anew = self.dice.random() < 0.6
        if choice == 0:
            self.own += 100
            text, number = self._words().replace("|", "/"), NUMBER_OF_A_PERSON + self.own
            row = f"|  {number} |{text}   |high | - |  pending|"
            return {"does": "row", "page": STATE, "below": "Pending Actions", "put": row, "anew": anew,
                    "action": text, "number": number}  # fmt: skip
        if choice == 1:
            name = f"Grace {self._next()}"
            row = f"|{name}   | Advisor | active | 2026-11-20T{self._at()}Z |  Reads along|-|"
            return {"does": "row", "page": ROSTER, "below": "Active Team Members", "put": row, "anew": anew}
        if choice == 2 and any("|" not in each for each in self.rows):
            row = self.dice.choice([each for each in self.rows if "|" not in each])
            self.rows.remove(row)
            return {"does": "cell", "page": STATE, "row": row, "cell": 4, "put": "2026-11-19", "anew": anew}
        return {**self._text(self.dice.choice((STATE, ROSTER, ALERTS))), "anew": anew}

    def _text(self, page: str) -> dict[str, Any]:
        number = self._next()
        note = f"- A person's note {number}: keep *this*  as it is | so\n"
        # Each line tells its number: from which text an old copy began is known by its lines alone.
        table = f"| a {number} | b |\n|--|:-:|\n| {number}|2   |\n"
        heading = f"\n## Plans {number}\n\nFirst this {number},\tthen that.  \n\n{table}"
        return {"does": "end", "page": page, "put": self.dice.choice((note, heading))}

    def together(self) -> None:
        """Several things in one moment, a person among them."""
        words = [self._words() for _ in range(3)]
        numbers = [f"{self._next()}" for _ in range(2)]
        parts: list[Step] = [
            {"call": ["action", "add", words[0]], "says": f"step {self._next()}", "as": f"@{words[0]}"},
            {"call": ["log", "focus", "--action", words[1]]},
            {"hook": self.payload("TaskCreated", task_id=numbers[0], task_subject=words[2])},
            {
                "hook": self.payload(
                    "SubagentStart", agent_id=f"c{numbers[1]}", agent_type=self.dice.choice(KINDS)
                )
            },
            {"person": self.edit() | {"anew": True}},
        ]
        self.dice.shuffle(parts)
        self.put(**{"at once": parts})
        self.actions.append(f"@{words[0]}")
        self.tasks.append({"task_id": numbers[0], "task_subject": words[2]})
        started = next(each["hook"] for each in parts if each.get("hook", {}).get("agent_id"))
        self.subagents.append((started["agent_id"], started["agent_type"]))

    def happen(self, times: int) -> None:
        """Some of what may happen on a day."""
        what = {
            self.subagent: 5, self.task: 5, self.idle: 2, self.notice: 2, self.action: 5, self.mind: 4,
            self.alert: 4, self.handoff: 3, self.tool: 3, self.person: 9, self.together: 2, self.lost: 2,
        }  # fmt: skip
        for each in self.dice.choices([*what], [*what.values()], k=times):
            each()

    # ------------------------------------------------------------------------------------------------ the day

    def compaction(self) -> None:
        for name in ("PreCompact", "PostCompact"):
            self.hook(name, **({"compact_summary": self._words()} if name == "PostCompact" else {}))
        self.hook("SessionStart-compact")

    def crash(self) -> None:
        """The harness killed in the midst of its work, and another session begun after a while."""
        parts: list[Step] = [
            {"hook": self.payload("TaskCreated", task_id=f"{self._next()}", task_subject=self._words())},
            {"call": ["action", "add", self._words()], "says": f"step {self._next()}"},
            {"hook": self.payload("SubagentStart", agent_id=f"d{self._next()}", agent_type="lost")},
        ]
        if self.subagents:
            key, kind = self.subagents.pop(0)
            parts.append({"hook": self.payload("SubagentStop", agent_id=key, agent_type=kind,
                                               last_assistant_message=self._words())})  # fmt: skip
        soon = self.dice.random() < 0.3
        if soon:
            self.put(hook=self.payload("Stop", prompt_id=f"p-{self._next()}"))
        self.put(crash=parts, after=round(self.dice.random() * 0.15, 3))
        self.minute += 3 if soon else 25
        self.session = self._session()
        self.tasks.clear()  # those of a session are known by its id
        self.hook("SessionStart-startup")

    def day(self, turns: int) -> list[Step]:
        """A whole day: three compactions and a crash among its turns."""
        self.hook("SessionStart-startup")
        breaks = [self.compaction, self.compaction, self.compaction, self.crash]
        self.dice.shuffle(breaks)
        for each in (*breaks, None):
            for _ in range(turns):
                self.turn()
                self.minute += self.dice.randrange(1, 4)
            if each is not None:
                each()
        while self.tabs:
            self.save()
        self.put(hook=self.payload("SessionEnd-other"), again=1)
        self.put(call=["log", "focus", "--action", f"The day is over {self._next()}"])
        return self.steps


def made(seed: int, turns: int = 3) -> list[Step]:
    """The steps of the day of a seed."""
    return Maker(seed).day(turns)


if __name__ == "__main__":
    for step in made(*map(int, sys.argv[1:])):
        print(json.dumps(step, ensure_ascii=False))
