"""Differences in words: ``action 3: pending -> done``, ``alert ALERT-7 acknowledged``, ``helper-1 left: done here``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from cosmemory.document.data import is_event
from cosmemory.document.fields import Part, Record, Value, layout
from cosmemory.document.values import Measure, Raw, write_measure, write_time
from cosmemory.maintenance.steps import ADDED, MOVED, REMOVED, Step
from cosmemory.text.columns import ELLIPSIS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# What a record of each class is called, and what is said of one that came; the others are told by their key alone.
NOUNS: Mapping[str, str] = {
    "AcceptanceGate": "gate",
    "Action": "action",
    "Alert": "alert",
    "AlertFigures": "alerts",
    "AlertMirror": "alert",
    "Artifact": "artifact",
    "Checkpoint": "checkpoint",
    "CollectedMetric": "metric",
    "Contribution": "contribution of",
    "Decision": "decision",
    "DecisionLine": "decision",
    "Details": "details of",
    "Disputed": "disputed value",
    "Entry": "key",
    "HarnessSession": "harness session",
    "Execution": "attempt",
    "Finding": "finding",
    "FormerMember": "former member",
    "KeyedValue": "value",
    "Intervention": "intervention",
    "Measured": "metric",
    "MeetingAction": "action",
    "MeetingResult": "result",
    "MonthFigure": "figure",
    "Objective": "objective",
    "OpenAction": "action",
    "OverviewFigure": "figure",
    "OwnerCount": "owner",
    "Passed": "result",
    "Performer": "performer",
    "Phase": "phase",
    "PriorityCount": "priority",
    "Resolved": "resolved alert",
    "RoleCount": "role",
    "RosterLine": "roster change",
    "SloState": "SLO",
    "Stay": "stage",
    "SystemMetric": "metric",
    "Task": "task",
    "TeamChange": "team change",
    "TeamFigure": "team figure",
    "Verification": "verification",
    "Week": "week",
}
# Records that are named alone, without a noun before them, and whose values they have: ``helper-2's role``.
PERSONS = frozenset({"AgentDay", "Details", "Figure", "FormerMember", "Member"})
# Rows that other pages or other rows are carried over to: told when nothing else is.
MIRRORS = frozenset({"AlertMirror", "TeamChange"})
# The one value whose new word alone says what happened, by the class of its record.
STATUS_WORDS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("Alert", "status"): {
        "active": "active again",
        "acknowledged": "acknowledged",
        "resolving": "being resolved",
        "resolved": "resolved",
    },
}
# Where a person's value stands, if that is not the row itself.
_PLACE = {"Details": "details: "}
LONGEST = 60
_CONTEXT = 3


def quoted(value: Any) -> str:
    """A value in a sentence: a text in quotes, anything else as a page has it, nothing as ``-``."""
    shown = shown_value(value)
    if isinstance(value, str) and (" " in shown or not shown or shown == "-"):
        return f'"{shorter(shown)}"'
    return shorter(shown)


def shown_value(value: Any, declared: Value | Part | None = None) -> str:
    """A value as a page has it, on one line."""
    if value is None or value == ():
        return "-"
    if isinstance(value, Raw):
        return _line(value.text)
    if isinstance(value, tuple):
        return ", ".join(shown_value(each) for each in value)
    if isinstance(value, datetime):
        return write_time(value)
    if isinstance(value, Record) or is_event(value):
        return shown_record(value)
    if isinstance(declared, Value):
        return _line(declared.type.write(value))
    return write_measure(value) if isinstance(value, Measure) else _line(str(value))


def _line(text: str) -> str:
    return " ".join(text.split())


def shorter(text: str, length: int = LONGEST) -> str:
    """``text``, or its beginning with an ellipsis."""
    return text if len(text) <= length else text[: length - 1].rstrip() + ELLIPSIS


def shown_record(record: Any) -> str:
    """What a record says, its key left out: the values that a reader wants first."""
    if is_event(record):
        return ", ".join(filter(None, (record.type, record.action)))
    shape = layout(type(record))
    held = (
        shown_value(getattr(record, name), value)
        for name, value in shape.values.items()
        if not value.heading and getattr(record, name) not in {None, ()}
    )
    return ", ".join(shorter(each, 40) for each in held)


def sentence(step: Step) -> str:
    """What one step did, as a sentence without its end."""
    if step.value is None and step.sort in {ADDED, REMOVED} and not step.field:
        return _of_record(step)
    if step.sort == MOVED:
        title = step.value.title if step.value is not None else step.where[-1]
        return f"{title} in another order"
    return _of_value(step)


def _of_record(step: Step) -> str:
    held = step.new if step.sort == ADDED else step.old
    if is_event(held):
        return f"event {'logged' if step.sort == ADDED else 'gone from the log'}: {shown_record(held)}"
    name = type(held).__name__
    special = _SAID.get((name, step.sort))
    if special is not None:
        return special(held)
    noun = "" if name in PERSONS and name != "Details" else NOUNS.get(name, "")
    key = "" if step.key.startswith("#") else step.key
    about = " ".join(filter(None, (noun, key))) or step.where[0].replace("_", " ")
    told = shown_record(held)
    told = told.removeprefix(f"{key}, ") if key else told
    return f"{about} {step.sort}" + (f": {told}" if told and told != key else "")


_SAID: Mapping[tuple[str, str], Callable[[Any], str]] = {
    ("Action", ADDED): lambda row: f"action {row.id} added: {quoted(row.action)}",
    ("Action", REMOVED): lambda row: f"action {row.id} removed: {quoted(row.action)}",
    ("Alert", ADDED): lambda row: (
        f"alert {row.id} raised: {shown_value(row.type)} ({shown_value(row.severity)}), "
        f"{shown_value(row.resource)} at {shown_value(row.value)}"
    ),
    ("Decision", ADDED): lambda row: f"decision added: {quoted(row.decision)}",
    ("Decision", REMOVED): lambda row: f"decision removed: {quoted(row.decision)}",
    ("Member", ADDED): lambda row: f"{row.session_name} joined as {shown_value(row.role)}",
    ("Member", REMOVED): lambda row: f"{row.session_name} is no member any more",
    ("TeamChange", ADDED): lambda row: (
        f"team change noted: {shown_value(row.agent)} {shown_value(row.change)}"
    ),
}


def left(row: Any) -> str:
    """Of a member who became a former one."""
    return f"{row.session_name} left: {shown_value(row.reason)}"


def came_back(row: Any) -> str:
    """Of a former member who became one again."""
    return f"{row.session_name} came back as {shown_value(row.role)}"


def resolved(row: Any) -> str:
    """Of an alert that went from the open ones to the resolved."""
    return f"alert {row.alert_id} resolved" + (f" after {row.duration}" if row.duration else "")


def reopened(row: Any) -> str:
    """Of an alert that went from the resolved ones to the open."""
    return f"alert {row.id} open again"


def moved(step: Step, title: str) -> str:
    """Of a record that went from one section to another."""
    return f"{_about(step)} moved to {title}"


def _about(step: Step) -> str:
    """What a step is about: ``action 3``, ``helper-2``, ``alert ALERT-7``; nothing where that is the page."""
    name = step.record.__name__ if step.record else ""
    if not step.key or (step.key.startswith("#") and name not in NOUNS):
        return ""
    return step.key if name in PERSONS else f"{NOUNS.get(name, '')} {step.key}".strip()


def _of_value(step: Step) -> str:
    name = step.record.__name__ if step.record else ""
    about = _about(step)
    title = step.value.title if step.value is not None and step.value.title else step.field.replace("_", " ")
    if "extra" in step.where[-2:-1]:
        title = step.field.replace("_", " ")
    word = STATUS_WORDS.get((name, step.field), {}).get(str(step.new))
    if about and word:
        return f"{about} {word}"
    if isinstance(step.old, tuple) or isinstance(step.new, tuple):
        return _of_items(about, title, step.old or (), step.new or ())
    if step.field == "last_seen" and name in PERSONS and step.new is not None:
        return f"{about} seen at {shown_value(step.new)}"
    told = _from_to(step)
    if not about:
        return f"{title}: {told}"
    if step.field == "status" and name not in PERSONS:
        return f"{about}: {told}"
    if name == "Figure":
        return f"{step.where[1]}'s {step.key} {told}"
    said = f"{title.lower()} {told}"
    return f"{about}: {said}" if name not in PERSONS else f"{about}'s {_PLACE.get(name, '')}{said}"


def _from_to(step: Step) -> str:
    old, new = step.old, step.new
    long = isinstance(old, str) and isinstance(new, str) and ("\n" in old + new or len(old + new) > LONGEST)
    if long:
        return word_difference(old, new)
    if isinstance(old, str) or isinstance(new, str):
        simple = all(" " not in each for each in (old, new) if isinstance(each, str))
        if not simple:
            return f"{_text(old)} -> {_text(new)}"
    return f"{shorter(shown_value(old, step.value))} -> {shorter(shown_value(new, step.value))}"


def _text(value: Any) -> str:
    return f'"{shorter(_line(value))}"' if isinstance(value, str) else shown_value(value)


def _of_items(about: str, title: str, old: Sequence[str], new: Sequence[str]) -> str:
    gone = [each for each in old if each not in new]
    come = [each for each in new if each not in old]
    told = [f"added {quoted(each)}" for each in come] + [f"removed {quoted(each)}" for each in gone]
    said = f"{title.lower() if about else title}: {', '.join(told) or 'in another order'}"
    return f"{about}: {said}" if about else said


def word_difference(old: str, new: str) -> str:
    """What changed between two long texts, word by word: ``away until [-Monday-]{+Tuesday+}``."""
    from difflib import SequenceMatcher

    before, after = old.split(), new.split()
    if before == after:
        return "only its blanks and line ends"
    pieces: list[str] = []
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for at, (tag, a, b, c, d) in enumerate(found):
        if tag == "equal":
            pieces += _around(before[a:b], first=at == 0, last=at == len(found) - 1)
            continue
        gone, come = " ".join(before[a:b]), " ".join(after[c:d])
        pieces.append((f"[-{shorter(gone)}-]" if gone else "") + (f"{{+{shorter(come)}+}}" if come else ""))
    return " ".join(pieces)


def _around(words: list[str], *, first: bool, last: bool) -> list[str]:
    """The words next to a change; those farther away are left out."""
    if len(words) <= 2 * _CONTEXT and not first and not last:
        return words
    begin = [] if first else words[:_CONTEXT]
    end = [] if last else words[-_CONTEXT:]
    if len(begin) + len(end) >= len(words):
        return words
    return [*begin, ELLIPSIS, *end]
