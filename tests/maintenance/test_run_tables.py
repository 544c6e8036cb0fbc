"""Runs as six tables, in JSON and in a database: what each row says, and which rows it leads to."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from cosmemory.connect import open_memory
from cosmemory.document.json_values import Data
from cosmemory.document.values import Raw
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import NotRead
from cosmemory.kinds import RUN
from cosmemory.kinds.run import (
    Artifact,
    Execution,
    Finding,
    Intervention,
    LastChange,
    Passed,
    Phase,
    Run,
)
from cosmemory.maintenance.exporting import choose, export
from cosmemory.maintenance.run_tables import INDEXES, TABLES
from cosmemory.memory import Memory
from cosmemory.operations import runs
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.new_pages import page_text
from tests.laws.documents import records
from tests.maintenance.story import NOON

AT = datetime(2026, 11, 21, 6, tzinfo=UTC)
SAID = "2026-11-21T06:00:00Z"
RELEASE = Run(
    run_id="release",
    goal="Ship | it",
    status="executing",
    current_phase="scout",
    created=AT,
    agents=("helper-1",),
    metadata=Data.of({"ticket": 42, "share": 25.0}),
    phases=(
        Phase(phase="scout", status="in_progress", retries=1, limit=3),
        Phase(phase="plan", status="pending"),
    ),
    executions=(
        Execution(id="E-1", phase="scout", attempt=1, status="failed", error="no network"),
        Execution(id="E-2", phase="scout", attempt=2, status="running"),
    ),
    findings=(
        Finding(
            id="F-1", phase="scout", execution="E-2", severity="major", text="Wrong \u2264 place", found=AT
        ),
        Finding(id="F-2", phase="biuld", execution="E-9", severity=Raw("terrible"), text="Lost"),
    ),
    artifacts=(Artifact(path="plan.txt", kind="text", phase="plan", size=8, sha256="0" * 64),),
    interventions=(Intervention(id="I-1", phase="scout", status="pending", reason="Which way?"),),
    context=(Passed(key="budget", value=Data.of(7)),),
    last_change=LastChange(last_updated=AT),
)


def memory_of(*runs: Run) -> Memory:
    memory = Memory(EphemeralStore(), now=lambda: NOON)
    with memory.transaction() as transaction:
        for number, run in enumerate(runs):
            text = page_text(memory, RUN, run)
            transaction.create(f"runs/{number or 'release'}.md", text)
    return memory


def written(memory: Memory, name: str) -> bytes:
    return b"".join(piece.data for piece in export(memory, name, choose(memory)))


@pytest.fixture
def database(tmp_path: Path) -> Any:
    path = tmp_path / "runs.db"
    path.write_bytes(
        written(memory_of(RELEASE, Run(run_id="1", goal="g", status="planning", created=AT)), "sqlite")
    )
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def test_a_run_is_one_object_of_six_lists() -> None:
    held = json.loads(written(memory_of(RELEASE), "tables"))
    assert list(held) == ["runs", "phases", "executions", "findings", "artifacts", "manual_interventions"]
    (run,) = held["runs"]
    assert (run["id"], run["created_at"], run["updated_at"]) == ("release", SAID, SAID)
    assert (run["metadata"], run["agents"]) == ({"ticket": 42, "share": 25.0}, ["helper-1"])
    assert run["context"] == [{"phase": None, "key": "budget", "value": 7}]
    assert [(each["id"], each["name"], each["retry_count"]) for each in held["phases"]] == [
        (1, "scout", 1),
        (2, "plan", None),
    ]
    assert held["artifacts"] == [
        {
            "id": 1,
            "run_id": "release",
            "phase_id": 2,
            "path": "plan.txt",
            "kind": "text",
            "size": 8,
            "sha256": "0" * 64,
            "registered_at": None,
            "more": None,
        }
    ]


def test_every_row_leads_to_those_that_it_names(database: Any) -> None:
    found = database.execute(
        """SELECT runs.goal, phases.name, executions.key, findings.text, findings.found_at FROM findings
        JOIN executions ON findings.execution_id = executions.id
        JOIN phases ON executions.phase_id = phases.id JOIN runs ON phases.run_id = runs.id"""
    ).fetchall()
    assert found == [("Ship | it", "scout", "E-2", "Wrong \u2264 place", SAID)]
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_what_names_a_phase_that_there_is_not_leads_nowhere_and_is_there(database: Any) -> None:
    found = database.execute("SELECT key, phase_id, execution_id, severity FROM findings").fetchall()
    assert found == [("F-1", 1, 2, "major"), ("F-2", None, None, "terrible")]


def test_the_tables_their_keys_and_indexes_are_there(database: Any) -> None:
    names = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert names == set(TABLES)
    for table, columns in TABLES.items():
        told = {(row[3], row[2]) for row in database.execute(f"PRAGMA foreign_key_list({table})")}
        assert told == {(each.name, each.names) for each in columns if each.names}
    made = {
        (row[0], database.execute(f"PRAGMA index_info({row[1]})").fetchone()[2])
        for row in database.execute("SELECT tbl_name, name FROM sqlite_master WHERE sql LIKE 'CREATE INDEX%'")
    }
    assert made == set(INDEXES)


def test_what_a_database_has_no_type_for_stands_there_as_json(database: Any) -> None:
    (metadata,) = database.execute("SELECT metadata FROM runs WHERE id = 'release'").fetchone()
    assert json.loads(metadata) == {"ticket": 42, "share": 25.0}
    count = database.execute("SELECT count(*) FROM runs JOIN phases ON phases.run_id = runs.id").fetchone()
    assert count == (2,)


@settings(max_examples=25)
@given(records(Run))
def test_the_database_says_what_the_lists_say(run: Run) -> None:
    memory = memory_of(run)
    held = json.loads(written(memory, "tables"))
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(written(memory, "sqlite"))
        for table, columns in TABLES.items():
            rows = database.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
            assert len(rows) == len(held[table])
            for row, wanted in zip(rows, held[table], strict=True):
                shown = [
                    json.loads(value) if each.type == "JSON" and value is not None else value
                    for each, value in zip(columns, row, strict=True)
                ]
                texts = [
                    value if value is None or each.type == "JSON" else str(value)
                    for each, value in zip(columns, shown, strict=True)
                ]
                expected = [
                    value if value is None or each.type == "JSON" else str(value)
                    for each, value in zip(columns, wanted.values(), strict=True)
                ]
                assert texts == expected
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("folder", [False, True])
def test_runs_in_the_archive_are_among_the_rows(tmp_path, compress, folder):
    memory = open_memory(str(tmp_path)) if folder else Memory(EphemeralStore(), now=lambda: NOON)
    initialise(memory)
    for key in ("old", "new"):
        runs.create(memory, key, goal="Ship it", phases=["scout"])
        runs.start(memory, key)
    runs.fail(memory, "old", error="no time")
    before = dict(rows_by_run(memory))
    runs.clean(memory, "old", compress=compress)
    assert dict(rows_by_run(memory)) == before
    assert list(before) == ["new", "old"]
    assert next(iter(export(memory, "tables", choose(memory, ["agent"])))).pages == 0
    assert next(iter(export(memory, "sqlite", choose(memory, ["run"])))).pages == 2


def rows_by_run(memory):
    (piece,) = export(memory, "tables", choose(memory, ["run"]))
    held = json.loads(piece.data)
    assert piece.pages == len(held["runs"])
    for row in sorted(held["runs"], key=lambda row: row["id"]):
        yield (
            row["id"],
            (row["error"], [each["name"] for each in held["phases"] if each["run_id"] == row["id"]]),
        )


def test_a_packed_run_that_is_no_gzip_is_told(tmp_path):
    memory = Memory(EphemeralStore({"archive/runs/old.md.gz": b"not packed"}))
    with pytest.raises(NotRead, match=r"archive/runs/old\.md\.gz cannot be read: it is not what gzip made"):
        list(export(memory, "tables", choose(memory)))


def test_a_run_that_stands_beside_its_own_archive_is_told_twice_under_two_ids():
    text = b"# Run a\n\n- **Run ID:** a\n- **Goal:** g\n- **Status:** failed\n"
    memory = Memory(EphemeralStore({"runs/a.md": text, "archive/runs/a.md": text}))
    (piece,) = export(memory, "tables", choose(memory))
    assert [row["id"] for row in json.loads(piece.data)["runs"]] == ["a", "archive/runs/a.md"]
