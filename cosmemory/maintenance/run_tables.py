"""The runs of a memory as the six tables that a database of an orchestrator has: rows with ids that lead to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cosmemory.document.decode import decode
from cosmemory.errors import NotRead, no_page
from cosmemory.frozen import frozen
from cosmemory.kinds import RUN
from cosmemory.kinds.run import Run
from cosmemory.kinds.run_plan import plan_data
from cosmemory.operations.page_ids import ARCHIVE, id_on
from cosmemory.operations.runs.changing import plain
from cosmemory.reader import Reader
from cosmemory.syntax.parse import parse
from cosmemory.text.source import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TEXT, WHOLE, JSON = "TEXT", "INTEGER", "JSON"


@frozen()
class Column:
    """A column: what stands in it, the attribute of the record that it is, and the table whose rows it names."""

    name: str
    type: str = TEXT
    attribute: str = ""
    names: str = ""


def _same(*names: str, type_: str = TEXT) -> tuple[Column, ...]:
    return tuple(Column(name, type_, name) for name in names)


RUNS, PHASES, EXECUTIONS = "runs", "phases", "executions"
FINDINGS, ARTIFACTS, INTERVENTIONS = "findings", "artifacts", "manual_interventions"
ID = Column("id", WHOLE)
OF_RUN = Column("run_id", names=RUNS)
OF_PHASE = Column("phase_id", WHOLE, names=PHASES)
STARTED, COMPLETED = Column("started_at", TEXT, "started"), Column("completed_at", TEXT, "completed")
MORE = Column("more", JSON, "more")
TABLES: dict[str, tuple[Column, ...]] = {
    RUNS: (
        Column("id"),
        *_same("goal", "status", "current_phase"),
        Column("created_at", TEXT, "created"),
        STARTED,
        COMPLETED,
        Column("updated_at"),
        *_same("error"),
        *_same("agents", "handoffs", "metadata", type_=JSON),
        Column("plan", JSON),
        Column("context", JSON),
        *_same("notes"),
    ),
    PHASES: (
        ID,
        OF_RUN,
        Column("name", TEXT, "phase"),
        *_same("status"),
        Column("retry_count", WHOLE, "retries"),
        Column("max_retries", WHOLE, "limit"),
        STARTED,
        COMPLETED,
        *_same("error"),
        *_same("needs", "outputs", type_=JSON),
        MORE,
    ),
    EXECUTIONS: (
        ID,
        OF_RUN,
        OF_PHASE,
        Column("key", TEXT, "id"),
        Column("attempt", WHOLE, "attempt"),
        *_same("status", "agent"),
        STARTED,
        COMPLETED,
        *_same("error"),
        MORE,
    ),
    FINDINGS: (
        ID,
        OF_RUN,
        OF_PHASE,
        Column("execution_id", WHOLE, names=EXECUTIONS),
        Column("key", TEXT, "id"),
        *_same("severity", "text", "place"),
        Column("found_at", TEXT, "found"),
        Column("resolved_at", TEXT, "resolved"),
        *_same("resolution"),
    ),
    ARTIFACTS: (
        ID,
        OF_RUN,
        OF_PHASE,
        *_same("path", "kind"),
        Column("size", WHOLE, "size"),
        *_same("sha256"),
        Column("registered_at", TEXT, "registered"),
        MORE,
    ),
    INTERVENTIONS: (
        ID,
        OF_RUN,
        OF_PHASE,
        Column("key", TEXT, "id"),
        *_same("status", "reason"),
        Column("created_at", TEXT, "created"),
        Column("resolved_at", TEXT, "resolved"),
        *_same("resolved_by", "resolution"),
    ),
}
INDEXES = (
    (RUNS, "status"),
    (PHASES, "run_id"),
    (PHASES, "status"),
    (EXECUTIONS, "phase_id"),
    (FINDINGS, "execution_id"),
    (FINDINGS, "severity"),
    (ARTIFACTS, "run_id"),
    (INTERVENTIONS, "run_id"),
)
_PARTS = {
    EXECUTIONS: "executions",
    FINDINGS: "findings",
    ARTIFACTS: "artifacts",
    INTERVENTIONS: "interventions",
}

Row = dict[str, "Any"]
PACKED = ".gz"


def rows_of(memory: Reader, paths: Iterable[str]) -> Iterator[tuple[str, Row]]:
    """The rows of the runs among ``paths``, each with its table, every row behind those that it names.

    They may stand in the archive, packed ones too.
    """
    ids = dict.fromkeys(TABLES, 0)
    known: set[str] = set()
    for path in sorted(paths, key=lambda each: each.startswith(f"{ARCHIVE}/")):  # the live one has its own id
        key = id_on(RUN, path.removeprefix(f"{ARCHIVE}/").removesuffix(PACKED))
        if key:
            # A copy that somebody put beside a run has its id too, and no two rows may have one.
            known.add(named := path if key in known else key)
            yield from _rows(_run_at(memory, path), named, ids)


def _run_at(memory: Reader, path: str) -> Run:
    stored = memory.store.read(path)
    if stored is None:
        raise no_page(path)
    if not path.startswith(f"{ARCHIVE}/"):
        live: Run = memory.read_stored(stored).document
        return live
    data = stored.data
    if path.endswith(PACKED):
        import gzip
        from zlib import error as broken

        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, broken) as error:
            raise NotRead(path, f"it is not what gzip made ({error})") from None
    archived: Run = decode(parse(decode_text(data)), Run).document
    return archived


def _rows(run: Run, key: str, ids: dict[str, int]) -> Iterator[tuple[str, Row]]:
    about = _row(RUNS, run)
    about |= {
        "id": key,
        "updated_at": plain(run.last_change.last_updated),
        "plan": plan_data(run.plan, run.tasks),
        "context": [
            {"phase": each.phase, "key": each.key, "value": plain(each.value)} for each in run.context
        ],
    }
    yield RUNS, about
    # A page may say of two phases that they have one name, or name one that there is not: the first, or none.
    phases: dict[str, int] = {}
    executions: dict[str, int] = {}
    for phase in run.phases:
        ids[PHASES] += 1
        phases.setdefault(str(phase.phase), ids[PHASES])
        yield PHASES, _row(PHASES, phase) | {"id": ids[PHASES], "run_id": key}
    for table, part in _PARTS.items():
        for each in getattr(run, part):
            ids[table] += 1
            row = _row(table, each) | {"id": ids[table], "run_id": key}
            row["phase_id"] = phases.get(str(each.phase))
            if table == EXECUTIONS:
                executions.setdefault(str(each.id), ids[table])
            elif table == FINDINGS:
                row["execution_id"] = executions.get(str(each.execution))
            yield table, row


def _row(table: str, record: Any) -> Row:
    return {
        column.name: plain(getattr(record, column.attribute)) if column.attribute else None
        for column in TABLES[table]
    }


def schema() -> Iterator[str]:
    """The statements that make the tables and their indexes."""
    for table, columns in TABLES.items():
        told = [
            f"{each.name} {TEXT if each.type == JSON else each.type}"
            + (" PRIMARY KEY" if each.name == "id" else "")
            + (f" REFERENCES {each.names}(id)" if each.names else "")
            for each in columns
        ]
        yield f"CREATE TABLE {table} ({', '.join(told)})"
    for table, column in INDEXES:
        yield f"CREATE INDEX {table}_{column} ON {table}({column})"


def insertion(table: str) -> str:
    """The statement that puts a row into a table."""
    columns = TABLES[table]
    return f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - the names are ours


def values_of(table: str, row: Mapping[str, Any]) -> list[Any]:
    """The values of a row in the order of its columns; what a database has no type for as JSON."""
    import json

    values = []
    for column in TABLES[table]:
        value = row[column.name]
        if value is not None and column.type == JSON:
            value = json.dumps(value, ensure_ascii=False)
        # A byte of the page that is not UTF-8 is no character of a database either.
        values.append(value.encode("utf-8", "replace").decode() if isinstance(value, str) else value)
    return values
