"""Kinds of a project's own: declared in settings or made in Python, known to one memory, with all that others have."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cosmemory import EphemeralStore, Memory, open_memory
from cosmemory.__main__ import main
from cosmemory.config import settings_of
from cosmemory.document.fields import Record, column, label, prose, table
from cosmemory.document.values import COUNT, TIME, enum
from cosmemory.errors import ConfigError, InvalidValue, NotFound, Refused
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import BUILT_IN, KINDS
from cosmemory.kinds.declared import kind
from cosmemory.operations.documents import new
from cosmemory.operations.pages import add_record, set_value

NOON = 1_795_262_400  # 2026-11-21T12:00:00Z
SETTINGS = """\
[kinds.risk]
path = "risks/{id}.md"
stamp = "Last Updated"
fields = [
  "ID",
  "Owner",
  { label = "Status", words = ["open", "mitigated", "closed"], required = true },
  { label = "Chance", type = "percent" },
  { label = "Last Updated", type = "time" },
]

[[kinds.risk.sections]]
title = "Measures"
key = "ID"
columns = ["ID", "Measure", { label = "Due", type = "date" }]

[[kinds.risk.sections]]
title = "Notes"

[kinds.glossary]
path = "glossary.md"

[[kinds.glossary.sections]]
title = "Terms"
key = "Term"
columns = ["Term", "Meaning"]
"""
PAGE = """\
# Risk R-1

- **ID:** R-1
- **Owner:** ada
- **Status:** open
- **Chance:** -
- **Last Updated:** 2026-11-21T12:00:00Z

## Measures

| ID | Measure | Due |
|----|---------|-----|

## Notes

None
"""


def settings(text=SETTINGS):
    import tomllib

    return settings_of(tomllib.loads(text))


@pytest.fixture
def memory():
    return Memory(EphemeralStore(), settings=settings(), now=lambda: NOON)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    root = tmp_path / "memory"
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T12:00:00Z")
    monkeypatch.setenv("COSMEMORY_ACTOR", "ada")

    def call(*arguments):
        code = main(["--root", str(root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    call("init")
    (root / "cosmemory.toml").write_text(SETTINGS, encoding="utf-8")
    call.root = root
    return call


def test_a_page_is_made_set_added_to_and_read(memory):
    path = new(memory, "risk", "R-1", values={"status": "open", "owner": "ada"}).result
    assert memory.store.read(path).data.decode() == PAGE
    set_value(memory, "risks/R-1", "chance", "40")
    add_record(memory, "risks/R-1", "measures", {"ID": "1", "Measure": "a second supplier"})
    risk = memory.read("risks/R-1")
    assert (risk.status, risk.chance, risk.measures[0].measure) == ("open", 40, "a second supplier")
    with pytest.raises(InvalidValue, match="'gone' is not a status: one of open, mitigated, closed"):
        set_value(memory, "risks/R-1", "status", "gone")


def test_each_change_is_stamped(memory):
    new(memory, "risk", "R-1", values={"status": "open"})
    memory._now = lambda: NOON + 60
    set_value(memory, "risks/R-1", "owner", "bob")
    assert memory.read("risks/R-1").last_updated == datetime(2026, 11, 21, 12, 1, tzinfo=UTC)


def test_an_id_is_given_once_and_is_needed(memory):
    new(memory, "risk", "R-1", values={"status": "open"})
    with pytest.raises(InvalidValue, match="r-1 was used before"):
        new(memory, "risk", "r-1")
    with pytest.raises(InvalidValue, match="it is missing"):
        new(memory, "risk")
    with pytest.raises(InvalidValue, match="there is one page of that kind"):
        new(memory, "glossary", "x")
    new(memory, "glossary")
    with pytest.raises(InvalidValue, match=r"glossary\.md is there already"):
        new(memory, "glossary")


def test_built_in_kinds_are_made_by_their_own_verbs(memory):
    with pytest.raises(Refused, match="no kind of the project's own") as caught:
        new(memory, "cos-state")
    assert caught.value.hint == "cosmemory init makes it."
    with pytest.raises(NotFound) as missing:
        new(memory, "risks")
    assert missing.value.hint == "Did you mean 'risk'?"


def test_pages_named_by_the_day_are_made_for_today():
    declared = {"standup": {"path": "standups/{date}.md", "sections": [{"title": "Said"}]}}
    memory = Memory(EphemeralStore(), settings=settings_of({"kinds": declared}), now=lambda: NOON)
    assert new(memory, "standup").result == "standups/2026-11-21.md"
    assert memory.path_of("standup") == "standups/2026-11-21.md"


def test_two_memories_of_one_process_know_each_its_own_kinds():
    other = settings_of({"kinds": {"risk": {"path": "risks/{id}.md", "fields": ["Weight"]}}})
    stores = [
        EphemeralStore({"risks/R-1.md": b"# Risk\n\n- **Owner:** ada\n- **Weight:** 3\n"}) for _ in "123"
    ]
    first = Memory(stores[0], settings=settings())
    second = Memory(stores[1], settings=other)
    none = Memory(stores[2])
    assert first.read("risks/R-1").owner == "ada"
    assert first.read("risks/R-1").extra == {"weight": "3"}
    assert second.read("risks/R-1").weight == "3"
    assert second.read("risks/R-1").extra == {"owner": "ada"}
    with pytest.raises(NotFound, match=r"A page kind for risks/R-1\.md"):
        none.read("risks/R-1")
    codes = [
        {
            each.name
            for page in memory.validate().pages
            if page.path.startswith("risks/")
            for each in page.diagnostics
        }
        for memory in (first, second, none)
    ]
    assert codes == [{"missing-field", "missing-section"} & codes[0], set(), {"unknown-page"}]
    assert "missing-field" in codes[0]
    assert list(BUILT_IN) == list(KINDS)


def test_the_same_settings_give_the_same_classes():
    one, other = (Memory(EphemeralStore(), settings=settings()) for _ in "12")
    assert one.kinds.named("risk").document is other.kinds.named("risk").document


def test_the_command_line_knows_them_too(run):
    assert run("new", "risk", "R-1", "status=open", "owner=ada") == (0, "risks/R-1\n", "")
    assert (run.root / "risks/R-1.md").read_text(encoding="utf-8") == PAGE
    assert ["risk", "risks/{id}.md"] in [line.split() for line in run("kinds")[1].split("\n")]
    assert run("get", "risk", "owner")[1] == "ada\n"
    assert run("set", "risks/R-1", "status", "mitigated")[0] == 0
    assert run("add", "risks/R-1", "measures", "ID=1", "Measure=test more")[1].startswith("1\n")
    assert json.loads(run("show", "risks/R-1", "--json")[1])["data"]["measures"] == [
        {"id": "1", "measure": "test more", "due": None}
    ]
    assert run("validate")[:2] == (0, "All checks passed.\n")
    told = run("history", "risks/R-1", "--value", "status")[1]
    assert "open -> mitigated" in told
    assert "status" in run("blame", "risks/R-1")[1]
    assert run("undo", "last~1")[0] == 0
    assert run("get", "risks/R-1", "status")[1] == "open\n"
    assert run("remove", "risks/R-1", "measures.1")[0] == 0


def test_what_is_wrong_on_a_page_is_found(run):
    run("new", "risk", "R-1", "status=open")
    page = run.root / "risks/R-1.md"
    page.write_text(page.read_text(encoding="utf-8").replace("open", "Opened"), encoding="utf-8")
    code, out, _ = run("validate")
    assert code == 1
    assert "R-1.md:5:15: COS" in out
    assert "'Opened' is not a status" in out


def test_edits_of_two_people_are_merged_by_meaning(run):
    run("new", "risk", "R-1", "status=open")
    base = (run.root / "risks/R-1.md").read_text(encoding="utf-8")
    places = {}
    for name, text in {
        "base": base,
        "ours": base.replace("**Owner:** -", "**Owner:** ada"),
        "theirs": base.replace("**Status:** open", "**Status:** closed"),
    }.items():
        places[name] = run.root / "risks" / f"{name}.txt"
        places[name].write_text(text, encoding="utf-8")
    code, out, _ = run("merge", *map(str, places.values()), "--path", "risks/R-1.md")
    assert code == 0
    assert "**Owner:** ada" in out
    assert "**Status:** closed" in out


@frozen(kw_only=True)
class Lesson(Record):
    """What was learnt once."""

    lesson: str | None = column("Lesson", required=True)
    times: int | None = column("Times", COUNT)


@frozen(kw_only=True)
class Lessons(Record):
    """A page of lessons with their sum."""

    updated: datetime | None = label("Updated", TIME)
    mood: str | None = label("Mood", enum("mood", "good", "bad"))
    total: int | None = label("Total", COUNT, derived=True)
    lessons: tuple[Lesson, ...] = table("Lessons", Lesson, key="lesson")
    notes: str | None = prose("Notes")

    @staticmethod
    def derived(page: Any) -> Any:
        return replace(page, total=sum(each.times or 0 for each in page.lessons))


def test_a_kind_made_in_python_derives_and_is_stamped():
    lessons = kind("lessons", "lessons.md", Lessons, stamp=("updated",))
    memory = Memory(EphemeralStore(), kinds=[lessons], now=lambda: NOON)
    new(memory, "lessons", values={"mood": "good", "total": "0"})
    add_record(memory, "lessons", "lessons", {"lesson": "ask first", "times": "3"})
    page = memory.read("lessons")
    assert (page.total, page.mood) == (3, "good")
    assert page.updated == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert (
        memory.store.read("lessons.md")
        .data.decode()
        .startswith("# Lessons\n\n- **Updated:** 2026-11-21T12:00:00Z\n")
    )


def test_a_template_of_the_projects_own_is_used(tmp_path):
    (tmp_path / "risk.j2").write_text("# Risk\n\nOwner: {{ page.owner }}\n\n## Why\n\n{{ page.why }}\n")
    (tmp_path / "cosmemory.toml").write_text(
        '[kinds.risk]\npath = "risk.md"\ntemplate = "risk.j2"\nfields = ["Owner"]\nsections = [{ title = "Why" }]\n'
    )
    (tmp_path / "coordination-log.md").write_text("# Log\n")
    memory = open_memory(str(tmp_path))
    new(memory, "risk", values={"owner": "ada"})
    assert (tmp_path / "risk.md").read_text() == "# Risk\n\nOwner: ada\n\n## Why\n\nNone\n"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            "# Risk\n\nOwner: {{ page.owner }}\n",
            "a page made from it does not read back: why is lost or changed",
        ),
        ("{{ page.nothing }}", "the template cannot be rendered: "),
    ],
)
def test_a_template_that_loses_something_is_refused(tmp_path, template, said):
    (tmp_path / "risk.j2").write_text(template)
    declared = {"path": "risk.md", "template": "risk.j2", "fields": ["Owner"], "sections": [{"title": "Why"}]}
    given = replace(settings_of({"kinds": {"risk": declared}}), folder=str(tmp_path))
    memory = Memory(EphemeralStore(), settings=given)
    with pytest.raises(ConfigError, match=said):
        new(memory, "risk", values={"owner": "ada", "why": "because"})


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ('[kinds.risk]\nfields = ["A"]', "kinds.risk.path: it is missing"),
        ('[kinds.risk]\npath = "risks/{id}"\nfields = ["A"]', "kinds.risk.path: a page ends in .md"),
        ('[kinds.risk]\npath = "risks/{key}.md"\nfields = ["A"]', "kinds.risk.path: the placeholders are {id}"),
        ('[kinds.risk]\npath = "../risks.md"\nfields = ["A"]', "kinds.risk.path: "),
        ('[kinds.risk]\npath = "archive/{id}.md"\nfields = ["A"]', "kinds.risk.path: pages below archive/ are never live"),
        ('[kinds.risk]\npath = "conflicts/{id}.md"\nfields = ["A"]', "kinds.risk.path: such pages are of the kind conflict"),
        ('[kinds.risk]\npath = "cos-state.md"\nfields = ["A"]', "kinds.risk.path: such pages are of the kind cos-state"),
        ('[kinds.board]\npath = "b.md"\nfields = ["A"]', "kinds.board: there is such a kind already"),
        ('[kinds.Risk]\npath = "b.md"\nfields = ["A"]', "kinds.Risk: 'Risk' is no name of a kind"),
        ('[kinds.risk]\npath = "b.md"', "kinds.risk.sections: a page needs a field or a section"),
        ('[kinds.risk]\npath = "b.md"\nfeilds = ["A"]', "kinds.risk.feilds: no such setting"),
        ('[kinds.risk]\npath = "b.md"\nfields = ["A", "a"]', "kinds.risk.fields[1].label: 'a' is taken"),
        ('[kinds.risk]\npath = "b.md"\nfields = ["A|B"]', "kinds.risk.fields[0].label: 'A|B' has more than words"),
        ('[kinds.risk]\npath = "b.md"\nfields = ["{{ x }}"]', "kinds.risk.fields[0].label: "),
        ('[kinds.risk]\npath = "b.md"\nfields = ["2nd"]', "kinds.risk.fields[0].label: '2nd' does not begin"),
        ('[kinds.risk]\npath = "b.md"\nfields = [{ label = "A", type = "txt" }]', "there is no type 'txt'"),
        ('[kinds.risk]\npath = "b.md"\nfields = [{ label = "A", type = "enum" }]', "fields[0].words: an enum needs words"),
        ('[kinds.risk]\npath = "b.md"\nfields = [{ label = "A", words = ["Open"] }]', "words: 'Open' is no word"),
        ('[kinds.risk]\npath = "b.md"\nstamp = "B"\nfields = ["A"]', "kinds.risk.stamp: there is no time 'b'"),
        ('[kinds.risk]\npath = "b.md"\nsections = [{ title = "S", columns = [{ label = "A", type = "long" }] }]', "a cell holds no long"),
        ('[kinds.risk]\npath = "b.md"\nsections = [{ title = "S", key = "B", columns = ["A"] }]', "sections[0].key: there is no column 'B'"),
        ('[kinds.risk]\npath = "b.md"\nsections = [{ title = "S", shape = "tabel" }]', "shape: 'tabel' is none of"),
        ('[kinds.risk]\npath = "b.md"\nrecord = "no.such:Thing"', "kinds.risk.record: no.such:Thing cannot be imported"),
        ('[kinds.risk]\npath = "b.md"\nrecord = "json:loads"', "kinds.risk.record: json:loads is no class"),
        ('[kinds.risk]\npath = "b.md"\nrecord = "json:JSONDecoder"', "kinds.risk.record: JSONDecoder is no Record"),
        ('[kinds.risk]\npath = "b.md"\ntemplate = "none.j2"\nfields = ["A"]', "kinds.risk.template: none.j2 cannot be read"),
        ('[kinds]\nrisk = 3', "kinds.risk: "),
    ],
)  # fmt: skip
def test_a_declaration_that_cannot_be_names_its_key(declared, said):
    with pytest.raises(ConfigError) as caught:
        Memory(EphemeralStore(), settings=settings(declared))
    assert said in str(caught.value)
    assert caught.value.hint or "template" not in said


def test_a_module_that_prints_and_exits_is_told_and_nothing_passes_for_done(tmp_path, monkeypatch, capsys):
    (tmp_path / "boom.py").write_text("import sys\nprint('loud')\nsys.exit(0)\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ConfigError, match="boom:Thing cannot be imported: SystemExit: 0"):
        Memory(EphemeralStore(), settings=settings('[kinds.risk]\npath = "b.md"\nrecord = "boom:Thing"'))
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "loud\n")
