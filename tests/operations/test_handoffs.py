"""Handoffs: what is handed over stands on a page, is acknowledged by its hash, and followed along its chain."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.clock import read_time
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import ConfigError, IllegalTransition, InvalidValue, NotFound, Refused
from cosmemory.kinds import HANDOFF
from cosmemory.kinds.handoff import Handoff, content_hash
from cosmemory.memory import Memory
from cosmemory.operations import board, handoffs
from cosmemory.operations.events import find_events
from cosmemory.operations.handoff_packages import data_in, rows_of
from cosmemory.operations.page_ids import to_archive
from cosmemory.operations.pages import set_value
from cosmemory.store import Replace
from tests.laws.documents import TEXTS

NOON = read_time("2026-11-21T12:00:00Z")[0]
LOG = {"coordination-log.md": b"# Coordination Log\n\n## Events\n\n"}
FIRST = "payments-2026-11-21"


class Clock:
    def __init__(self):
        self.at = NOON

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def memory(clock):
    return Memory(EphemeralStore(LOG), now=clock, actor="chief")


def hand(memory, giver="helper-1", taker="helper-2", **more):
    return handoffs.create(memory, "payments", from_agent=giver, to_agent=taker, **more).result


def hash_of(memory, key):
    return content_hash(handoffs.get(memory, key))


def taken(memory, key):
    handoffs.acknowledge(memory, key, hash_of(memory, key))
    return key


def text_of(memory, key):
    return memory.page(f"handoffs/{key}.md").tree.text


def rewritten(memory, key, text):
    with memory.store.writing() as writer:
        before = writer.read(f"handoffs/{key}.md")
        writer.commit([Replace(path=f"handoffs/{key}.md", data=text.encode(), expected=before.revision)])


def said(memory):
    return [(event.involved, event.action, event.outcome) for _, event in find_events(memory)]


def test_everything_that_is_handed_over_stands_on_the_page(memory):
    key = hand(
        memory,
        context="The export is slow.",
        deliverables=["export.py"],
        acceptance_criteria=["All tests pass", "all tests pass", " "],
        current_state="Half of it.",
        next_steps=["Measure it"],
        files=["src/export.py"],
        notes="Ask Kim.",
        instructions="Plan first.",
        data={"rows": [1, 2.5, None], "deep": {"a": "b | c"}},
        metadata=["any", "shape"],
        from_status="completed",
        from_tokens=1200,
        from_cost=0.25,
        expires="2h",
    )
    page = handoffs.get(memory, key)
    assert key == FIRST
    assert (page.from_agent, page.to_agent, page.project, page.status) == (
        "helper-1",
        "helper-2",
        "payments",
        "pending",
    )
    assert (page.protocol, page.requires_ack, page.from_tokens, page.from_cost) == (
        "direct",
        "true",
        1200,
        0.25,
    )
    assert (page.context, page.current_state, page.notes) == (
        "The export is slow.",
        "Half of it.",
        "Ask Kim.",
    )
    assert [(each.text, each.state) for each in page.acceptance_criteria] == [("All tests pass", "open")]
    assert data_in(page.data) == {"rows": [1, 2.5, None], "deep": {"a": "b | c"}}
    assert data_in(page.metadata) == ["any", "shape"]
    assert page.expires.isoformat() == "2026-11-21T14:00:00+00:00"
    assert page.content_sha256 == content_hash(page)
    assert said(memory) == [("helper-1 -> helper-2", f"{FIRST} handed over", "waits for helper-2")]
    assert memory.page(f"handoffs/{key}.md").diagnostics == ()


def test_the_second_of_a_day_has_a_suffix_and_no_id_comes_back(memory):
    assert [hand(memory) for _ in range(2)] == [FIRST, f"{FIRST}-2"]
    memory.run(lambda transaction: to_archive(transaction, f"handoffs/{FIRST}.md"))
    assert hand(memory) == f"{FIRST}-3"
    assert (
        handoffs.create(memory, "Pay/ment API", from_agent="a", to_agent="b").result
        == "Pay-ment-API-2026-11-21"
    )
    with pytest.raises(InvalidValue, match="used before"):
        hand(memory, key=f"{FIRST}-2")


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        ({"giver": " "}, "empty"),
        ({"taker": "-"}, "empty"),
        ({"expires": "soon"}, "not a time"),
        ({"expires": "2020-01-01"}, "past"),
        ({"from_cost": float("inf")}, "not a number"),
        ({"from_tokens": -1}, "not a count"),
        ({"data": {1, 2}}, "JSON cannot say it"),
        ({"from_status": "x" * 3000}, "characters"),
    ],
)
def test_what_no_page_can_hold_is_refused_and_nothing_is_written(memory, given_, reason):
    with pytest.raises(InvalidValue, match=reason):
        hand(memory, **given_)
    assert memory.store.paths() == ("coordination-log.md",) or list(memory.store.paths()) == [
        "coordination-log.md"
    ]


def test_a_handoff_goes_its_way(memory, clock):
    key = hand(memory, acceptance_criteria=["fast", "tested"])
    handoffs.acknowledge(memory, key.upper(), hash_of(memory, key)[:12].upper(), by="helper-2")
    clock.at += 60
    handoffs.start(memory, key)
    with pytest.raises(Refused, match="is not done; what is not met: fast and 1 more"):
        handoffs.complete(memory, key)
    handoffs.accept(memory, key, "Fast")
    with pytest.raises(NotFound, match="'safe'"):
        handoffs.accept(memory, key, "safe")
    handoffs.accept(memory, key)
    handoffs.accept(memory, key, "fast", met=False)
    handoffs.accept(memory, key, "fast")
    handoffs.complete(memory, key, notes="shipped")
    page = handoffs.get(memory, key)
    assert (page.status, page.acknowledged_by, page.acknowledged_sha256) == (
        "completed",
        "helper-2",
        page.content_sha256,
    )
    assert (page.ended - page.acknowledged).seconds == 60
    assert said(memory)[1:] == [
        ("helper-1 -> helper-2", f"{FIRST} acknowledged", "acknowledged"),
        ("helper-1 -> helper-2", f"{FIRST} started", "in_progress"),
        ("helper-1 -> helper-2", f"{FIRST}: Fast", "met"),
        ("helper-1 -> helper-2", f"{FIRST}: all criteria", "met"),
        ("helper-1 -> helper-2", f"{FIRST}: fast", "not met"),
        ("helper-1 -> helper-2", f"{FIRST}: fast", "met"),
        ("helper-1 -> helper-2", f"{FIRST} completed", "completed"),
    ]


def test_a_changed_handoff_is_not_acknowledged_by_the_hash_that_was_read_before(memory):
    key = hand(memory, context="old words")
    read = hash_of(memory, key)
    set_value(memory, f"handoffs/{key}.md", "context", "new words")
    fresh = hash_of(memory, key)
    assert handoffs.get(memory, key).content_sha256 == fresh != read
    with pytest.raises(Refused, match="was changed since it was read") as refused:
        handoffs.acknowledge(memory, key, read)
    assert fresh in refused.value.hint
    handoffs.acknowledge(memory, key, fresh)


def test_a_page_laid_out_anew_keeps_its_hash_and_one_that_says_something_else_does_not(memory):
    key = hand(
        memory, context="words", deliverables=["one"], data={"a": 1, "b": 2}, acceptance_criteria=["x"]
    )
    before, text = hash_of(memory, key), text_of(memory, key)
    rows = "| a | 1 |\n| b | 2 |"
    laid = (
        text.replace("1. one", "* one")
        .replace(rows, "| b   |  2 |\n| a | 1 |\n")
        .replace("- [ ] x", "+ [x] x")
    )
    laid = (
        laid.replace("words\n", "words\n\n").replace("from: helper-1", "from:   'helper-1'") + "\nmy remark\n"
    )
    rewritten(memory, key, laid)
    assert hash_of(memory, key) == before
    for old, new in [
        ("words", "other words"),
        ("1. one", "1. two"),
        ("| a | 1 |", '| a | "1" |'),
        ("] x", "] y"),
    ]:
        rewritten(memory, key, text.replace(old, new))
        assert hash_of(memory, key) != before


@pytest.mark.parametrize("named", ["", "abc", "0" * 11])
def test_too_little_of_a_hash_acknowledges_nothing(memory, named):
    key = hand(memory)
    with pytest.raises(InvalidValue, match="too short"):
        handoffs.acknowledge(memory, key, named)


def test_one_that_needs_no_acknowledgement_is_started_at_once(memory):
    key = hand(memory, requires_ack=False)
    assert handoffs.interrupted(memory) == ()
    handoffs.start(memory, key)
    assert [page.id for page in handoffs.received(memory, "helper-2")] == [key]
    other = hand(memory)
    with pytest.raises(IllegalTransition, match="can become acknowledged, rejected, expired"):
        handoffs.start(memory, other)


def test_a_rejection_tells_why(memory):
    key = hand(memory)
    with pytest.raises(InvalidValue, match="the reason"):
        handoffs.reject(memory, key, reason=" - ")
    handoffs.reject(memory, key, reason="no time: ask helper-3")
    assert handoffs.get(memory, key).reason == "no time: ask helper-3"
    with pytest.raises(IllegalTransition, match="is rejected and cannot become acknowledged"):
        handoffs.acknowledge(memory, key, hash_of(memory, key))


def test_what_nobody_took_in_time_expires_in_one_sweep(memory, clock):
    keys = [hand(memory, expires="1h"), hand(memory, expires="1h"), hand(memory, expires="3h"), hand(memory)]
    taken(memory, keys[1])
    assert handoffs.expire(memory).revisions == ()
    clock.at += 3600
    with pytest.raises(Refused, match="has expired"):
        taken(memory, keys[0])
    assert handoffs.interrupted(memory)[0].overdue
    assert handoffs.expire(memory).result == (keys[0],)
    assert [handoffs.get(memory, key).status for key in keys] == [
        "expired",
        "acknowledged",
        "pending",
        "pending",
    ]
    assert said(memory)[-1] == (None, "1 expired", keys[0])


def test_those_that_wait_tell_all_that_is_needed_to_go_on(memory):
    key = hand(memory, expires="1d")
    hand(memory, taker="helper-3")
    (waiting, _) = handoffs.interrupted(memory)
    assert (waiting.id, waiting.page, waiting.to_agent) == (key, f"handoffs/{key}.md", "helper-2")
    assert waiting.sha256 == hash_of(memory, key)
    assert [page.id for page in handoffs.pending(memory, "HELPER-2")] == [key]
    handoffs.acknowledge(memory, key, waiting.sha256)
    assert handoffs.pending(memory, "helper-2") == ()


def test_a_chain_is_followed_to_its_begin(memory):
    one = taken(memory, hand(memory))
    two = taken(memory, hand(memory, "helper-2", "helper-3", previous=one))
    three = hand(memory, "helper-3", "helper-4", previous=two)
    chain = handoffs.verify(memory, three)
    assert (chain.ids, chain.problems, chain.received, chain.whole) == ((one, two, three), (), False, True)
    assert handoffs.verify(memory, two).received
    memory.run(lambda transaction: to_archive(transaction, f"handoffs/{one}.md"))
    assert handoffs.verify(memory, three).whole
    assert handoffs.broken(memory) == ()


def test_a_chain_that_would_be_broken_from_the_start_is_refused(memory):
    one = hand(memory)
    with pytest.raises(Refused, match="is pending, and was handed on"):
        hand(memory, "helper-2", "helper-3", previous=one)
    taken(memory, one)
    with pytest.raises(Refused, match="went to helper-2, and helper-9 hands it on"):
        hand(memory, "helper-9", "helper-3", previous=one)
    with pytest.raises(NotFound, match="'nothing'"):
        hand(memory, previous="nothing")


def test_a_chain_shows_what_was_changed_behind_its_back(memory):
    one = taken(memory, hand(memory, context="honest"))
    two = hand(memory, "helper-2", "helper-3", previous=one)
    rewritten(memory, one, text_of(memory, one).replace("honest", "forged"))
    chain = handoffs.verify(memory, two)
    assert chain.problems == (
        f"{two}: {one} says something else than when it was handed on",
        f"{one}: it was acknowledged with another hash than its content has now",
    )
    assert [key for key, _ in handoffs.broken(memory)] == [one, two]
    codes = [
        each.code for page in memory.validate().pages for each in page.diagnostics if "handoffs" in page.path
    ]
    assert sorted(codes) == ["COS535", "COS537"]


def test_a_chain_that_bites_its_tail_ends(memory):
    one, two = hand(memory), hand(memory, "helper-2", "helper-1")
    for key, previous in ((one, two), (two, one)):
        set_value(memory, f"handoffs/{key}.md", "previous", previous)
    assert any("the chain comes back to" in each for each in handoffs.verify(memory, one).problems)
    assert len(handoffs.broken(memory)) == 2


def test_a_registered_function_makes_results_into_what_the_other_needs(memory):
    async def scout_to_planner(results, analysis):
        await asyncio.sleep(0)
        return {"requirements": results.get("requirements", []), "risks": analysis.get("risks", [])}

    handoffs.register_transformation("Scout", "Planner", scout_to_planner)
    results, analysis = {"requirements": ["fast"], "noise": 1}, {"risks": ["none | few"]}
    given_ = {"from_agent": "a", "to_agent": "b", "from_role": "scout", "to_role": "planner"}

    async def within_a_loop():
        return handoffs.mediate(memory, "payments", results=results, analysis=analysis, **given_).result

    page = handoffs.get(memory, asyncio.run(within_a_loop()))
    assert page.protocol == "mediated"
    assert data_in(page.raw_results) == results
    assert data_in(page.analysis) == analysis
    assert data_in(page.processed_data) == {"requirements": ["fast"], "risks": ["none | few"]}


def test_a_template_named_by_the_roles_makes_the_words(memory):
    path = ".templates/transformations/tester_to_writer.md.j2"
    with memory.store.writing() as writer:
        template = b"For {{ to_role }}:\n{% for each in results.notes %}- {{ each }}\n{% endfor %}"
        writer.commit([Replace(path=path, data=template, expected=None)])
    given_ = {"from_agent": "a", "to_agent": "b", "from_role": "tester", "to_role": "writer"}
    results = {"notes": ["## Forged", "**Status:** {{ 7*7 }}"]}
    key = handoffs.mediate(memory, "payments", results=results, instructions="First.", **given_).result
    page = handoffs.get(memory, key)
    assert page.instructions == "First.\n\nFor writer:\n- ## Forged\n- **Status:** {{ 7*7 }}"
    assert data_in(page.processed_data) == results
    with pytest.raises(ConfigError, match="cannot be rendered"):
        handoffs.mediate(memory, "payments", results=[], **given_)


def test_a_shared_handoff_names_what_stands_on_the_board(memory):
    given_ = {"from_agent": "a", "to_agent": "b", "board_key": "build.result"}
    with pytest.raises(NotFound):
        handoffs.share(memory, "payments", **given_)
    for value in ("red", "green"):
        board.set(memory, "build.result", value)
    page = handoffs.get(memory, handoffs.share(memory, "payments", **given_).result)
    assert (page.protocol, page.board_key, page.board_version) == ("shared", "build.result", 2)
    earlier = handoffs.share(memory, "payments", board_version=1, **given_).result
    assert handoffs.get(memory, earlier).board_version == 1
    for wrong in (0, 3):
        with pytest.raises(InvalidValue, match=f"{wrong} is none that build.result had"):
            handoffs.share(memory, "payments", board_version=wrong, **given_)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4) | st.just("*"), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(data=JSON, criteria=st.lists(TEXTS, max_size=3), context=TEXTS)
def test_data_of_any_shape_comes_back_from_the_page_as_it_was(data, criteria, context):
    memory = Memory(EphemeralStore(LOG), now=lambda: NOON)
    key = hand(memory, data=data, acceptance_criteria=criteria, context=context)
    page = handoffs.get(memory, key)
    assert json.dumps(data_in(page.data)) == json.dumps(plain_surrogates(data))
    assert page.context == context
    assert page.content_sha256 == content_hash(page)
    assert handoffs.broken(memory) == ()


def plain_surrogates(data):
    return json.loads(json.dumps(data))


def test_rows_have_keys_only_where_they_can_be_told_apart():
    assert [row.key for row in rows_of({"a": 1, "b": 2})] == ["a", "b"]
    for odd in ({"a": 1, "A": 2}, {"": 1}, {" a": 1}, {"*": 1}, {}, [], "words", 0):
        assert [row.key for row in rows_of(odd)] == ["*"]
        assert data_in(rows_of(odd)) == odd
    assert data_in(rows_of(None)) is None


def test_every_value_of_a_handoff_is_content_or_comes_later():
    from cosmemory.document.fields import layout
    from cosmemory.kinds.handoff import CONTENT

    shape = layout(Handoff)
    later = {
        "created",
        "status",
        "requires_ack",
        "expires",
        "content_sha256",
        "acknowledged",
        "acknowledged_by",
    }
    later |= {"acknowledged_sha256", "started", "ended", "reason", "from_status", "from_tokens", "from_cost"}
    assert {*shape.values, *shape.parts} == {*CONTENT, *later, "acceptance_criteria", "remarks"}
    assert HANDOFF.derive is not None


def test_all_criteria_of_a_handoff_without_any_are_none(memory):
    key = hand(memory)
    with pytest.raises(NotFound, match=f"A criterion of acceptance on {key} was not found"):
        handoffs.accept(memory, key)
