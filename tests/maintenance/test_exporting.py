"""What is written out as JSON Lines comes back as it was, byte for byte, and as documents where only data is left."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosmemory.config import Settings
from cosmemory.document.checklists import Task
from cosmemory.document.data import data_of
from cosmemory.document.decode import decode
from cosmemory.document.from_data import document_of
from cosmemory.document.render import render
from cosmemory.document.values import Measure
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import InvalidValue, NotFound, Refused, Unsafe, UsageError
from cosmemory.kinds import KINDS, Kind
from cosmemory.kinds.coordination_log import CoordinationLog
from cosmemory.kinds.onboarding import Onboarding, Phase
from cosmemory.maintenance.exporting import choose, export
from cosmemory.maintenance.formats import jsonl
from cosmemory.maintenance.importing import import_pages
from cosmemory.maintenance.rotation import rotate
from cosmemory.memory import Memory
from cosmemory.syntax.parse import parse
from tests.laws.documents import records
from tests.maintenance.story import NOON, story

PAGES = [kind for kind in KINDS if kind.document is not CoordinationLog]


def lines_of(memory: Memory, *kinds: str) -> list[bytes]:
    return [piece.data for piece in export(memory, "jsonl", choose(memory, kinds))]


def empty() -> Memory:
    return Memory(EphemeralStore(), settings=Settings(), now=lambda: NOON)


def taken_in(lines, **options) -> Memory:
    memory = empty()
    import_pages(memory, jsonl.incoming(lines), **options)
    return memory


def texts(memory: Memory) -> dict[str, bytes]:
    paths = (*memory.store.paths(), *memory.store.paths(archived=True))
    return {path: memory.store.read(path).data for path in paths}


def full() -> Memory:
    day = story()
    day.at += 14 * 86_400
    rotate(day.memory)
    with day.memory.transaction() as transaction:
        transaction.create("archive/cos-state.md", "# Chief of Staff State\n\nOf last year.\n")
        transaction.create("mine/notes.md", "\ufeffnobody's page \udcff\r\n")
    return day.memory


def without_text(lines: list[bytes]) -> list[bytes]:
    held = [json.loads(line) for line in lines]
    for each in held:
        each.pop("text", None)
    return [json.dumps(each).encode() for each in held]


def test_a_page_is_a_line_as_show_tells_it():
    day = story()
    held = [json.loads(line) for line in lines_of(day.memory, "cos-state")]
    page = day.memory.page("cos-state")
    assert held == [
        {"schema": 1, "kind": "export", "format": "jsonl", "pages": 1},
        {
            "schema": 1,
            "kind": "document",
            "document": "cos-state",
            "path": "cos-state.md",
            "type": "cos-state",
            "revision": page.revision,
            "data": data_of(page.document),
            "text": page.tree.text,
        },
    ]


def test_every_event_is_a_line_behind_the_page_it_stands_on():
    memory = full()
    held = [json.loads(line) for line in lines_of(memory, "coordination-log")]
    assert {each["source"] for each in held if each["kind"] == "event"} == {"coordination-log-2026-W47"}
    assert [each["document"] for each in held if each["kind"] == "document"] == [
        "coordination-log-2026-W47",
        "coordination-log",
    ]


def test_an_export_comes_back_byte_for_byte():
    memory = full()
    assert texts(taken_in(lines_of(memory))) == texts(memory)


def test_documents_come_back_from_their_data_alone():
    memory = full()
    told = [line for line in without_text(lines_of(memory)) if b'"mine/' not in line]
    made = taken_in(told)
    for kind in (
        "cos-state",
        "team-roster",
        "active-alerts",
        "coordination-log",
        "coordination-log-2026-W47",
    ):
        assert data_of(made.page(kind).document) == data_of(memory.page(kind).document)


def test_data_that_were_changed_count_more_than_the_text():
    held = [json.loads(line) for line in lines_of(story().memory, "cos-state")]
    held[1]["data"]["current_focus"]["primary_task"] = "Changed | elsewhere"
    held[1]["data"]["weather"] = "fine"
    memory = empty()
    done = import_pages(memory, jsonl.incoming(json.dumps(each).encode() for each in held)).result
    assert memory.read("cos-state").current_focus.primary_task == "Changed | elsewhere"
    assert done.lost == ("cos-state.md: weather",)


def test_events_alone_make_a_log():
    made = taken_in(
        [b'{"kind": "event", "time": "2026-11-21T06:00:00Z", "type": "run", "action": "Built\\n### x"}']
    )
    (event,) = made.read("coordination-log").events
    assert (event.type, event.action) == ("run", "Built\n### x")


def test_a_page_that_stands_there_is_only_replaced_where_that_is_wished():
    memory = full()
    lines = lines_of(memory, "cos-state", "team-roster")
    again = import_pages(memory, jsonl.incoming(lines)).result
    assert (again.created, again.replaced, len(again.same)) == ((), (), 3)
    other = empty()
    other.run(lambda transaction: transaction.create("cos-state.md", "# Mine\n"))
    with pytest.raises(Refused, match=r"cos-state\.md"):
        import_pages(other, jsonl.incoming(lines))
    assert list(texts(other)) == ["cos-state.md"]
    done = import_pages(other, jsonl.incoming(lines), replacing=True).result
    assert done.replaced == ("cos-state.md",)
    assert done.created == ("archive/cos-state.md", "team-roster.md")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"{", UsageError),
        (b"[]", UsageError),
        (b'{"schema": 2, "kind": "export"}', UsageError),
        (b'{"kind": "soup"}', UsageError),
        (b'{"kind": "document", "path": "mine.md"}', UsageError),
        (b'{"kind": "document", "path": "mine.txt", "text": ""}', UsageError),
        (b'{"kind": "document", "path": "../cos-state.md", "text": ""}', Unsafe),
        (b'{"kind": "document", "path": ".cosmemory/x.md", "text": ""}', Unsafe),
        (b'{"kind": "document", "path": "cos-state.md", "data": {"pending_actions": 7}}', InvalidValue),
        (b'{"kind": "event", "time": "yesterday", "type": "run"}', InvalidValue),
        (b'{"kind": "event", "time": "2026-11-21T06:00:00Z", "type": 7}', UsageError),
        (b"[" * 100_000, UsageError),
    ],
)
def test_what_is_no_export_is_refused_whole(line, error):
    memory = empty()
    good = b'{"kind": "document", "path": "mine.md", "text": "x"}'
    with pytest.raises(error):
        import_pages(memory, jsonl.incoming([good, line]))
    assert texts(memory) == {}


def test_an_unknown_kind_is_refused():
    with pytest.raises(NotFound, match="cos-stat"):
        choose(empty(), ["cos-stat"])


def _without_units(value: Any) -> Any:
    """The data of a document, which do not tell the units of its measures."""
    return json.loads(json.dumps(data_of(value)))


@pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
@settings(max_examples=20)
@given(data=st.data())
def test_the_data_of_any_document_make_it_again(kind: Kind, data: st.DataObject) -> None:
    # In data alone nobody can tell a value that is null from one that is not there.
    document: Any = data.draw(records(kind.document).filter(lambda made: "json='null'" not in repr(made)))
    told = json.loads(json.dumps(data_of(document)))
    made, lost = document_of(kind.document, told)
    assert lost == []
    text = render(made, kind.template, name="helper", title="Report")
    read = decode(parse(text), kind.document).document
    assert _without_units(read) == told
    if "unit=" not in repr(document).replace("unit=''", ""):
        assert read == document


def test_a_measure_in_data_may_tell_its_unit():
    kind = next(kind for kind in KINDS if kind.name == "daily-metrics")
    told = {
        "team_summary": [
            {"metric": "Response", "value": "4 min", "previous": 3, "change": {"number": 1, "share": 5}}
        ]
    }
    (row,) = document_of(kind.document, told)[0].team_summary
    assert (row.value, row.previous, row.change) == (Measure(4, "min"), Measure(3), Measure(1, "", 5))


@pytest.mark.parametrize("text", ["a:", "Owner: kim", "**Owner:** kim"])
@pytest.mark.parametrize("state", [None, "open"])
def test_a_remark_of_a_checklist_that_looks_like_a_label_is_told_once(text: str, state: str | None) -> None:
    phase = Phase(name="Tooling", tasks=(Task(text=text, state=state),))
    page = Onboarding(agent="a", role="r", status="in_progress", checklist=(phase,))
    read = decode(parse(render(page, "onboarding.md.j2")), Onboarding).document
    assert read.checklist[0].extra == {}
    assert _without_units(read) == _without_units(page)
    assert read == page
