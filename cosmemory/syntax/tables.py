"""Pipe tables with the place of every cell: read as GFM has them, ragged rows and all."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from cosmemory.frozen import frozen, replace
from cosmemory.pattern import pattern
from cosmemory.syntax.comments import without_comment
from cosmemory.syntax.escape import is_empty, unescape_cell
from cosmemory.syntax.nodes import Block
from cosmemory.text.spans import Span, bare_lines

_DELIMITER = pattern(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CODE = pattern(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")


@frozen(eq=False)
class Cell:
    """One cell: ``span`` is all between two pipes, ``value`` that without its padding."""

    span: Span
    value: Span


class Row:
    """One line of a table, parted into cells when they are asked for.

    Where it has another number of cells than ``expected``, pipes in code spans are tried as text.
    """

    __slots__ = ("_expected", "_line", "_parted", "span")

    def __init__(self, text: str, span: Span, expected: int | None = None) -> None:
        self.span = span
        self._line = span.of(text)
        self._expected = expected
        self._parted: tuple[tuple[Cell, ...], bool] | None = None

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells with their places."""
        return self._cells()[0]

    @property
    def guarded(self) -> bool:
        """Whether pipes inside code spans were taken as text."""
        return self._cells()[1]

    @property
    def sources(self) -> list[str]:
        """What stands in each cell, escapes and all."""
        plain = self.plain()
        if plain is not None:
            return plain
        start = self.span.start
        return [self._line[cell.value.start - start : cell.value.end - start] for cell in self.cells]

    @property
    def blank(self) -> bool:
        """Whether no cell says anything."""
        return all(is_empty(unescape_cell(source)) for source in self.sources)

    def plain(self) -> list[str] | None:
        """The sources of the cells, where the pipes of the line do nothing but part cells; None where unsure."""
        line = self._line
        if line[:1] != "|" or line[-1:] != "|" or "\\" in line or "`" in line or "-->" in line:
            return None
        return [source.strip(" \t") for source in line.split("|")[1:-1]]

    def _cells(self) -> tuple[tuple[Cell, ...], bool]:
        if self._parted is None:
            self._parted = _parted(self._line, self.span.start, self._expected)
        return self._parted


@frozen(eq=False)
class Table:
    """A header, its delimiter row and the rows below."""

    span: Span
    header: Row
    delimiter: Row
    rows: tuple[Row, ...]

    @property
    def columns(self) -> list[str]:
        """The words of the header cells."""
        return [unescape_cell(source) for source in self.header.sources]


def cell_text(text: str, cell: Cell) -> str:
    """What the cell says, its escapes undone."""
    return unescape_cell(cell.value.of(text))


def pipes_in_code(text: str, line: Span) -> list[int]:
    """Where the pipes stand that are inside code spans, and that no backslash keeps from parting cells."""
    source = line.of(text)
    return [line.start + at for at in _pipes(source) if _in_code(source, at)]


def tables_of(text: str, blocks: Iterable[Block]) -> list[Table]:
    """The tables among ``blocks``; a paragraph that one ragged row has made of a table is read as one.

    A comment or a blank line between two rows ends a table in Markdown; to people it goes on below.
    """
    found: list[Table] = []
    below: list[Row] = []  # what goes on with the last table, put to it at once: there may be thousands
    growing = False
    for block in blocks:
        if block.kind in {"table", "paragraph"}:
            tables = _tables_in(text, block)
            more = _rows_in(text, block, found[-1]) if growing and not tables else ()
            below.extend(more)
            if tables:
                _go_on(found, below)
                below = []
                found.extend(tables)
            growing = bool(more) or bool(tables)
        elif block.kind != "blank" and not _is_comment(text, block):
            growing = False
    _go_on(found, below)
    return found


def _go_on(found: list[Table], below: list[Row]) -> None:
    """Puts the rows ``below`` to the last table of ``found``."""
    if below:
        last = found[-1]
        rows = (*last.rows, *below)
        found[-1] = replace(last, span=Span(last.span.start, rows[-1].span.end), rows=rows)


def _is_comment(text: str, block: Block) -> bool:
    words = text[block.start : block.end].strip()
    return block.kind == "html" and words.startswith("<!--") and words.find("-->") == len(words) - 3


def _rows_in(text: str, block: Block, table: Table) -> tuple[Row, ...]:
    """The rows of ``table`` that the paragraph ``block`` is made of; none where any line is something else."""
    count = len(table.header.sources)
    rows = tuple(Row(text, line, count) for line in bare_lines(text, block.start, block.end))
    whole = all("|" in row.span.of(text) and len(row.sources) == count for row in rows)
    return rows if whole else ()


def _tables_in(text: str, block: Block) -> list[Table]:
    lines = bare_lines(text, block.start, block.end)
    found: list[Table] = []
    at = 0
    while at + 1 < len(lines):
        if _is_header(text, lines[at], lines[at + 1]):
            last = at + 2
            while last < len(lines) and "|" in lines[last].of(text):
                last += 1
            found.append(_table(text, lines[at:last]))
            at = last
        else:
            at += 1
    return found


def _is_header(text: str, first: Span, second: Span) -> bool:
    below = second.of(text)
    return "|" in first.of(text) and "|" in below and "-" in below and _DELIMITER.match(below) is not None


def _table(text: str, lines: list[Span]) -> Table:
    header = Row(text, lines[0])
    delimiter = Row(text, lines[1])
    count = len(header.sources)
    rows = tuple([Row(text, line, count) for line in lines[2:]])
    return Table(Span(lines[0].start, lines[-1].end), header, delimiter, rows)


def _parted(source: str, offset: int, expected: int | None) -> tuple[tuple[Cell, ...], bool]:
    """The cells of one line, and whether pipes inside code spans were taken as text."""
    pipes = _pipes(source)
    cells = _split(source, offset, pipes)
    if expected is not None and len(cells) != expected and "`" in source:
        guarded = _split(source, offset, [at for at in pipes if not _in_code(source, at)])
        if len(guarded) == expected:
            return guarded, True
    return cells, False


def _pipes(source: str) -> list[int]:
    """Where ``source`` has pipes that part cells: any that no backslash precedes."""
    found: list[int] = []
    at = source.find("|")
    while at >= 0:
        if at == 0 or source[at - 1] != "\\":
            found.append(at)
        at = source.find("|", at + 1)
    return found


def _in_code(source: str, at: int) -> bool:
    return any(match.start() < at < match.end() for match in _CODE.finditer(source))


def _split(source: str, offset: int, pipes: list[int]) -> tuple[Cell, ...]:
    bounds = [-1, *pipes, len(source)]
    if pipes and not source[: pipes[0]].strip(" \t" if offset else " \t\ufeff"):
        bounds.pop(0)
    if pipes and len(bounds) > 1 and not source[pipes[-1] + 1 :].strip(" \t"):
        bounds.pop()
    return tuple([_cell(source, offset, left + 1, right) for left, right in itertools.pairwise(bounds)])


def _cell(source: str, offset: int, start: int, end: int) -> Cell:
    inner = source[start:end]
    right = len(inner.rstrip(" \t"))
    if inner.endswith("-->", 0, right):
        right = len(without_comment(inner).rstrip(" \t"))
    if right:
        left = len(inner) - len(inner.lstrip(" \t"))
    else:
        # An empty cell's value lies after the first blank, so that a value set there keeps the padding.
        left = right = min(1, len(inner))
    start += offset
    return Cell(Span(start, offset + end), Span(start + left, start + right))
