"""Findings as a SARIF 2.1.0 log, the OASIS format that code scanning services read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import cosmemory
from cosmemory.checks.beside import CheckedPage
from cosmemory.diagnostics import Diagnostic, Fix
from cosmemory.interfaces.cli.pages_named import path_shown
from cosmemory.interfaces.cli.rules_page import rule_text
from cosmemory.rules.rule import ERROR, INFO, NONE, WARNING, Rule
from cosmemory.rules.table import RULES
from cosmemory.text.spans import LineIndex
from cosmemory.text.visible import visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {ERROR: "error", WARNING: "warning", INFO: "note"}


def sarif_log(pages: Sequence[CheckedPage], prefix: str = "") -> dict[str, Any]:
    """The log of one run, with the rules that were broken; ``prefix`` stands before each path."""
    broken = {each.code for page in pages for each in page.diagnostics}
    rules = [rule for rule in RULES if rule.code in broken]
    known = {rule.code for rule in rules}
    own = {each.code: _own(each) for page in pages for each in page.diagnostics if each.code not in known}
    rules += own.values()
    numbers = {rule.code: number for number, rule in enumerate(rules)}
    driver = {"name": "cosmemory", "version": cosmemory.__version__, "rules": [_rule(rule) for rule in rules]}
    results = [
        _result(path_shown(prefix, page.path), index, each, numbers[each.code])
        for page in pages
        for index in [LineIndex(page.text)]
        for each in page.diagnostics
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _own(each: Diagnostic) -> Rule:
    """The rule of a check of the project's own, as far as its finding tells."""
    summary = f"A check of the project's own: {each.name.replace('-', ' ')}."
    return Rule(each.code, each.name, each.severity, NONE, summary, "", "", f"cosmemory rule {each.code}")


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": f"{rule.summary} {rule.why}"},
        "help": {"text": f"{rule.why}\n\n{rule.remedy}", "markdown": rule_text(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(path: str, index: LineIndex, each: Diagnostic, number: int) -> dict[str, Any]:
    # A name is bytes, and the bytes that are not UTF-8 have an escape of their own in a URI.
    artifact = {"uri": quote(path, errors="surrogateescape")}
    place = {"artifactLocation": artifact, "region": _region(index, each.start, each.end)}
    result: dict[str, Any] = {
        "ruleId": each.code,
        "ruleIndex": number,
        "level": _LEVELS[each.severity],
        "message": {"text": visible(each.message)},
        "locations": [{"physicalLocation": place}],
    }
    if each.fix is not None:
        result["fixes"] = [_fix(artifact, index, each.fix)]
    return result


def _fix(artifact: dict[str, str], index: LineIndex, fix: Fix) -> dict[str, Any]:
    replacements = [
        {"deletedRegion": _region(index, edit.start, edit.end), "insertedContent": {"text": edit.text}}
        for edit in fix.edits
    ]
    return {
        "description": {"text": visible(fix.message)},
        "artifactChanges": [{"artifactLocation": artifact, "replacements": replacements}],
        "properties": {"applicability": "safe" if fix.safe else "unsafe"},
    }


def _region(index: LineIndex, start: int, end: int) -> dict[str, int]:
    (first, column), (last, stop) = index.position(start), index.position(end)
    return {"startLine": first + 1, "startColumn": column + 1, "endLine": last + 1, "endColumn": stop + 1}
