"""Front matter is found by our own scanner, read by python-frontmatter, and changed one line at a time."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.syntax.front_matter import (
    MOST_ALIASES,
    MOST_CHARACTERS,
    front_matter_lines,
    front_matter_span,
    plain_front_matter,
    read_front_matter,
)


def page(inner: str) -> str:
    return f"---\n{inner}\n---\n# Title\n"


def values_of_lines(text: str) -> dict[str, str]:
    return {key: span.of(text) for key, span in front_matter_lines(text)}


@pytest.mark.parametrize(
    ("text", "front"),
    [
        ("---\na: b\n---\nrest", "---\na: b\n---\n"),
        ("---\na: b\n...\nrest", "---\na: b\n...\n"),
        ("---\r\na: b\r\n---\r\nrest", "---\r\na: b\r\n---\r\n"),
        ("---\ra: b\r---\rrest", "---\ra: b\r---\r"),
        ("---  \na: b\n--- \t\nrest", "---  \na: b\n--- \t\n"),
        ("\ufeff---\na: b\n---", "\ufeff---\na: b\n---"),
        ("---\n---\nrest", "---\n---\n"),
        ("---\na: b\n\nc: d\n---\n---\n", "---\na: b\n\nc: d\n---\n"),
    ],
)
def test_it_stands_between_fence_lines_at_the_start(text, front):
    span = front_matter_span(text)
    assert span is not None
    assert span.of(text) == front


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---",
        "---\n",
        "---\na: b\n",
        "---\na: b\n ---\n",
        "----\na: b\n----\n",
        "\n---\na: b\n---\n",
        "# Title\n\n---\na: b\n---\n",
        # a log whose head is lost begins with a rule; its first entry is no front matter
        "---\n\n### 2026-11-21T06:00:00Z\n**Type:** decision\n\n---\n",
        "---\x0ba: b\x0b---\x0b",
    ],
)
def test_anything_else_is_none(text):
    assert front_matter_span(text) is None
    assert front_matter_lines(text) == []
    assert read_front_matter(text) == ({}, "")


def test_it_is_read_as_yaml():
    text = page(
        'id: handoff-7\nstatus: "pending"\ntokens: 1200\nagents: [one, two]\ndate: 2026-11-21\nempty:'
    )
    assert read_front_matter(text) == (
        {
            "id": "handoff-7",
            "status": "pending",
            "tokens": 1200,
            "agents": ["one", "two"],
            "date": dt.date(2026, 11, 21),
            "empty": None,
        },
        "",
    )
    assert read_front_matter(text.replace("\n", "\r\n")) == read_front_matter(text)
    assert read_front_matter("\ufeff" + text) == read_front_matter(text)


def test_quotes_make_no_difference():
    assert read_front_matter(page('status: "pending"')) == read_front_matter(page("status: pending"))


def test_an_empty_one_says_nothing():
    assert read_front_matter("---\n---\n") == ({}, "")
    assert read_front_matter(page("# only a comment")) == ({}, "")


@pytest.mark.parametrize(
    ("inner", "problem"),
    [
        ("a: [1, 2", "cannot be read at line "),
        ("a: b\n\tc: d", "cannot be read at line 3"),
        ("a: \udcff", "cannot be read"),
        ("a: \0", "cannot be read"),
        ("just words", "is not a list of `key: value` lines"),
        ("- one\n- two", "is not a list of `key: value` lines"),
        ("date: 2026-13-45", "a value that cannot be read"),
        ("when: 2026-11-21T25:00:00Z", "a value that cannot be read"),
        ("? [a]\n: b", "cannot be read"),
        ("a: !!python/object/apply:os.system [echo]", "cannot be read"),
        ("a: 1\nb: 2\na: 3", "has the key `a` more than once"),
        ("a: " + "[" * 30_000, "nested too deeply"),
        ("a:\n" + "- " * 30_000 + "x", "nested too deeply"),
        ("a: " + "x" * MOST_CHARACTERS, "longer than 64 KiB"),
        ("a: &a x\nb: [" + "*a, " * (MOST_ALIASES + 1) + "x]", "more than 16 aliases"),
        ("a: &a [*a]", "a value holds itself"),
        ("a: &a {b: [1, {c: *a}]}", "a value holds itself"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(inner, problem):
    begun = time.perf_counter()
    values, said = read_front_matter(page(inner))
    assert problem in said
    assert said.startswith("The front matter ")
    assert said.endswith((".", "counts."))
    assert "\n" not in said
    assert values == ({"a": 3, "b": 2} if "more than once" in problem else {})
    assert time.perf_counter() - begun < 20


def test_a_few_aliases_are_fine():
    assert read_front_matter(page("a: &a x\nb: *a")) == ({"a": "x", "b": "x"}, "")


def test_one_line_entries_have_a_place():
    text = page(
        "id: handoff-7  \nstatus: \"pending\" # soon\nby: 'it''s me'\ntags: [one, two]\nnote: a #1 b\n"
        "url: https://example.org/a:b\nempty:\nspaced key :  x\ntime: 2026-11-21T06:00:00Z"
    )
    assert values_of_lines(text) == {
        "id": "handoff-7",
        "status": '"pending"',
        "by": "'it''s me'",
        "tags": "[one, two]",
        "note": "a",
        "url": "https://example.org/a:b",
        "empty": "",
        "spaced key": "x",
        "time": "2026-11-21T06:00:00Z",
    }
    assert values_of_lines(text.replace("\n", "\r\n")) == values_of_lines(text)


def test_an_entry_that_means_more_than_its_line_has_none():
    text = page(
        "list:\n- one\nmap:\n  inner: x\nfolded: >\n  words\nlong: first\n  second\nanchor: &a x\nalias: *a\n"
        'tag: !!str x\nopen: [one,\nopen2: "one\nnested: {a: b}\nbad: a: b\nlast: x'
    )
    assert values_of_lines(text) == {"last": "x"}


def test_a_value_is_spliced_into_its_line():
    text = page("status: pending # was new\nempty:")
    spans = dict(front_matter_lines(text))
    status, empty = spans["status"], spans["empty"]
    edited = text[: status.start] + "done" + text[status.end : empty.start] + " x" + text[empty.end :]
    assert edited == page("status: done # was new\nempty: x")


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            "---\n",
            "...\n",
            "a: b\n",
            "a: 'b'\r\n",
            "- x\n",
            "  c: d\r",
            "\n",
            "\ufeff",
            "a: [\n",
            "\0",
            "\udcff",
            "#c\n",
            "? ",
            "&a",
            ": ",
        ]
    ),
    max_size=12,
).map("".join)


@given(FRAGMENTS)
def test_any_text_is_answered(text):
    span = front_matter_span(text)
    values, problem = read_front_matter(text)
    assert span is not None or (values, problem) == ({}, "")
    for key, place in front_matter_lines(text):
        assert key
        assert span is not None
        assert span.start <= place.start <= place.end <= span.end


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), max_size=12)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True).map("k_".__add__), WORDS, max_size=5))
def test_the_place_of_a_value_is_what_yaml_reads(entries):
    quoted = {key: "'" + value.replace("'", "''") + "'" for key, value in entries.items()}
    text = page("\n".join(f"{key}: {value}" for key, value in quoted.items()) or "#")
    assert values_of_lines(text) == quoted
    assert read_front_matter(text) == (entries, "")


def test_plain_entries_are_read_without_a_loader():
    text = page(
        "id: h-1\nfrom: files-engine\nempty:\ncreated: 2026-11-19T16:00:00Z\nrequires_ack: true\ncount: 012"
    )
    assert plain_front_matter(text) == {
        "id": "h-1",
        "from": "files-engine",
        "empty": "",
        "created": "2026-11-19T16:00:00Z",
        "requires_ack": "true",
        "count": "012",
    }
    assert plain_front_matter(text.replace("\n", "\r\n")) == plain_front_matter(text)


@pytest.mark.parametrize(
    "inner",
    [
        *(
            "a: 'b'",
            "a: [b]",
            "a: b # c",
            "a: b ",
            "a : b",
            "A: b",
            "# c",
            "a: b\n\nc: d",
            "a: b\n  c",
            "- a",
        ),
        *("a: b\na: c", "yes: b", "null: b", "a: null", "a: ~", "a: é", "a: b: c", "a:\tb", "a:b", "a: &b c"),
        *(
            "date: 2026-13-45",
            "when: 2026-11-21T25:00:00Z",
            "a: 0x",
            "a: 123456789012345678",
            "a: b\u2028c: d",
        ),
    ],
)
def test_of_anything_else_the_loader_is_asked(inner):
    assert plain_front_matter(page(inner)) is None


def test_no_front_matter_has_no_plain_entries():
    assert plain_front_matter("# Title\n") is None


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["a: yes", "b: 1:30", "c: 1e3", "d: 0b11", "e: 1_000", "f: .5", "g: 2026-11-21 06:00:00", "h:"]
        ),
        st.from_regex(r"[a-z_=]{1,4}: ?[A-Za-z0-9.:+ T/=(,;-]{0,12}", fullmatch=True),
        st.from_regex(r"[xyz]: [0-9TtZ:.+eExob_-]{1,20}", fullmatch=True),
    ),
    max_size=4,
)


@given(LINES)
def test_the_loader_would_read_no_other_texts(lines):
    text = page("\n".join(lines))
    plain = plain_front_matter(text)
    if plain is None:
        return
    values, problem = read_front_matter(text)
    assert (list(plain), problem) == (list(values), "")
    assert values_of_lines(text) == plain
    for key, value in values.items():
        assert not isinstance(value, list | dict)
        if value is None or isinstance(value, str):
            assert plain[key] == (value or "")
