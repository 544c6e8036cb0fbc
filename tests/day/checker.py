"""What must stand on the pages after a day, told from the payloads, the calls and what was acknowledged alone.

It is a model of its own: nothing of the package is asked what a payload means, and pages are read by eye. A fact that was
acknowledged is there exactly once; one whose process was killed before is there once or not at all, in all places alike.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.day.playing import TODAY, Answered, Step

ANY = "…"  # an outcome that is not for the checker to know
FRESH = timedelta(minutes=10)
STALE = timedelta(seconds=600)
ENDED = {"done", "cancelled", "completed", "ended"}
STATUS = {"start": "in_progress", "block": "blocked", "done": "done", "cancel": "cancelled"}


@dataclass(slots=True, kw_only=True)
class Fact:
    """Something that has come to be: whether surely, and each status in which it may be by now."""

    sure: bool = False
    statuses: set[str] = field(default_factory=set)
    told: dict[str, str] = field(default_factory=dict)

    def become(self, status: str, *, sure: bool) -> None:
        """It took a status, surely or perhaps."""
        self.statuses = {status} if sure else self.statuses | {status}

    @property
    def is_open(self) -> bool:
        """Whether it surely is there and not over."""
        return self.sure and not self.statuses & ENDED

    @property
    def is_over(self) -> bool:
        """Whether it surely is over."""
        return self.sure and self.statuses <= ENDED


@dataclass(slots=True, kw_only=True)
class Seen:
    """A harness's session: who opened ours, when it was seen last, and how it stands."""

    status: str
    last: datetime


class Checker:
    """All that is known to have happened."""

    def __init__(self) -> None:
        self.events: dict[tuple[str, str, str], dict[str, bool]] = defaultdict(dict)
        self.changes: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
        self.messages: dict[str, bool | None] = {}  # None: refused, so that nothing happened
        self.actions: dict[str, Fact] = defaultdict(Fact)
        self.alerts: dict[str, Fact] = defaultdict(Fact)
        self.decisions: dict[str, Fact] = defaultdict(Fact)
        self.handoffs: dict[str, Fact] = defaultdict(Fact)
        self.agents: dict[str, Fact] = defaultdict(Fact)
        self.mates: dict[str, dict[str, str]] = {}
        self.sessions: dict[str, Seen] = {}
        self.blocks: list[tuple[str, str]] = []  # what a person wrote, by page
        self.lines: list[tuple[str, str]] = []  # what the agent's tools wrote
        self.names: dict[str, str] = {}
        self.focus = self.ours = self.ending = ""
        self.compacted: list[datetime] = []
        self.edited = False  # a person saved something that the agent was not told of yet
        self.news: list[str] = []
        self.briefs: list[str] = []

    def saw(self, step: Step, answered: list[Answered]) -> None:
        """A step, and what was answered to each of its processes."""
        for each in answered:
            assert "Traceback" not in each.err, each.err
        at = datetime.fromisoformat(f"{TODAY}T{step['at']}+00:00")
        if "hook" in step:
            assert {each.code for each in answered} <= {0, None}, answered
            self._hook(step["hook"], at, answered, news=bool(step.get("news")))
        elif "call" in step:
            self._call(step, answered[0])
        elif answered[0].done and "person" in step:
            self._person(step["person"])
        elif answered[0].done and "line" in step:
            self.lines.append(("cos-state.md", step["line"]))
        elif answered[0].out == "refused":
            assert not {"line", "file"} & step.keys(), step

    def _event(self, key: str, kind: str, action: str, outcome: str, *, sure: bool) -> None:
        known = self.events[kind, action, outcome]
        known[key] = known.get(key, False) or sure

    # ---------------------------------------------------------------------------------------------- the agent

    def _call(self, step: Step, answer: Answered) -> None:
        noun, *words = step["call"]
        said = step.get("says", " ".join(step["call"]))
        if answer.code not in (0, None):
            self.messages[said] = None
            return
        sure = answer.done
        if "says" in step:
            self.messages[said] = sure
        options = dict(zip(words[-2::-2], words[::-2], strict=False))
        if noun == "focus":
            self.focus = words[0]
            self._event(said, "focus", words[0], "Priority high", sure=sure)
        elif noun == "log":
            self._event(said, "focus", options["--action"], "", sure=sure)
        elif noun == "decision":
            self.decisions[words[0]].sure = sure
            self._event(said, "decision", words[0], "Decided", sure=sure)
        elif noun == "action":
            self._action(said, words, answer)
        elif noun == "alert":
            self._alert(said, words, options, answer)
        else:
            key = options["--id"] if words[0] == "create" else words[1]
            how, status = (
                ("handed over", "pending") if words[0] == "create" else ("acknowledged", "acknowledged")
            )
            self.handoffs[key].sure = self.handoffs[key].sure or sure
            self.handoffs[key].become(status, sure=sure)
            self._event(
                said, "handoff", f"{key} {how}", "waits for h2" if status == "pending" else status, sure=sure
            )

    def _action(self, said: str, words: list[str], answer: Answered) -> None:
        verb, sure = words[0], answer.done
        text = words[1].removeprefix("@")
        fact = self.actions[text]
        if verb == "add":
            fact.sure, fact.told = sure, {"ID": answer.out.strip()}
        fact.become("pending" if verb == "add" else STATUS[verb], sure=sure)
        self._event(said, "action", text, "Added" if verb == "add" else STATUS[verb], sure=sure)

    def _alert(self, said: str, words: list[str], options: dict[str, str], answer: Answered) -> None:
        verb, sure = words[0], answer.done
        kind = options["--type"] if verb == "raise" else words[1].removeprefix("@")
        fact = self.alerts[kind]
        if verb == "raise":
            fact.sure, fact.told = sure, {"ID": answer.out.strip(), "Severity": options["--severity"]}
        key = fact.told["ID"]
        status = {"raise": "active", "ack": "acknowledged", "resolve": "ended"}[verb]
        fact.become(status, sure=sure)
        if verb == "raise":
            self._event(said, "alert_triggered", f"{key} raised: {kind} on mailer",
                        f"{options['--severity']}: 12 against 5", sure=sure)  # fmt: skip
        elif verb == "ack":
            self._event(said, "decision", f"{key} acknowledged", "acknowledged", sure=sure)
        else:
            self._event(said, "alert_resolved", f"{key} resolved: {kind}", ANY, sure=sure)

    def _person(self, edit: dict[str, Any]) -> None:
        if edit["does"] == "open":
            return
        self.edited = True
        if edit["does"] == "cell":
            self.actions[edit["row"]].told["Deadline"] = edit["put"]
            return
        page = edit["page"]
        row = edit["does"] == "row"
        if "action" in edit:
            self.actions[edit["action"]] = Fact(
                sure=True, statuses={"pending"}, told={"ID": str(edit["number"])}
            )
        # The status of a row is for others to change.
        self.blocks.append((page, edit["put"].removesuffix("  pending|") if row else edit["put"]))

    # -------------------------------------------------------------------------------------------- the harness

    def _hook(self, payload: dict[str, Any], at: datetime, answered: list[Answered], *, news: bool) -> None:
        sure = any(each.done for each in answered)
        key, event = json.dumps(payload, sort_keys=True), payload["hook_event_name"]
        handler = getattr(self, f"_on_{event.lower()}", None)
        if handler is not None:
            handler(payload, at, key, sure=sure)
        contexts = [context for each in answered if each.out and (context := _context(each.out))]
        if event == "SessionStart":
            self.edited = self.edited and not contexts
            done = [each for each in answered if each.done]
            assert len(contexts) >= len(done), answered
            for each in contexts if sure else ():
                self._judge(each)
        elif event == "UserPromptSubmit" and sure:
            if news and self.edited:
                self.news.append("" if any("by hand" in each for each in contexts) else f"{at}: {contexts}")
            self.edited = False

    def _changed(self, operation: str, payload: dict[str, Any], key: str, *, sure: bool) -> None:
        known = self.changes[operation, payload["session_id"]]
        known[key] = known.get(key, False) or sure

    def _on_sessionstart(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        name = payload["session_id"]
        if not sure or (name in self.sessions and self.sessions[name].status == "active"):
            return
        if not self.ours:
            self.ours, how = f"cos-{at:%Y%m%d_%H%M%S}", "started"
        else:
            for each in self.sessions.values():
                if each.status == "active" and at - each.last >= STALE:
                    each.status = "interrupted"
            others = any(each.status == "active" for each in self.sessions.values())
            how = "joined" if others else "resumed"
        self.sessions[name] = Seen(status="active", last=at)
        self._event(key, "session", f"{self.ours} {how}", f"claude session {name}", sure=True)
        self._changed("hook session start", payload, key, sure=True)

    def _on_stop(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        if sure:
            self.sessions[payload["session_id"]].last = at

    def _on_sessionend(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        own = self.sessions[payload["session_id"]]
        if own.status != "active":
            return
        own.status = "ended"
        rest = {each.status for each in self.sessions.values()}
        self.ending = "left" if "active" in rest else "paused" if "interrupted" in rest else "completed"
        name = payload["session_id"]
        self._event(key, "session", f"{self.ours} {self.ending}", f"claude session {name}", sure=sure)
        self._changed("hook session end", payload, key, sure=sure)

    def _on_precompact(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        # One that is fresh enough does: that there is one is looked at on its own.
        self._event(f"{at}", "checkpoint", f"Made checkpoint_{at:%Y%m%d_%H%M%S}", ANY, sure=False)
        if sure:
            self.compacted.append(at)

    def _on_postcompact(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        self._event(key, "session", "Context compacted", payload["trigger"], sure=sure)

    def _on_notification(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        self._event(key, "session", f"Notified: {payload['title']}", payload["message"], sure=sure)

    def _on_stopfailure(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        self._event(key, "escalation", "A turn failed", payload["error"], sure=sure)

    def _on_subagentstart(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        agent, kind = payload["agent_id"], payload["agent_type"]
        fact = self.agents[agent]
        fact.sure = fact.sure or sure
        fact.told["Type"] = kind
        self._changed("hook subagent start", payload, key, sure=sure)
        fact.become("running", sure=sure)
        self._event(agent, "agent", f"{agent} ({kind}) spawned", "running", sure=sure)

    def _on_subagentstop(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        agent, kind = payload["agent_id"], payload["agent_type"]
        fact = self.agents[agent]
        self._changed("hook subagent stop", payload, key, sure=sure)
        fact.become("completed", sure=sure)
        if sure:
            fact.told["Message"] = payload["last_assistant_message"]
        self._event(agent, "agent", f"{agent} ({kind}) completed", "completed", sure=sure)

    def _on_teammateidle(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        name = payload["teammate_name"]
        held = self.mates.get(name, {"Task": "-"})
        if not sure or held.get("Status") == "idle":
            return
        self.mates[name] = {**held, "Status": "idle"}
        self._event(
            f"{key} {len(self.events)} {at}",
            "team_change",
            f"{name}: Status changed to idle",
            "Changed",
            sure=True,
        )
        self._changed("hook teammate idle", payload, f"{key} {at}", sure=True)

    def _on_taskcreated(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        text, name = payload["task_subject"], payload.get("teammate_name", "")
        fact = self.actions[text]
        fresh = not fact.sure
        fact.sure = fact.sure or sure
        if fresh:
            fact.become("pending", sure=sure)
        self._event(key, "action", text, "Added", sure=sure)
        self._changed("hook task created", payload, key, sure=sure)
        if sure and fresh and name and self.mates.get(name, {"Task": "-"})["Task"] == "-":
            self.mates[name] = {"Status": "active", "Task": text}

    def _on_taskcompleted(self, payload: dict[str, Any], at: datetime, key: str, *, sure: bool) -> None:
        text, name = payload["task_subject"], payload.get("teammate_name", "")
        fact = self.actions[text]
        first = not fact.is_over
        fact.become("done", sure=sure)
        self._event(key, "action", text, "done", sure=sure)
        self._changed("hook task completed", payload, key, sure=sure)
        if sure and first and name:
            held = self.mates.get(name, {"Task": "-"})["Task"]
            self.mates[name] = {"Status": "active", "Task": "-" if held == text else held}

    # ---------------------------------------------------------------------------------------------- the brief

    def _judge(self, brief: str) -> None:
        missing = [each for each in self.still_open() if each not in brief]
        wrong = [each for each in self.over() if each in brief]
        assert (missing, wrong) == ([], []), brief
        self.briefs.append(brief)

    def still_open(self) -> Iterator[str]:
        """What a brief must say by now."""
        yield f"- session {self.ours} is active since "
        if self.focus:
            yield f": {_shown(self.focus)}\n"
        for text, fact in self.actions.items():
            if fact.is_open and "ID" in fact.told:
                yield f"\n- action {fact.told['ID']}, "
            if fact.is_open:
                late = "OVERDUE, due 2026-11-19" if "Deadline" in fact.told else ""
                yield f"{late}: {_shown(text)}\n"
        for kind, fact in self.alerts.items():
            if fact.is_open:
                (status,) = fact.statuses
                yield f"\n- {fact.told['ID']}, {fact.told['Severity']}, {status} since "
                yield f": {_shown(kind)} on mailer"
        yield from (
            f"\n- handoff {key} from h1 to h2"
            for key, fact in self.handoffs.items()
            if fact.statuses == {"pending"}
        )
        yield from (
            f"\n- agent {key}: running"
            for key, fact in self.agents.items()
            if fact.sure and fact.statuses == {"running"}
        )

    def over(self) -> Iterator[str]:
        """What no brief may say is open by now."""
        yield from (
            f"\n- action {fact.told['ID']}, "
            for fact in self.actions.values()
            if fact.is_over and "ID" in fact.told
        )
        yield from (f"\n- {fact.told['ID']}, " for fact in self.alerts.values() if fact.is_over)
        yield from (
            f"\n- handoff {key} from"
            for key, fact in self.handoffs.items()
            if fact.statuses == {"acknowledged"}
        )
        yield from (f"\n- agent {key}: " for key, fact in self.agents.items() if fact.is_over)


def _context(out: str) -> str:
    found = json.loads(out).get("hookSpecificOutput", {}).get("additionalContext", "")
    return str(found)


def _shown(text: str) -> str:
    """A text as a brief shows it: what may open a tag is spelled out."""
    return text.replace("<", "\\x3c")
