"""Suppressions: HTML comments by which a person says that a finding is known and meant.

``<!-- cosmemory-disable-next-line COS203 -- reason -->``, and with ``disable-line``, ``disable`` … ``enable``
and ``disable-file``; without a code, every code is meant.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cosmemory.diagnostics import Diagnostic, Fix, report
from cosmemory.rules import rule_of
from cosmemory.text.edits import Edit
from cosmemory.text.spans import LineIndex, Span

_COMMENT = re.compile(
    r"<!--[ \t]*cosmemory-(disable-next-line|disable-line|disable-file|disable|enable)\b([^\r\n]*?)-->"
)
_CODE = re.compile(r"[A-Za-z][\w-]*")


@dataclass(slots=True)
class _Suppression:
    """One comment: what it covers, and what it has suppressed."""

    span: Span
    covers: Span
    codes: tuple[str, ...]
    used: set[str] = field(default_factory=set)

    def suppresses(self, found: Diagnostic) -> bool:
        inside = (
            self.covers.start <= found.start < self.covers.end or found.start == found.end == self.covers.end
        )
        if not inside or (self.codes and found.code not in self.codes):
            return False
        self.used.add(found.code)
        return True


def heed(text: str, found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """``found`` less what is suppressed, with what is wrong about the suppressions themselves."""
    if "cosmemory-" not in text:
        return list(found)
    unknown: list[Diagnostic] = []
    comments = _suppressions(text, unknown)
    kept = [each for each in found if not [c for c in comments if c.suppresses(each)]]
    return [*kept, *unknown, *(_unused(text, each) for each in comments if not each.used)]


def _suppressions(text: str, unknown: list[Diagnostic]) -> list[_Suppression]:
    index = LineIndex(text)
    found: list[_Suppression] = []
    for matched in _COMMENT.finditer(text):
        word, said = matched[1], matched[2].partition("--")[0]
        codes = tuple(_code(each, matched, unknown) for each in _CODE.findall(said))
        line, _ = index.position(matched.start())
        if word == "enable":
            for each in found:
                if each.covers.end == len(text) and (
                    not codes or set(codes) & set(each.codes) or not each.codes
                ):
                    each.covers = Span(each.covers.start, min(each.covers.end, matched.start()))
            continue
        covers = _covered(word, line, matched.end(), index, len(text))
        found.append(_Suppression(Span(*matched.span()), covers, codes))
    return found


def _covered(word: str, line: int, end: int, index: LineIndex, length: int) -> Span:
    """What the comment ``word``, on ``line`` and up to ``end``, covers."""
    if word == "disable-line":
        return index.line_span(line)
    if word == "disable-next-line":
        return index.line_span(line + 1) if line + 1 < len(index) else Span(length, length)
    # The end of a text belongs to it: an empty page can have findings.
    return Span(0, length + 1) if word == "disable-file" else Span(end, length)


def _code(name: str, matched: re.Match[str], unknown: list[Diagnostic]) -> str:
    rule = rule_of(name)
    if rule is None:
        unknown.append(report("unknown-suppression", f"there is no rule {name!r}", *matched.span()))
        return name
    return rule.code


def _unused(text: str, each: _Suppression) -> Diagnostic:
    end = each.span.end
    # A comment alone on its line goes with its line.
    if text[: each.span.start].rpartition("\n")[2] == "" and text[end : end + 1] in {"\n", "\r"}:
        end += 2 if text[end : end + 2] == "\r\n" else 1
    fix = Fix(edits=(Edit(each.span.start, end, ""),), safe=True, message="remove the comment")
    return report(
        "unused-suppression", "nothing is suppressed by this", each.span.start, each.span.end, fix=fix
    )
