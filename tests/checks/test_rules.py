"""Every rule, shown on a page: the text, exactly what is found on it, what the fix makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cosmemory.checks.beside import check_alone
from cosmemory.config import settings_of
from cosmemory.connect import open_memory
from cosmemory.interfaces.cli.findings import formatted
from cosmemory.interfaces.cli.rules_page import rules_markdown
from cosmemory.memory import Memory
from cosmemory.operations.fixing import fix
from cosmemory.rules.rule import ERROR, NONE, Rule
from cosmemory.rules.table import RULES

CASES = Path(__file__).parents[1] / "cases" / "rules"
ESCAPE = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\([rn])")
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


@dataclass
class Case:
    """The parts of a case file, which lines of `@@ name` begin: pages, `findings`, `fixed PAGE`, `instead PAGE`."""

    pages: dict[str, bytes] = field(default_factory=dict)
    findings: str = ""
    fixed: dict[str, bytes] = field(default_factory=dict)
    instead: dict[str, bytes] = field(default_factory=dict)


def raw(text: str) -> bytes:
    r"""The bytes of a text with escapes: a line that ends in `\n` or `\r` ends there and nowhere else."""
    text = re.sub(r"((?:\\[rn])+)\n", r"\1", text)
    return ESCAPE.sub(unescaped, text).encode("utf-8", "surrogateescape")


def unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return bytes([int(found[1], 16)]).decode("utf-8", "surrogateescape")
    return chr(int(found[2], 16)) if found[2] else {"r": "\r", "n": "\n"}[found[3]]


def case_of(rule: Rule) -> Case:
    case = Case()
    text = (CASES / f"{rule.code}.md").read_bytes().decode()
    for part in re.split(r"^@@ ", text, flags=re.MULTILINE)[1:]:
        head, _, body = part.partition("\n")
        words = head.split()
        data = raw(body) if words[-1] == "escaped" else body.encode()
        if words[0] == "findings":
            case.findings = body
        elif words[0] in {"fixed", "instead"}:
            getattr(case, words[0])[words[1]] = data
        else:
            case.pages[words[0]] = data
    return case


@pytest.fixture
def memory_of(tmp_path, monkeypatch):
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")

    def make(pages: dict[str, bytes]) -> Memory:
        for path, data in pages.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        checks = {"checks": {"files": [str(tmp_path / "checks.py")]}} if "checks.py" in pages else {}
        bounds = {"decisions": 2, "ended_actions": 2, "resolved_alerts": 2, "team_changes": 2}
        return open_memory(
            str(tmp_path),
            settings=settings_of({"bounds": bounds, "storage": {"durability": "none"}, **checks}),
        )

    return make


def told(memory: Memory, rule: Rule) -> str:
    """What is found, but the pages that a case does not speak of."""
    pages = [
        page
        for page in memory.validate().pages
        if rule.name == "missing-page" or not any(each.name == "missing-page" for each in page.diagnostics)
    ]
    return formatted(pages, "concise")


@every_rule
def test_a_rule_is_found_where_its_case_says_and_nothing_else_is(rule, memory_of):
    case = case_of(rule)
    found = told(memory_of(case.pages), rule)
    assert found == case.findings
    assert f": {rule.code} " in found


@every_rule
def test_what_the_table_says_of_a_fix_is_true(rule, memory_of):
    case = case_of(rule)
    memory = memory_of(case.pages)
    mine = [each for page in memory.validate().pages for each in page.diagnostics if each.code == rule.code]
    assert any(each.fix for each in mine) == (rule.fix != NONE)
    fix(memory, None, select=[rule.code])
    after = {path: memory.store.read(path).data for path in case.pages if memory.store.read(path)}
    assert after == {path: data for path, data in case.pages.items() if path in after} | case.fixed


@every_rule
def test_the_example_breaks_the_rule_and_the_remedy_heeds_it(rule, memory_of):
    case = case_of(rule)
    if not rule.example.endswith("."):
        shown = [*case.pages.values(), *(path.encode() for path in case.pages)]
        assert any(raw(rule.example).strip() in data for data in shown)
    if not case.instead:
        assert rule.fix == NONE or case.fixed
        return
    remedies = [raw(rule.remedy) if "\\u" in rule.remedy else rule.remedy.encode()]
    assert rule.remedy.endswith(".") or any(each in d for d in case.instead.values() for each in remedies)
    assert f": {rule.code} " not in told(memory_of(case.pages | case.instead), rule)


def test_every_rule_has_a_case_and_every_case_a_rule():
    assert {path.stem for path in CASES.iterdir()} == {rule.code for rule in RULES}


def test_codes_and_names_are_used_once_and_stand_in_order():
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_the_page_of_rules_is_made_from_the_table(checkout):
    assert (checkout / "docs/rules.md").read_text(encoding="utf-8") == rules_markdown()


@every_rule
def test_a_page_alone_has_every_error_that_it_has_among_the_others(rule: Rule, memory_of) -> None:
    """What is asked before each edit of an agent reads one page, and must refuse what `validate` would."""
    memory = memory_of({path: data for path, data in case_of(rule).pages.items() if path != "checks.py"})
    among = {
        page.path: [each for each in page.diagnostics if each.severity == ERROR]
        for page in memory.validate().pages
    }
    for path in memory.store.paths():
        stored = memory.store.read(path)
        found = check_alone(memory.store, stored, memory.now(), memory.settings, memory.kinds).diagnostics
        assert [each for each in found if each.severity == ERROR] == among.get(path, [])
