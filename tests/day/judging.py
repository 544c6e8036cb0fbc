"""The pages after a day, held against what the checker knows."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

from cosmemory.connect import open_memory
from tests.day import pages
from tests.day.checker import ANY, FRESH, Checker, Fact
from tests.day.playing import AGENT

HALF = "is half there"


def faults(root: Path, known: Checker) -> list[str]:
    """All that is wrong on the pages and in the history, in words."""
    found = [*known.news, *on_the_pages(root, known), *_sound(root), *_history(root, known)]
    return [each for each in found if each]


def on_the_pages(root: Path, known: Checker) -> list[str]:
    """Where the pages tell something else than what is known."""
    names = [str(path.relative_to(root)) for path in root.rglob("*.md")]
    texts = {name: pages.text_of(root, name) for name in names}
    found = _checkpoints(root, texts, known)
    for part in (_log, _actions, _alerts, _decisions, _handoffs, _agents, _mates, _session, _hands):
        found += part(texts, known)
    # Where a person saved a page between a kill and the next change, ours is kept beside theirs.
    kept = "".join(pages.plain(path.read_text()) for path in (root / ".cosmemory" / "conflicts").glob("*"))
    return [
        each for each in found if not (each.endswith(HALF) and any(e in kept for e in each.split("'")[1:2]))
    ]


def _bounds(told: dict[str, bool]) -> tuple[int, int]:
    return sum(told.values()), len(told)


def _log(texts: dict[str, str], known: Checker) -> list[str]:
    """Each event as often as it was acknowledged, and none that nobody told of."""
    count: Counter[tuple[str, str, str]] = Counter()
    for each in pages.entries(texts[pages.LOG]):
        kind, action, outcome = each["Type"], each["Action"], each.get("Outcome", "")
        if kind == "team_change":
            action = f"{each['Involved']}: {action}"
        count[kind, action, ANY if kind in ("alert_resolved", "checkpoint") else outcome] += 1
    found = [f"nobody told the log of {each}" for each in count if each not in known.events]
    for event, told in known.events.items():
        least, most = _bounds(told)
        if not least <= count[event] <= most:
            found.append(f"{event} is {count[event]} times in the log, not {least} to {most}")
    return found


def _rows_of(found: list[list[str]], column: int) -> dict[str, list[list[str]]]:
    rows: dict[str, list[list[str]]] = {}
    for each in found:
        rows.setdefault(each[column], []).append(each)
    return rows


def _once(what: str, facts: dict[str, Fact], rows: dict[str, list[list[str]]]) -> list[str]:
    found = [f"{what} {each!r} is nobody's" for each in rows if each not in facts]
    for text, fact in facts.items():
        times = len(rows.get(text, []))
        if times > 1 or (fact.sure and times == 0):
            found.append(f"{what} {text!r} is there {times} times")
    return found


def _actions(texts: dict[str, str], known: Checker) -> list[str]:
    rows = _rows_of(pages.rows(texts[pages.STATE], "Pending Actions"), 1)
    found = _once("action", known.actions, rows)
    logged = {each["Action"] for each in pages.entries(texts[pages.LOG]) if each.get("Outcome") == "Added"}
    for text, fact in known.actions.items():
        for row in rows.get(text, []):
            number, deadline, status = row[0], row[3], row[-1]
            if status not in fact.statuses or deadline != fact.told.get("Deadline", "-"):
                found.append(f"action {text!r} is {status}, due {deadline}, not {fact}")
            if fact.sure and fact.told.get("ID", number) != number:
                found.append(f"action {text!r} is number {number}, not {fact.told['ID']}")
        if not fact.sure and (text in rows) != (text in logged):
            found.append(f"action {text!r} {HALF}")
    numbers = [each[0][0] for each in rows.values()]
    return found + [f"two actions of a number: {numbers}"] * (len(set(numbers)) != len(numbers))


def _alerts(texts: dict[str, str], known: Checker) -> list[str]:
    found, page = [], texts[pages.ALERTS]
    resolved = _rows_of(pages.rows(page, "Recently Resolved"), 0)
    shown = _rows_of(pages.rows(texts[pages.STATE], "Active Alerts"), 0)
    for kind, fact in known.alerts.items():
        key, (status,) = fact.told["ID"], fact.statuses
        below = pages.section(page, fact.told["Severity"].capitalize())
        block = below.partition(f"### {key}\n")[2].partition("\n#")[0]
        here = (page.count(f"### {key}\n"), len(shown.get(key, [])), len(resolved.get(key, [])))
        if here != ((0, 0, 1) if status == "ended" else (1, 1, 0)):
            found.append(f"alert {key} is {status}, and there {here} times")
        elif status != "ended" and (pages.value(block, "Status"), pages.value(block, "Type")) != (
            status,
            kind,
        ):
            found.append(f"alert {key} is not {status} for {kind}: {block}")
    return found


def _decisions(texts: dict[str, str], known: Checker) -> list[str]:
    rows = _rows_of(pages.rows(texts[pages.STATE], "Recent Decisions"), 1)
    logged = {each["Action"] for each in pages.entries(texts[pages.LOG])}
    half = [f"decision {each!r} {HALF}" for each in known.decisions if (each in rows) != (each in logged)]
    focus = pages.value(pages.section(texts[pages.STATE], "Current Focus"), "Primary Task")
    half += [f"the focus is {focus!r}, not {known.focus!r}"] * (known.focus not in ("", focus))
    return half + _once("decision", known.decisions, rows)


def _handoffs(texts: dict[str, str], known: Checker) -> list[str]:
    found = []
    for key, fact in known.handoffs.items():
        text = texts.get(f"handoffs/{key}.md", "")
        if not any(f"\nstatus: {each}\n" in text for each in fact.statuses):
            found.append(f"handoff {key} is not {fact.statuses}: {text[:300]}")
    return found


def _agents(texts: dict[str, str], known: Checker) -> list[str]:
    found = [
        f"{each} is nobody's"
        for each in texts
        if each.startswith("agents/") and each[7:-3] not in known.agents
    ]
    rows = _rows_of(pages.rows(texts[pages.ROSTER], "Active Team Members"), 0)
    logged = {each["Involved"] for each in pages.entries(texts[pages.LOG]) if each["Type"] == "agent"}
    for key, fact in known.agents.items():
        text = texts.get(f"agents/{key}.md", "")
        if (fact.sure and not text) or (key in logged) != bool(text):
            found.append(f"agent {key} {HALF}")
        elif text and pages.value(text, "Status") not in fact.statuses:
            found.append(f"agent {key} is {pages.value(text, 'Status')}, not {fact.statuses}")
        elif fact.is_over and pages.value(text, "Message") != fact.told["Message"]:
            found.append(f"agent {key} said {pages.value(text, 'Message')!r}, not {fact.told['Message']!r}")
    for kind in {each.told["Type"] for each in known.agents.values()}:
        own = {key: each for key, each in known.agents.items() if each.told["Type"] == kind}
        found += _row_of_sort(kind, own, texts, rows.get(kind, []))
    return found


def _row_of_sort(kind: str, own: dict[str, Fact], texts: dict[str, str], rows: list[list[str]]) -> list[str]:
    """The one row of a sort names those of it that are at work by their pages."""
    there = [key for key in own if f"agents/{key}.md" in texts]
    running = [key for key in there if pages.value(texts[f"agents/{key}.md"], "Status") == "running"]
    if len(rows) != bool(there):
        return [f"{kind} has {len(rows)} rows on the roster"]
    told = rows[0] if rows else ["", "", "offline", "", "-", ""]
    named = {each for each in own if each in told[4].replace(",", " ").split()}
    if told[2] != ("active" if running else "offline") or (len(running) <= 5 and named != {*running}):
        return [f"{kind} on the roster is {told}, but at work are {running}"]
    return []


def _mates(texts: dict[str, str], known: Checker) -> list[str]:
    rows = _rows_of(pages.rows(texts[pages.ROSTER], "Active Team Members"), 0)
    told = {name: [(each[2], each[4]) for each in rows.get(name, [])] for name in known.mates}
    return [
        f"{name} is {told[name]} on the roster, not {held}"
        for name, held in known.mates.items()
        if told[name] != [(held["Status"], held["Task"])]
    ]


def _session(texts: dict[str, str], known: Checker) -> list[str]:
    page = f"sessions/{known.ours}.md" if known.ending == "completed" else pages.SESSION
    text = texts.get(page, "")
    status = {"left": "active"}.get(known.ending, known.ending)
    found = [f"{page} is {pages.value(text, 'Status')!r}, not {status}"] * (
        pages.value(text, "Status") != status
    )
    rows = _rows_of(pages.rows(text, "Harness Sessions"), 0)
    for key, seen in known.sessions.items():
        if [each[5] for each in rows.get(key, [])] != [seen.status]:
            found.append(f"the session {key} is {rows.get(key)}, not {seen}")
    idle = pages.value(pages.section(texts[pages.STATE], "Session Info"), "Status")
    wanted = "active" if known.ending == "left" else "idle"
    return found + [f"cos-state is {idle}, not {wanted}"] * (idle != wanted)


def _hands(texts: dict[str, str], known: Checker) -> list[str]:
    """What a person or a tool wrote, byte for byte."""
    return [
        f"{block!r} is {texts[page].count(block)} times on {page}"
        for page, block in (*known.blocks, *known.lines)
        if texts[page].count(block) != 1
    ]


def _sound(root: Path) -> list[str]:
    memory = open_memory(str(root))
    found = [
        f"{page.path}: {each.code} {each.message}"
        for page in memory.validate().pages
        for each in page.diagnostics
        if each.severity == "error"
    ]
    # What a killed process left of the cache may be lost at any time, and is nobody's.
    named = [path for path in root.rglob("*") if path.parent.name != "cache"]
    left = [
        str(path) for path in named if path.name.endswith((".tmp", ".part", "~")) or path.name == "intent"
    ]
    return found + left + [str(path) for path in (root / "conflicts").glob("*")]


def _checkpoints(root: Path, texts: dict[str, str], known: Checker) -> list[str]:
    """A fresh one for each time that the context was cut, and each as a whole: with its event, and every copy as it was."""
    made = {
        each["Action"].removeprefix("Made "): datetime.fromisoformat(each["Time"])
        for each in pages.entries(texts[pages.LOG])
        if each["Type"] == "checkpoint"
    }
    there = {each.name for each in (root / "checkpoints").iterdir() if not each.name.startswith(".")}
    found = [f"checkpoints {sorted(there)} are there, {sorted(made)} in the log"] * (there != set(made))
    for at in known.compacted:
        if not any(at - FRESH <= each <= at for each in made.values()):
            found.append(f"there is no checkpoint of {at}")
    return found


def _history(root: Path, known: Checker) -> list[str]:
    """Who made each change, once each, and that a person's are told as a person's."""
    history = open_memory(str(root)).store.history()
    changes = history.revisions()
    found = []
    messages = Counter(each.attribution.message for each in changes)
    for message, sure in known.messages.items():
        least, most = (0, 0) if sure is None else (int(sure), 1)
        if not least <= messages[message] <= most:
            found.append(f"the history tells of {message} {messages[message]} times")
    for (operation, session), told in known.changes.items():
        least, most = _bounds(told)
        times = sum(
            e.attribution.operation == operation and session in e.attribution.message for e in changes
        )
        if not least <= times <= most:
            found.append(
                f"the history tells of {operation} in {session} {times} times, not {least} to {most}"
            )
    for each in changes:
        told = each.attribution
        wanted = (
            {""}
            if each.by_hand
            else {"claude"}
            if any(e in told.message for e in known.sessions)
            else {AGENT}
        )
        if told.operation == "reconcile":
            wanted = {"claude", AGENT}  # whoever comes next after a person saved an older copy
        if told.actor not in wanted:
            found.append(f"change {each.number} ({told}) was made by {told.actor}, not {wanted}")
    wanted_of = [(page, block) for page, block in (*known.blocks, *known.lines)]
    for each in reversed(changes):
        for step in each.pages:
            mine = [(page, block) for page, block in wanted_of if page == step.path]
            text = history.text(step.path, each.number) if mine else b""
            for page, block in mine:
                if block.encode() in (text or b""):
                    wanted_of.remove((page, block))
                    if not each.by_hand:
                        found.append(
                            f"change {each.number} wrote {block!r}, says the history: {each.attribution}"
                        )
    return found + [f"the history does not know {each}" for each in wanted_of]
