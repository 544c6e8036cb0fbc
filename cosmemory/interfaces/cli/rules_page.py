"""What each rule means, as ``cosmemory rule`` prints it and as docs/rules.md holds it."""

from __future__ import annotations

import re

from cosmemory.rules.rule import NONE, SAFE, UNSAFE, Rule
from cosmemory.rules.table import FAMILIES, RULES

_FIXES = {
    SAFE: "`--fix` mends it where the right text is certain.",
    UNSAFE: "`--unsafe-fixes` mends it; look at what it changes.",
    NONE: "There is no automatic fix; mend it by hand.",
}
_MARKS = {SAFE: "safe", UNSAFE: "unsafe", NONE: "-"}

INTRODUCTION = (
    "`cosmemory validate` reports these, and `cosmemory rule CODE` explains one. Errors make it exit with 1;\n"
    "with `--strict` warnings do so too, and notes (info) never do. A code is never used again."
)


def rule_text(rule: Rule) -> str:
    """One rule as a page of Markdown."""
    lines = [
        f"# {rule.name} ({rule.code})",
        _fact(rule),
        "## What it does",
        rule.summary,
    ]
    more = {"Why is this bad?": rule.why, "Example": _shown(rule.example), "Instead": _shown(rule.remedy)}
    # A project may leave out of its rules what goes without saying.
    for heading, text in more.items():
        lines += [f"## {heading}", text] if text else []
    return "\n\n".join(lines) + "\n"


def rules_markdown() -> str:
    """Every rule, with a table of all of them first: the text of docs/rules.md."""
    lines = [
        "# Rules",
        INTRODUCTION,
        "This page is made from the table in `cosmemory/rules/`.",
        _table(),
    ]
    for digit, family in FAMILIES.items():
        lines.append(f"## {family}")
        for rule in RULES:
            if rule.code[3] == digit:
                lines += _section(rule)
    return "\n\n".join(lines) + "\n"


def _table() -> str:
    rows = ["| Code | Name | Severity | Fix | What it does |", "|---|---|---|---|---|"]
    for rule in RULES:
        anchor = f"{rule.name}-{rule.code.lower()}"
        cells = (f"[{rule.code}](#{anchor})", rule.name, rule.severity, _MARKS[rule.fix], rule.summary)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _section(rule: Rule) -> list[str]:
    return [
        f"### {rule.name} ({rule.code})",
        f"{rule.summary} {rule.why}",
        _fact(rule),
        _shown(rule.example),
        "Instead:",
        _shown(rule.remedy),
    ]


def _fact(rule: Rule) -> str:
    return f"Severity: {rule.severity}. {_FIXES[rule.fix]}"


def _shown(text: str) -> str:
    """An example: a sentence as it is, anything else as code, in a fence longer than any within."""
    if not text or (text.endswith(".") and "\n" not in text):
        return text
    longest = max((len(found) for found in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"
