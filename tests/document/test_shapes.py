"""The shapes that real pages have: each is read, and a changed value keeps the human's shape around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from cosmemory.document.changes import changed
from cosmemory.document.data import data_of, plain
from cosmemory.document.paths import value_at, with_value
from cosmemory.kinds import COORDINATION_LOG, kind_of
from cosmemory.kinds.page import read_page
from cosmemory.store import Stored, revision_of
from cosmemory.syntax.parse import parse

ROSTER, STATE, ALERTS = "team-roster.md", "cos-state.md", "alerts/active-alerts.md"
LOG, DAY, MONTH = "coordination-log.md", "performance/metrics-2026-11-20.md", "performance/agent-a-2026-11.md"


@dataclass(frozen=True)
class Shape:
    """A page as somebody wrote it, what is read from it, and one value of it that is then set."""

    name: str
    path: str
    page: str
    read: dict[str, Any]
    set: tuple[str, str]
    before: str
    after: str


SHAPES = [
    Shape(
        "a roster of five columns without counts",
        ROSTER,
        "# Team Roster\n\nLast Updated: 2026-02-01T10:00:00Z\n\n## Active Team Members\n\n"
        "| Session Name | Role | Status | Last Seen | Current Task |\n|--|--|--|--|--|\n"
        "| dev-1  | Developer | active | 2026-02-01T09:55:00Z | #42 |\n",
        {"active_team_members.dev-1.current_task": "#42", "total_agents": None},
        ("active_team_members.dev-1.status", "busy"),
        "| active |", "| busy |",
    ),
    Shape(
        "a team as a heading each, with labels that are not bold",
        ROSTER,
        "# Team\n\n## Active Team Members\n\n### dev-1\n- Role: Developer\n- Current Task: #42\n- Health: Good\n\n"
        "### dev-2\n- Role: Tester\n- Current Task: None\n",
        {"active_team_members.dev-1.role": "Developer", "active_team_members.dev-2.current_task": None,
         "active_team_members.dev-1.extra": {"health": "Good"}},
        ("active_team_members.dev-2.current_task", "#43"),
        "Task: None", "Task: #43",
    ),
    Shape(
        "tasks as a list, some with boxes, above a table and a list of notes",
        STATE,
        "# Chief of Staff State\n\n## Pending Tasks\n\n- None\n- Write `a|b`\n- [ ] Fix it\n  - nested\n* [x] Ship it\n\n"
        "| ID | Action | Priority | Deadline | Status |\n|--|--|--|--|--|\n| 1 | Go | low | - | pending |\n\n- a note\n",
        {"pending_actions.#1.action": "Write `a|b`", "pending_actions.#1.status": None,
         "pending_actions.#2.action": "Fix it", "pending_actions.#2.status": "pending",
         "pending_actions.#3.status": "done", "pending_actions.1.action": "Go"},
        ("pending_actions.#2.action", "1. Mend it"),
        "[ ] Fix it", "[ ] 1\\. Mend it",
    ),
    Shape(
        "alerts as a list",
        STATE,
        "# Chief of Staff State\n\n## Active Alerts\n- CPU high on db-1\n",
        {"active_alerts.#1.type": "CPU high on db-1", "active_alerts.#1.alert_id": None},
        ("active_alerts.#1.type", "CPU high on db-2"),
        "db-1", "db-2",
    ),
    Shape(
        "an empty team",
        ROSTER,
        "# Team Roster\n\nTotal Agents: none\n\n## Active Team Members\n- None\n\n## Inactive Team Members\n(none)\n",
        {"active_team_members": [], "inactive_team_members": []},
        ("total_agents", "0"),
        "Agents: none", "Agents: 0",
    ),
    Shape(
        "a roster of its own title at level 2, the name in the first column, a status with a capital",
        ROSTER,
        "## Team Roster\n\n| Agent | Role | Assigned | Status |\n| :--- | :---: | ---: | --- |\n"
        "| dev-1 | Developer | 2026-01-01 | Active |\n",
        {"active_team_members.dev-1.status": "active", "active_team_members.dev-1.extra": {"assigned": "2026-01-01"}},
        ("active_team_members.dev-1.role", "Architect"),
        "| Developer |", "| Architect |",
    ),
    Shape(
        "a roster one level deeper, with a column of progress",
        ROSTER,
        "# Handoff\n\n## State\n\n### Active Agents\n\n| Session Name | Role | Status | Task | Progress |\n"
        "|---|---|---|---|---|\n| dev-1 | Developer | blocked | #42 | 75% |\n",
        {"active_team_members.dev-1.current_task": "#42", "active_team_members.dev-1.extra.progress": "75%"},
        ("active_team_members.dev-1.extra.progress", "80%"),
        "75%", "80%",
    ),
    Shape(
        "a roster by projects, rules between them, times to the minute and days alone",
        ROSTER,
        "# Agents\n\n**Team Lead:** dev-1\n\n## Project: one\n\n"
        "| Agent Name | Role | Status | Added | Last Active |\n|---|---|---|---|---|\n"
        "| dev-1 | Lead | hibernated | 2026-01-01 | 2026-01-02 10:30 |\n\n---\n\n## Project: two\n\n"
        "| Agent Name | Role | Status | Added | Last Active |\n|---|---|---|---|---|\n"
        "| dev-2 | Dev | active | 2026-01-01 | 2026-01-03 |\n",
        {"active_team_members.dev-1.status": "hibernated", "extra.team_lead": "dev-1",
         "active_team_members.dev-1.last_seen": "2026-01-02T10:30:00Z",
         "active_team_members.dev-2.last_seen": "2026-01-03T00:00:00Z"},
        ("active_team_members.dev-2.status", "idle"),
        "| active |", "| idle |",
    ),
    Shape(
        "state with its times below the title, and a row that says that there is nothing",
        STATE,
        "# Chief of Staff State\n**Last Updated**: 2026-02-01 10:00:00\n**Session Count**: 3\n\n## Pending Actions\n\n"
        "- No pending tasks\n\n## Active Alerts\n\n| Alert ID | Type | Severity | Since |\n|---|---|---|---|\n"
        "| _No alerts registered_ | - | - | - |\n",
        {"session_info.last_updated": "2026-02-01T10:00:00Z", "extra.session_count": "3",
         "pending_actions": [], "active_alerts": []},
        ("session_info.last_updated", "2026-02-01T11:00:00Z"),
        "**Last Updated**: 2026-02-01 10:00:00", "**Last Updated**: 2026-02-01T11:00:00Z",
    ),
    Shape(
        "state with sections that nobody knows, and spellings of nothing",
        STATE,
        "# Chief of Staff State\n\n**Updated**: 2026-02-01T10:00:00Z\n\n## Managed Projects\n\n### one\n"
        "- github_project: (none)\n- last_assignment: none\n\n## Notes\n_No notes yet._\n",
        {"session_info.last_updated": "2026-02-01T10:00:00Z", "notes": None},
        ("notes", "Ready."),
        "_No notes yet._", "Ready.",
    ),
    Shape(
        "labels of five makes on one page",
        STATE,
        "# Chief of Staff State\n\n## Session Info\n- **Session ID:** cos-1\n* **started** : 2026-02-01T10:00:00Z\n"
        "**Last Updated**: 2026-02-01T10:00:00Z\nStatus: active\n\n## Resource Status\n+ __Memory__: 62%\n  - CPU Load : 1.5\n",
        {"session_info.session_id": "cos-1", "session_info.started": "2026-02-01T10:00:00Z",
         "session_info.status": "active", "resource_status.memory": 62},
        ("session_info.started", "2026-02-01T09:00:00Z"),
        "* **started** : 2026-02-01T10", "* **started** : 2026-02-01T09",
    ),
    Shape(
        "a status in the heading",
        STATE,
        "# Chief of Staff State\n\n## Status: busy\n\n## Session Info\nSession ID: cos-1\n",
        {"session_info.status": "busy", "session_info.session_id": "cos-1"},
        ("session_info.status", "idle"),
        "## Status: busy\n", "## Status: idle\n",
    ),
    Shape(
        "identity in front matter, with and without quotes",
        STATE,
        "---\nsession_id: \"cos-1\"\nstatus: 'busy'  # since noon\nlast_updated: 2026-02-01T10:00:00Z\ntags: [a, b]\n---\n"
        "# Chief of Staff State\n\n## Notes\nNone\n",
        {"session_info.session_id": "cos-1", "session_info.status": "busy", "extra.tags": "a, b",
         "session_info.last_updated": "2026-02-01T10:00:00Z"},
        ("session_info.status", "idle"),
        "status: 'busy'  # since noon", "status: 'idle'  # since noon",
    ),
    Shape(
        "the value of a page in front matter alone",
        MONTH,
        "---\nperiod: 2026-11\nrole: Developer\n---\n\n# Performance\n",
        {"period": "2026-11", "role": "Developer"},
        ("role", "Code: Reviewer"),
        "role: Developer", 'role: "Code: Reviewer"',
    ),
    Shape(
        "relative times and figures in the place of lists",
        STATE,
        "# Chief of Staff State\n\n## Session Info\n- **Started:** 2h ago\n- **Last Updated:** 10:00\n\n"
        "## Coordination State\n- **Team Size:** 3\n- **Agents:** 3\n",
        {"session_info.started": "2h ago", "session_info.last_updated": "10:00", "coordination_state.team_size": 3,
         "coordination_state.extra": {"agents": "3"}},
        ("session_info.started", "2026-02-01T08:00:00Z"),
        "2h ago", "2026-02-01T08:00:00Z",
    ),
    Shape(
        "placeholders that nobody has filled in",
        DAY,
        "# Daily Performance Metrics\n\nDate: 2026-11-20\n\n## Team Summary\n\n| Metric | Value | Previous | Change |\n"
        "|---|---|---|---|\n| Tasks Completed | [n] | [n] | [+/-n] |\n| On-Time Rate | [n]% | 80% | - |\n",
        {"team_summary.tasks_completed.value": "[n]", "team_summary.on_time_rate.previous": 80},
        ("team_summary.on_time_rate.value", "90%"),
        "[n]%", "90%",
    ),
    Shape(
        "an escaped pipe, a pipe in code, and a row with too few cells",
        STATE,
        "# Chief of Staff State\n\n## Pending Actions\n\n| ID | Action | Priority | Deadline | Status |\n"
        "|---|---|---|---|---|\n| 1 | a \\| b | high | - | pending |\n| 2 | run `a|b` | low | - | done |\n| 3 | short |\n",
        {"pending_actions.1.action": "a | b", "pending_actions.2.action": "run `a|b`", "pending_actions.2.status": "done",
         "pending_actions.3.action": "short", "pending_actions.3.status": None},
        ("pending_actions.1.status", "done"),
        "a \\| b | high | - | pending", "a \\| b | high | - | done",
    ),
    Shape(
        "a table without outer pipes, padded by hand",
        STATE,
        "# Chief of Staff State\n\n## Recent Decisions\n\nTime                 | Decision   | Rationale\n"
        "---------------------|------------|----------\n2026-02-01 10:00 UTC | keep it    | simple\n",
        {"recent_decisions.#1.decision": "keep it", "recent_decisions.#1.time": "2026-02-01T10:00:00Z"},
        ("recent_decisions.#1.decision", "drop"),
        "| keep it    |", "| drop       |",
    ),
    Shape(
        "alerts in capitals, with their old labels and a numbered list",
        ALERTS,
        "# Active Alerts\n\n## Critical\n\n### ALERT-1\nAlert Type: MEMORY_LOW\n**Timestamp:** 2026-02-01T10:00:00Z\n"
        "**Severity:** EMERGENCY\n**Current Value:** 1.2 load per core\n**Threshold:** 0.7 load per core\n"
        "**Actions Taken:**\n1. looked\n2. called\n\n**Status:** ACKNOWLEDGED\n",
        {"critical.ALERT-1.type": "MEMORY_LOW", "critical.ALERT-1.severity": "emergency",
         "critical.ALERT-1.actions_taken": ["looked", "called"], "critical.ALERT-1.status": "acknowledged"},
        ("critical.ALERT-1.value", "0.9"),
        "1.2 load per core", "0.9",
    ),
    Shape(
        "an alert of the lowest level among the warnings",
        ALERTS,
        "# Active Alerts\n\n## Warning\n\n### CPU\n- Severity: INFO\n- Type: CPU_HIGH\n- Triggered: 2026-02-01\n\n---\n",
        {"warning.cpu.severity": "info", "warning.cpu.triggered": "2026-02-01T00:00:00Z"},
        ("warning.cpu.type", "cpu"),
        "CPU_HIGH", "cpu",
    ),
    Shape(
        "a day in a heading",
        DAY,
        "# Performance Metrics\n\n## Date: 2026-11-20\n\n## Individual Metrics\n\n### dev-1\n\n| Metric | Value |\n|---|---|\n"
        "| On-Time | 3 (100%) |\n",
        {"date": "2026-11-20", "individual_metrics.dev-1.figures.on_time.value": {"number": 3, "share": 100}},
        ("individual_metrics.dev-1.figures.on_time.value", "2 (67%)"),
        "3 (100%)", "2 (67%)",
    ),
    Shape(
        "a day in bold, and a figure with a word behind it",
        DAY,
        "# Daily\n\n**Date:** 2026-11-20\n\n## Individual Metrics\n\n### dev-1\n\n| Metric | Value | Status |\n|---|---|---|\n"
        "| Issues | 1.3 avg | Improving |\n| Tasks Completed | 3 | OK |\n",
        {"date": "2026-11-20", "individual_metrics.dev-1.figures.issues.value": 1.3,
         "individual_metrics.dev-1.figures.tasks_completed.extra": {"status": "OK"}},
        ("individual_metrics.dev-1.figures.issues.value", "1"),
        "1.3 avg", "1",
    ),
    Shape(
        "a label with brackets in it, and values that say that they are lost",
        STATE,
        "# Chief of Staff State\n\nPhase 1 (Welcome): COMPLETE\n\n## Current Focus\n- **Primary Task:** [UNKNOWN - data lost]\n"
        "- **Priority:** critical|high|medium|low\n",
        {"extra.phase_1_welcome": "COMPLETE", "current_focus.primary_task": "[UNKNOWN - data lost]",
         "current_focus.priority": "critical|high|medium|low"},
        ("current_focus.priority", "high"),
        "critical|high|medium|low", "high",
    ),
    Shape(
        "YAML in a fence, with lines that look like headings and rows",
        STATE,
        "# Chief of Staff State\n\n## Notes\n\n```yaml\n## Session Info\nstatus: idle\na | b\n--|--\n```\n\n"
        "## Session Info\n- **Status:** busy\n",
        {"session_info.status": "busy", "notes": "```yaml\n## Session Info\nstatus: idle\na | b\n--|--\n```"},
        ("session_info.status", "idle"),
        "- **Status:** busy", "- **Status:** idle",
    ),
    Shape(
        "tasks to tick off with labels below them, in free text",
        STATE,
        "# Chief of Staff State\n\n## Notes\n- [ ] ship it\n  - **Owner:** dev-1\n- [x] test it\n\n## Resource Status\n"
        "- **Memory:** 62\n",
        {"notes": "- [ ] ship it\n  - **Owner:** dev-1\n- [x] test it", "resource_status.memory": 62},
        ("resource_status.memory", "63"),
        "- **Memory:** 62", "- **Memory:** 63%",
    ),
    Shape(
        "the path of the file as the title, and the title below it",
        STATE,
        "# design/memory/cos-state.md\n\n# Chief of Staff State\n\n## Session Info\n- **Status:** busy\n",
        {"session_info.status": "busy"},
        ("session_info.status", "idle"),
        "busy", "idle",
    ),
    Shape(
        "a comment behind a value",
        STATE,
        "# Chief of Staff State\n\n## Session Info\n- **Status:** busy <!-- until noon -->\n",
        {"session_info.status": "busy"},
        ("session_info.status", "idle"),
        "busy <!--", "idle <!--",
    ),
    Shape(
        "a comment in a cell",
        STATE,
        "# Chief of Staff State\n\n## Recent Decisions\n\n| Time | Decision | Rationale |\n|---|---|---|\n"
        "| 2026-02-01T10:00:00Z | keep it <!-- for now --> | simple |\n",
        {"recent_decisions.#1.decision": "keep it"},
        ("recent_decisions.#1.decision", "drop it altogether"),
        "keep it <!--",
        "drop it altogether <!--",
    ),
    Shape(
        "names in other scripts, times with an offset, a byte order mark and CRLF",
        ROSTER,
        "\ufeff# Team Roster\r\n\r\nLast Updated: 2026-02-01T11:00:00+01:00\r\n\r\n## Active Team Members\r\n\r\n"
        "| Agent | Role | Status | Last Heartbeat |\r\n|---|---|---|---|\r\n| Übersetzer | 翻訳 | idle | 2026-02-01T10:00:00 |\r\n",
        {"last_updated": "2026-02-01T10:00:00Z", "active_team_members.Übersetzer.role": "翻訳",
         "active_team_members.übersetzer.last_seen": "2026-02-01T10:00:00Z"},
        ("active_team_members.übersetzer.role", "перевод"),
        "翻訳", "перевод",
    ),
]  # fmt: skip


def read(path: str, text: str) -> Any:
    data = text.encode()
    return read_page(Stored(path=path, data=data, revision=revision_of(data)))


every_shape = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)


@every_shape
def test_a_shape_is_read(shape):
    document = read(shape.path, shape.page).document
    assert {path: plain(value_at(document, path)) for path in shape.read} == {
        path: pytest.approx(value) if isinstance(value, float) else value
        for path, value in shape.read.items()
    }
    assert data_of(document)


@every_shape
def test_a_changed_value_keeps_the_shape_around_it(shape):
    page = read(shape.path, shape.page)
    path, text = shape.set
    new = with_value(page.document, path, text)
    after = changed(shape.path, page.tree, page.document, new).tree.text
    assert shape.page.count(shape.before) == 1
    assert after == shape.page.replace(shape.before, shape.after)
    assert read(shape.path, after).document == new


LOGS = {
    "entries closed by a rule, the last one too": [
        """\
# Log

### 2026-02-01T10:00:00Z
**Type:** broadcast
**Action:** said

---

### 2026-02-01T11:00:00Z
**Type:** decision
**Action:** kept

---
""",
        [("2026-02-01T10:00:00Z", "broadcast", "said"), ("2026-02-01T11:00:00Z", "decision", "kept")],
    ],
    "headings of level 2 that say what happened": [
        "# Log\n\n## 2026-02-01T10:00:00Z - Scale Up\n- Decision: more\n- Reason: load\n",
        [("2026-02-01T10:00:00Z", None, "Scale Up")],
    ],
    "fields of a message": [
        "### 2026-02-01 10:00 UTC\n- **Recipients:** all\n- **Subject:** plan\n- **Type:** broadcast\n",
        [("2026-02-01T10:00:00Z", "broadcast", None)],
    ],
    "times in brackets, newest first, CRLF": [
        "### [2026-02-02]\r\nType: decision\r\n\r\n---\r\n\r\n### [2026-02-01]\r\nType: board\r\n",
        [("2026-02-02T00:00:00Z", "decision", None), ("2026-02-01T00:00:00Z", "board", None)],
    ],
}


@pytest.mark.parametrize("name", LOGS)
def test_a_log_is_read_however_its_entries_are_written(name):
    text, events = LOGS[name]
    found = COORDINATION_LOG.module.decode_log(parse(text)).document.events
    assert [(plain(each.time), each.type, each.action) for each in found] == events


def test_every_kind_of_page_that_people_write_is_among_the_shapes():
    kinds = {kind_of(shape.path).name for shape in SHAPES}
    assert kinds == {"team-roster", "cos-state", "active-alerts", "daily-metrics", "agent-metrics"}
