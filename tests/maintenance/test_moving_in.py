"""Folders of JSON that other systems keep their state in: they become a memory, and come out again as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cosmemory.config import Settings
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import NotFound, Refused, UsageError
from cosmemory.maintenance import checkpoint_shelf
from cosmemory.maintenance.checkpoint_json import checkpoint_of_json, json_of_checkpoint, keep_checkpoint
from cosmemory.maintenance.exporting import choose, export
from cosmemory.maintenance.interrupted_agents import interrupted_agents
from cosmemory.maintenance.json_folders import files_below
from cosmemory.maintenance.moving_in import Told, import_files, kept_aside
from cosmemory.maintenance.strict_json import json_bytes, read_object
from cosmemory.memory import Memory
from cosmemory.operations import agents, deployments
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.interrupted_session import interrupted
from tests.maintenance.story import NOON
from tests.maintenance.test_json_pages import VALUES, told

EXAMPLES = Path(__file__).parent.parent / "cases" / "moving_in"
FILES = sorted(path for path in EXAMPLES.rglob("*") if path.is_file())
ID = "L2.2.1"


def empty() -> Memory:
    return Memory(EphemeralStore(), settings=Settings(), now=lambda: NOON, actor="alice")


def taken_in(memory: Memory, source: Path, **options: Any) -> Told:
    return import_files(memory, str(source), files_below(str(source)), **options)[1]


def written(memory: Memory, *formats: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for name in formats:
        folder = "state" if name == "state" else "agent-deployment"
        found |= {f"{folder}/{each.name}": each.data for each in export(memory, name, choose(memory))}
    return found


def write(folder: Path, name: str, held: Any) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(held if isinstance(held, str) else json.dumps(held))
    return path


@pytest.fixture(scope="module")
def moved() -> Memory:
    memory = empty()
    initialise(memory)
    taken_in(memory, EXAMPLES)
    return memory


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(EXAMPLES).as_posix())
def test_every_example_comes_back_byte_for_byte(moved: Memory, path: Path) -> None:
    found = written(moved, "state", "agents")
    assert found[path.relative_to(EXAMPLES).as_posix()] == path.read_bytes()


def test_no_more_comes_out_than_the_state_that_every_agent_has(moved: Memory) -> None:
    names = {path.relative_to(EXAMPLES).as_posix() for path in FILES}
    assert set(written(moved, "state", "agents")) - names == {"agent-deployment/state/L2.2.2.json"}


def test_nothing_that_was_taken_in_is_wrong(moved: Memory) -> None:
    found = moved.validate()
    assert [each for page in found.pages for each in page.diagnostics if each.severity != "info"] == []
    assert checkpoint_shelf.faults_of(moved.store.copies("checkpoints"), "checkpoint_20251014_180000") == []


def test_what_was_interrupted_there_is_gone_on_with_here(moved: Memory) -> None:
    (session,) = interrupted(moved)
    assert session.to_speak == ("strategic_leader", "critical_evaluator", "gemini_advisor")
    assert [each.agent_id for each in interrupted_agents(moved)] == ["L2.2.1", "L2.2.2"]
    (deployment,) = deployments.interrupted(moved)
    assert (deployment.version, deployment.stage) == ("v1.0_lightweight", "5%")
    assert moved.read("cos-state").session_info.session_id == "session_20251014_173045"


def test_whoever_waits_is_told_what_is_done_of_what_there_is() -> None:
    how_far: list[tuple[str, int, int]] = []
    names = files_below(str(EXAMPLES))
    import_files(empty(), str(EXAMPLES), names, tell=lambda *each: how_far.append(each))
    stages = list(dict.fromkeys(what for what, _, _ in how_far))
    assert stages == ["Reading files", "Reading what files tell", "Making pages", "Writing pages"]
    for stage in stages[:-1]:
        counts = [(done, total) for what, done, total in how_far if what == stage]
        assert counts == sorted(set(counts))
        assert counts[-1][0] == counts[-1][1] > 0
        assert len({total for _, total in counts}) == 1
    assert how_far[len(names) - 1] == ("Reading files", len(names), len(names))
    assert how_far[-1] == ("Writing pages", 0, 0)


def test_what_was_taken_in_already_stands_as_it_is() -> None:
    memory = empty()
    taken_in(memory, EXAMPLES)
    before = {path: memory.store.read(path).data for path in memory.store.paths()}
    done, _ = import_files(memory, str(EXAMPLES), files_below(str(EXAMPLES)))
    assert (done.created, done.replaced, len(done.same)) == ((), (), 9)
    assert {path: memory.store.read(path).data for path in memory.store.paths()} == before


def test_a_page_that_says_something_else_is_only_replaced_where_that_is_wished() -> None:
    memory = empty()
    initialise(memory)
    taken_in(memory, EXAMPLES / "agent-deployment")
    agents.mark_failed(memory, ID, error="Out of tokens")
    with pytest.raises(Refused, match=r"agents/L2\.2\.1\.md"):
        taken_in(memory, EXAMPLES)
    assert "deployment.md" not in memory.store.paths()
    done, _ = import_files(memory, str(EXAMPLES), files_below(str(EXAMPLES)), replacing=True)
    assert done.replaced == ("agents/L2.2.1.md",)
    assert memory.read(f"agents/{ID}").status == "running"


def test_another_checkpoint_of_that_name_goes_to_the_archive(tmp_path: Path) -> None:
    memory = empty()
    taken_in(memory, EXAMPLES / "state")
    name = "checkpoint_20251014_180000"
    held = json.loads((EXAMPLES / f"state/checkpoints/{name}.json").read_text()) | {"notes": "Another"}
    write(tmp_path, f"checkpoints/{name}.json", held)
    with pytest.raises(Refused, match="another text"):
        taken_in(memory, tmp_path)
    taken_in(memory, tmp_path, replacing=True)
    assert memory.store.copies("archive/checkpoints").names() == (name,)
    assert told(json.loads(written(memory, "state")[f"state/checkpoints/{name}.json"])) == told(held)


def test_what_changed_since_comes_out_changed() -> None:
    memory = empty()
    initialise(memory)
    taken_in(memory, EXAMPLES)
    agents.mark_failed(memory, ID, error="Out of tokens")
    found = written(memory, "agents")
    state = json.loads(found[f"agent-deployment/state/{ID}.json"])
    assert (state["status"], state["error"]) == ("failed", "Out of tokens")
    # What tells how the agent is now follows its page; what was answered then stays as it was.
    assert json.loads(found[f"agent-deployment/agents/{ID}/status.json"])["status"] == "failed"
    assert json.loads(found[f"agent-deployment/responses/{ID}_response.json"])["status"] == "spawning"
    assert json.loads(found[f"agent-deployment/requests/{ID}.json"])["prompt"] == state["prompt"]


def test_a_request_alone_makes_an_agent_that_waits(moved: Memory) -> None:
    page = moved.read("agents/L2.2.2")
    assert (page.status, page.agent_name, page.prompt) == (
        "pending",
        "Performance Optimizer",
        "Make the search fast",
    )


def test_earlier_meetings_and_sessions_come_out_beside_the_last(tmp_path: Path) -> None:
    for hour in (1, 2):
        held = {"meeting_id": f"planning_{hour}", "timestamp": f"2025-10-14T0{hour}:00:00Z", "verdict": "GO"}
        write(tmp_path, f"meetings/planning_{hour}.json", held)
    write(tmp_path, "sessions/session_1.json", {"session_id": "session_1", "status": "completed"})
    memory = empty()
    taken_in(memory, tmp_path)
    found = written(memory, "state")
    assert sorted(found) == [
        "state/last_planning_output.json",
        "state/meetings/planning_1.json",
        "state/sessions/session_1.json",
    ]
    assert json.loads(found["state/last_planning_output.json"])["meeting_id"] == "planning_2"


def test_only_files_of_one_sort_are_taken_where_that_is_wished() -> None:
    memory = empty()
    found = taken_in(memory, EXAMPLES, form="state")
    assert not any(path.startswith("agents/") for path in memory.store.paths())
    assert "agent-deployment/state/L2.2.1.json" in found.left_alone


def test_files_that_nobody_knows_are_left_alone_and_named(tmp_path: Path) -> None:
    write(tmp_path, "package.json", {"name": "x"})
    write(tmp_path, "checkpoints/checkpoint_20251014_180000.json", {"notes": "of nothing"})
    write(tmp_path, "prompt.txt", "whose?")
    write(tmp_path, "one.json", {"agent_id": "L2"})
    memory = empty()
    found = taken_in(memory, tmp_path)
    assert memory.store.paths() == ("agents/L2.md",)
    assert found.left_alone == [
        "checkpoints/checkpoint_20251014_180000.json",
        "package.json",
        "prompt.txt",
    ]


def test_one_file_is_known_by_its_name_or_its_keys(tmp_path: Path) -> None:
    memory = empty()
    taken_in(memory, EXAMPLES / "state/metrics_state.json")
    taken_in(memory, write(tmp_path, "x.json", {"actions_executed": 3}))
    assert memory.store.paths() == ("meetings/x.md", "performance/system-metrics.md")


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"state/a.json": {"agent_id": "L2"}, "state/b.json": {"agent_id": "l2"}},
            "state/a.json and state/b.json tell of the same thing.",
        ),
        (
            {"one/requests/a.json": {"agent_id": "L2"}, "two/requests/a.json": {"agent_id": "L2"}},
            "one/requests/a.json and two/requests/a.json tell of the same thing.",
        ),
        (
            {"a/deployment_state.json": {"stage": "5%"}, "b/deployment_state.json": {}},
            "a/deployment_state.json and b/deployment_state.json tell of the same thing.",
        ),
        ({"state/a.json": '{\n"a": 1,\n"b": }'}, "state/a.json:3 cannot be taken in: expecting value."),
        (
            {"state/a.json": '{"agent_id": "NaN",\n "progress": NaN}'},
            "state/a.json:2 cannot be taken in: NaN is no number that can be kept.",
        ),
        (
            {"state/a.json": '{"cost":\n\n1e999}'},
            "state/a.json:3 cannot be taken in: 1e999 is no number that can be kept.",
        ),
        ({"state/a.json": '{"n": ' + "9" * 5000 + "}"}, "is no number that can be kept"),
        ({"state/a.json": "[1]"}, "state/a.json:1 cannot be taken in: it is no object."),
        ({"state/a.json": ""}, "state/a.json:1 cannot be taken in: expecting value."),
        (
            {"state/a.json": '{"a": 1, "a": 2}'},
            "state/a.json cannot be taken in: an object has the key 'a' twice.",
        ),
        ({"state/a.json": '{"a": ' * 100_000}, "stand too deep in each other"),
        ({"checkpoints/x.json": {"session_snapshot": {"status": "idle"}}}, "does not tell when"),
        ({"x.json": {"a": 1}}, "holds no state that is known"),
    ],
)
def test_what_cannot_be_taken_in_is_told_in_a_sentence_and_nothing_is_changed(
    tmp_path: Path, files: dict[str, Any], said: str
) -> None:
    write(tmp_path, "state/good.json", {"agent_id": "L1"}) if "known" not in said else None
    for name, held in files.items():
        write(tmp_path, name, held)
    memory = empty()
    with pytest.raises(UsageError) as refused:
        taken_in(memory, tmp_path)
    assert said in str(refused.value)
    assert memory.store.paths() == ()


def test_bytes_that_are_no_text_are_told_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'{\n"a": "\xff"}')
    with pytest.raises(UsageError, match=r"a\.json:2 cannot be taken in: it is not UTF-8"):
        taken_in(empty(), tmp_path)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        taken_in(empty(), tmp_path / "nowhere")


@pytest.mark.parametrize("number", [10**300, -(10**18), 0.1 + 0.2, 5e-324, 1.7976931348623157e308])
def test_numbers_of_any_size_are_kept_exactly(tmp_path: Path, number: float) -> None:
    held = {"agent_id": "L2", "pid": number, "progress": number, "metadata": {"n": number}, "n": [number]}
    write(tmp_path, "state/L2.json", held)
    memory = empty()
    taken_in(memory, tmp_path)
    assert told(json.loads(written(memory, "agents")["agent-deployment/state/L2.json"])) == told(held)


def test_a_meeting_cannot_name_a_file_outside_of_the_export(tmp_path: Path) -> None:
    for number, at in enumerate(("2025-10-14T01:00:00Z", "2025-10-14T02:00:00Z")):
        held = {"meeting_id": "../../evil", "timestamp": at, "verdict": "GO"}
        write(tmp_path, f"meetings/planning_{number}.json", held)
    memory = empty()
    taken_in(memory, tmp_path)
    assert sorted(written(memory, "state")) == [
        "state/last_planning_output.json",
        "state/meetings/planning_0.json",
    ]


@pytest.mark.parametrize("key", ["../../evil", "a/b", "..", ".hidden", "", None, 5, "x\ny"])
def test_an_id_that_no_page_can_have_gives_way_to_the_name_of_the_file(tmp_path: Path, key: Any) -> None:
    write(tmp_path, "state/L2.json", {"agent_id": key, "status": "failed"})
    memory = empty()
    taken_in(memory, tmp_path)
    assert memory.store.paths() == ("agents/L2.md",)
    found = json.loads(written(memory, "agents")["agent-deployment/state/L2.json"])
    assert found == {"agent_id": key, "status": "failed"}


def test_a_page_cannot_name_a_file_outside_of_the_export(moved: Memory) -> None:
    memory = empty()
    text = moved.store.read(f"agents/{ID}.md").data.decode()
    assert "requests/L2.2.1.json" in text
    for place in ("../../evil.json", "state/L2.9.json"):
        changed = text.replace("requests/L2.2.1.json", place)
        with memory.transaction() as transaction:
            transaction.rewrite(f"agents/{ID}.md", changed)
        names = [each.name for each in export(memory, "agents", choose(memory))]
        assert place not in names


def test_the_report_names_all_that_was_kept_aside() -> None:
    found = taken_in(empty(), EXAMPLES / "agent-deployment/state")
    assert [(path, row.key) for path, row in kept_aside(found)][:2] == [
        ("agents/L2.2.1.md", "metadata"),
        ("agents/L2.2.1.md", "started_at"),
    ]


@settings(max_examples=60)
@given(
    st.fixed_dictionaries(
        {"session_snapshot": st.just({"status": "idle"})},
        optional={
            "planning_snapshot": VALUES | st.just({"meeting_id": "a/b", "verdict": "GO"}),
            "deployment_snapshot": VALUES,
            "notes": VALUES | st.just("```\n## Files\n```\n## Notes"),
            "timestamp": VALUES | st.just("2025-10-14T18:00:00Z"),
            "checkpoint_id": VALUES,
        },
    ),
    st.dictionaries(st.text(max_size=3), VALUES, max_size=2),
)
def test_any_checkpoint_comes_back_equal(held: dict[str, Any], more: dict[str, Any]) -> None:
    both = more | held
    memory = empty()
    name = "checkpoint_20251014_180000"
    with memory.transaction() as transaction:
        keep_checkpoint(transaction.memory, checkpoint_of_json(name, both))
    (made,) = checkpoint_shelf.listed(memory)
    assert told(json_of_checkpoint(memory, made)) == told(both)
    assert checkpoint_shelf.faults_of(memory.store.copies("checkpoints"), name) == []


@given(st.dictionaries(st.text(), VALUES))
def test_a_file_is_read_as_it_was_written(held: dict[str, Any]) -> None:
    assert told(read_object("x.json", json_bytes(held))) == told(held)
