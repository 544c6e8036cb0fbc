"""Suppressions: HTML comments by which a person says that a finding is known and meant.

``<!-- cosmemory-disable-next-line COS203 -- reason -->``, and with ``disable-line``, ``disable`` … ``enable``
and ``disable-file``; codes and names are parted by commas or spaces, and without any every rule is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cosmemory.diagnostics import Diagnostic, Fix, report
from cosmemory.frozen import field, slotted
from cosmemory.pattern import pattern
from cosmemory.rules.rule import Rule
from cosmemory.rules.table import rule_of
from cosmemory.text.edits import Edit
from cosmemory.text.spans import LineIndex, Span

_COMMENT = pattern(
    r"(?<!\\)<!--[ \t]*cosmemory-(?P<word>[\w-]*\w)(?P<codes>(?:(?!-->|--)[^\r\n])*)[^\r\n]*?-->"
)
_SEPARATOR = pattern(r"[\s,]+")
_BACKTICKS = pattern(r"(\\*)(`+)")
_REST_OF_LINE = pattern(r"[ \t]*(?:\r\n|\n|\r|\Z)")
_WORDS = ("disable-next-line", "disable-line", "disable-file", "disable", "enable")
_NEVER = 1 << 62
EVERY = "every rule"
FRESHNESS = "6"


@slotted
class _Comment:
    """One comment: where it stands, its codes, the lines that it covers, and what it has suppressed."""

    span: Span
    word: str
    codes: dict[str, str]
    first: int = 0
    last: int = _NEVER
    ends: dict[str, int] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def suppresses(self, found: Diagnostic, line: int) -> bool:
        """Whether ``found``, which begins on ``line``, is covered; remembers that it was."""
        code = found.code if self.codes else EVERY
        if self.codes and code not in self.codes:
            return False
        end = min(self.ends.get(found.code, _NEVER), self.ends.get(EVERY, _NEVER))
        if not self.first <= line <= self.last or found.start >= end:
            return False
        self.used.add(code)
        return True


def apply_suppressions(
    text: str,
    found: Iterable[Diagnostic],
    ignored: Sequence[tuple[int, int]] = (),
    own: Sequence[Rule] = (),
    *,
    certain: bool = True,
) -> list[Diagnostic]:
    """``found`` less what ``text`` suppresses, and what is wrong about the suppressions themselves.

    A comment inside one of the spans ``ignored`` (code blocks) is an example and suppresses nothing. ``own`` are the
    rules of the project; unless they are ``certain`` (its checks ran, all of them), nothing is said of foreign codes.
    """
    index = LineIndex(text)
    problems: list[Diagnostic] = []
    comments = list(_comments(text, index, ignored, problems, (own, certain)))
    if not comments:
        return [*found, *problems]
    kept: list[Diagnostic] = []
    for each in found:
        line, _ = index.position(each.start)
        # Every comment that covers a finding is used, not only the first.
        if not [comment for comment in comments if comment.suppresses(each, line)]:
            kept.append(each)
    judged = [*(each.code for each in own)] if certain else []
    unused = (finding for comment in comments for finding in _unused(text, comment, judged))
    return [*kept, *problems, *unused]


def _comments(
    text: str,
    index: LineIndex,
    ignored: Sequence[tuple[int, int]],
    problems: list[Diagnostic],
    known: tuple[Sequence[Rule], bool],
) -> Iterator[_Comment]:
    """The comments that suppress something; what is wrong with any goes to ``problems``."""
    regions: list[_Comment] = []
    for matched in _COMMENT.finditer(text):
        span = Span(*matched.span())
        line, column = index.position(span.start)
        words = index.line_span(line)
        if any(start <= span.start < end for start, end in ignored) or _in_code(words.of(text), column):
            continue
        word = matched["word"].lower()
        alone = not words.of(text).replace(span.of(text), "", 1).strip(" \t")
        if word not in _WORDS:
            message = f"'cosmemory-{word}' is none of {', '.join(_WORDS)}"
            problems.append(report("unknown-suppression", message, *span))
        elif word != "disable-line" and not alone:
            # A value stands within a line. It may not suppress what is found elsewhere.
            message = f"'cosmemory-{word}' counts only alone on its line"
            problems.append(report("misplaced-suppression", message, *span))
        else:
            comment = _Comment(span, word, dict(_codes(matched, problems, *known)))
            if word == "enable":
                _end(text, regions, comment, problems)
                continue
            if word == "disable":
                regions.append(comment)
            comment.first, comment.last = _lines(word, line)
            yield comment


def _lines(word: str, line: int) -> tuple[int, int]:
    """The first and the last line that a suppression on ``line`` covers."""
    if word == "disable-next-line":
        return line + 1, line + 1
    if word == "disable-line":
        return line, line
    return (0 if word == "disable-file" else line), _NEVER


def _codes(
    matched: re.Match[str], problems: list[Diagnostic], own: Sequence[Rule], certain: bool
) -> Iterator[tuple[str, str]]:
    """The codes that a comment names, each with how it is spelled there."""
    for name in _SEPARATOR.split(matched["codes"]):
        if not name:
            continue
        rule = rule_of(name, own)
        if rule is None and (certain or name.upper().startswith("COS")):
            problems.append(report("unknown-suppression", f"there is no rule {name!r}", *matched.span()))
        # An unknown code stays, or a comment with nothing but a slip in it would mean every rule.
        yield (rule.code if rule else name), name


def _end(text: str, regions: list[_Comment], comment: _Comment, problems: list[Diagnostic]) -> None:
    """Ends what ``comment``, an enable, names; one that ends nothing is a problem."""
    ended = False
    for each in regions:
        for code in comment.codes or (EVERY,):
            open_ = code not in each.ends and EVERY not in each.ends
            if open_ and (not each.codes or code == EVERY or code in each.codes):
                each.ends[code] = comment.span.start
                ended = True
    if not ended:
        message = "no suppression is open that this could end"
        problems.append(report("unmatched-enable", message, *comment.span, fix=_removal(text, comment.span)))


def _unused(text: str, comment: _Comment, own: Sequence[str]) -> Iterator[Diagnostic]:
    """What ``comment`` suppresses for nothing."""
    if not comment.codes:
        if not comment.used:
            fix = _removal(text, comment.span)
            yield report("unused-suppression", "this suppresses nothing", *comment.span, fix=fix)
        return
    # A finding of freshness comes and goes with the clock, so one that is absent now proves nothing.
    unused = {
        code: name
        for code, name in comment.codes.items()
        if code not in comment.used and (code in own or (rule_of(code) and code[3] != FRESHNESS))
    }
    if not unused:
        return
    fix = _removal(text, comment.span)
    if len(unused) < len(comment.codes):
        fix = _shortening(text, comment, unused)
    names = " and ".join(unused.values())
    yield report("unused-suppression", f"nothing is found here of {names}", *comment.span, fix=fix)


def _removal(text: str, span: Span) -> Fix:
    """Takes a comment out, with its line where it stands alone there and parts nothing."""
    start, end = span
    while start and text[start - 1] in " \t":
        start -= 1
    after = _REST_OF_LINE.match(text, end)
    if after is not None and (start == 0 or text[start - 1] in "\r\n"):
        # Between the rows of two tables a blank line stays: taken away whole, the comment would join them.
        if _is_blank(text, _line_above(text, start)) or _is_blank(text, after.end()):
            end = after.end()
    elif after is None:
        start = span.start
    return Fix(edits=(Edit(start, end, ""),), safe=True, message="remove the comment")


def _is_blank(text: str, start: int) -> bool:
    """Whether the line at ``start`` has nothing on it, or there is none."""
    return start < 0 or _REST_OF_LINE.match(text, start) is not None


def _line_above(text: str, start: int) -> int:
    """Where the line begins that stands above the one at ``start``; -1 where there is none."""
    if start == 0:
        return -1
    end = start - (2 if text[start - 2 : start] == "\r\n" else 1)
    return max(text.rfind("\n", 0, end), text.rfind("\r", 0, end)) + 1


def _shortening(text: str, comment: _Comment, unused: dict[str, str]) -> Fix:
    """Takes the ``unused`` codes out of a comment and leaves the others, and the reason."""
    matched = _COMMENT.match(text, comment.span.start)
    assert matched is not None
    kept = ", ".join(name for code, name in comment.codes.items() if code not in unused)
    edit = Edit(*matched.span("codes"), f" {kept} ")
    return Fix(edits=(edit,), safe=True, message=f"leave {kept}")


def _in_code(line: str, column: int) -> bool:
    """Whether ``column`` of ``line`` stands in a code span, where Markdown sees no comment."""
    runs = list(_BACKTICKS.finditer(line))
    place = 0
    while place < len(runs):
        opener = runs[place]
        place += 1
        # A backtick after an odd number of backslashes is a character; within a code span they are, too.
        if len(opener[1]) % 2:
            continue
        for later in range(place, len(runs)):
            if len(runs[later][2]) == len(opener[2]):
                if opener.end() <= column < runs[later].start(2):
                    return True
                place = later + 1
                break
    return False
