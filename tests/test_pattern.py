"""A pattern does what the compiled one does, and is compiled only when it is used."""

from __future__ import annotations

import re

import pytest

from cosmemory.pattern import beginning_with, pattern


def test_it_is_compiled_when_it_is_first_used_and_once(monkeypatch):
    compiled = []
    compile_ = re.compile
    monkeypatch.setattr(re, "compile", lambda *given: compiled.append(given) or compile_(*given))
    words = pattern(r"\w+", re.ASCII)
    assert compiled == []
    assert [words.findall("a b"), words.findall("cé")] == [["a", "b"], ["c"]]
    assert compiled == [(r"\w+", re.ASCII)]


def test_it_answers_as_the_compiled_one_does():
    lazy, compiled = pattern("(?P<x>a)"), re.compile("(?P<x>a)")
    for name in ("pattern", "flags", "groups", "groupindex"):
        assert getattr(lazy, name) == getattr(compiled, name)
    assert lazy.match("ab")["x"] == lazy.search("ba")["x"] == "a"
    assert lazy.sub("b", "aa") == "bb"


def test_a_name_that_no_pattern_has_is_refused():
    with pytest.raises(AttributeError, match="nothing"):
        assert pattern("a").nothing


def test_what_begins_otherwise_needs_no_compiling(monkeypatch):
    compiled = []
    compile_ = re.compile
    monkeypatch.setattr(re, "compile", lambda *given: compiled.append(given) or compile_(*given))
    agents = beginning_with("agents/", r"agents/([^/]+)\.md")
    assert [agents.fullmatch(path) for path in ("", "runs/a.md", "agent")] == [None] * 3
    assert compiled == []
    assert [agents.fullmatch(path)[1] for path in ("agents/a.md", "agents/b.md")] == ["a", "b"]
    assert [agents.fullmatch(path) for path in ("agents/a/b.md", "runs/a.md")] == [None] * 2
    assert len(compiled) == 1
    assert agents.match("agents/a.md, more")
