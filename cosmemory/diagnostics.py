"""What is wrong on a page: a diagnostic with its code, its place and, where there is one, its fix."""

from __future__ import annotations

from cosmemory.frozen import frozen
from cosmemory.rules.rule import SAFE, UNSAFE
from cosmemory.text.columns import columns
from cosmemory.text.edits import Edit
from cosmemory.text.spans import LineIndex
from cosmemory.text.visible import visible

# Columns of a source line that the caret's picture shows, and how many of them stand before the finding.
WIDTH = 100
BEFORE = 40
TAB = "    "
CUT = "..."


@frozen(kw_only=True)
class Fix:
    """Edits that mend what a diagnostic found; ``safe`` ones change no meaning."""

    edits: tuple[Edit, ...]
    safe: bool
    message: str


@frozen(kw_only=True)
class Diagnostic:
    """One finding, at ``[start, end)`` of the page's text."""

    code: str
    name: str
    severity: str
    message: str
    start: int
    end: int
    fix: Fix | None = None


def report(name: str, message: str, start: int, end: int, *, fix: Fix | None = None) -> Diagnostic:
    """The finding of the rule called ``name``, at the severity that the rule has."""
    # Most pages have no findings, and are read without the table of rules.
    from cosmemory.rules.table import rule_named

    rule = rule_named(name)
    # `cosmemory rule` and the docs promise by the table which fixes are safe.
    assert fix is None or rule.fix == (SAFE if fix.safe else UNSAFE), f"{name}: fix {rule.fix}"
    return Diagnostic(
        code=rule.code, name=rule.name, severity=rule.severity, message=message, start=start, end=end, fix=fix
    )


def caret(text: str, found: Diagnostic, index: LineIndex | None = None) -> str:
    """The line that ``found`` begins on, with its number, and carets below what is meant.

    Tabs are spaces, steering characters are spelled out and wide ones get two carets, so that the carets
    stand where they should; of a long line only the surroundings are shown. Nothing for an empty text.
    """
    if not text:
        return ""
    index = index or LineIndex(text)
    number, column = index.position(found.start)
    line = index.line_span(number)
    source = line.of(text)
    column = min(column, len(source))
    end = max(column, min(found.end, line.end) - line.start)
    before, meant, after = _window(source[:column], source[column:end], source[end:])
    gutter = str(number + 1)
    blank = " " * len(gutter)
    carets = " " * columns(before) + "^" * max(1, columns(meant))
    return f"{blank} |\n{gutter} | {(before + meant + after).rstrip()}\n{blank} | {carets}\n{blank} |"


def _window(before: str, meant: str, after: str) -> tuple[str, str, str]:
    """The three parts of a line as they are shown, cut so that they fit into WIDTH columns."""
    if len(before) + len(meant) + len(after) <= WIDTH:
        whole = ("".join(_pieces(before)), "".join(_pieces(meant)), "".join(_pieces(after)))
        if columns("".join(whole)) <= WIDTH:
            return whole
    tail = _fitting(_pieces(before[-WIDTH:])[::-1], BEFORE)[::-1]
    left = ("" if len(tail) == len(before) else CUT) + "".join(tail)
    room = WIDTH - columns(left)
    middle = _fitting(_pieces(meant[:WIDTH]), room)
    if len(middle) < len(meant):
        return left, "".join(middle), CUT
    room -= columns("".join(middle))
    head = _fitting(_pieces(after[:WIDTH]), room)
    return left, "".join(middle), "".join(head) + ("" if len(head) == len(after) else CUT)


def _fitting(pieces: list[str], room: int) -> list[str]:
    """As many of the first ``pieces`` as fit into ``room`` columns."""
    used = 0
    for count, piece in enumerate(pieces):
        used += columns(piece)
        if used > room:
            return pieces[:count]
    return pieces


def _pieces(text: str) -> list[str]:
    """The characters of ``text``, each as it is shown."""
    return [TAB if character == "\t" else visible(character) for character in text]
