"""Findings as people and machines read them: concise, full with carets, JSON, GitHub annotations, SARIF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from cosmemory.checks.beside import CheckedPage
from cosmemory.diagnostics import Diagnostic, caret
from cosmemory.interfaces.cli.output import visible_line
from cosmemory.interfaces.cli.pages_named import path_shown
from cosmemory.interfaces.cli.terminal import plain
from cosmemory.rules.rule import ERROR, INFO, WARNING
from cosmemory.text.edits import Edit
from cosmemory.text.spans import LineIndex
from cosmemory.text.visible import HIDDEN, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FORMATS = ("concise", "full", "json", "github", "sarif")
_ANNOTATIONS = {ERROR: "error", WARNING: "warning", INFO: "notice"}
STYLES = {ERROR: "bad", WARNING: "warn", INFO: "note"}
Paint = Callable[[str, str], str]
_NOUNS = {ERROR: "error", WARNING: "warning", INFO: "note"}


def formatted(
    pages: Sequence[CheckedPage], how: str, prefix: str = "", *, unsafe: bool = False, paint: Paint = plain
) -> str:
    """The findings of ``pages`` in the format ``how``; ``prefix`` stands before each path.

    With ``unsafe``, fixes that may change a meaning are marked as well. ``paint`` gives a part of what people
    read its style.
    """
    if how == "json":
        return json_text(finding_list(pages, prefix))
    if how == "sarif":
        from cosmemory.interfaces.cli.sarif import sarif_log

        return json_text(sarif_log(pages, prefix))
    if how == "github":
        return "".join(
            _github(path_shown(prefix, page.path), index, each) for page, index, each in _every(pages)
        )
    told = _concise if how == "concise" else _full
    return "".join(
        told(path_shown(prefix, page.path), page.text, index, each, unsafe=unsafe, paint=paint)
        for page, index, each in _every(pages)
    )


def summary(pages: Sequence[CheckedPage], *, unsafe: bool = False) -> str:
    """How many findings there are, and how many of them can be mended."""
    found = [each for page in pages for each in page.diagnostics]
    if not found:
        return "All checks passed."
    counts = Counter(each.severity for each in found)
    told = ", ".join(_counted(counts[level], noun) for level, noun in _NOUNS.items() if counts[level])
    safe = sum(_is_fixable(each, unsafe=unsafe) for each in found)
    hidden = sum(each.fix is not None for each in found) - safe
    option = "--unsafe-fixes" if unsafe else "--fix"
    if safe:
        more = f" ({hidden} more with --unsafe-fixes)" if hidden else ""
        return f"Found {told}.\n[*] {safe} fixable with {option}{more}."
    return f"Found {told}." + (f"\n{hidden} fixable with --unsafe-fixes." if hidden else "")


def statistics(pages: Sequence[CheckedPage]) -> str:
    """How often each rule was broken, the most broken first."""
    counts = count_list(pages)
    width = max((len(str(each["count"])) for each in counts), default=0)
    return "".join(
        f"{each['count']:>{width}}  {each['code']}  [{'*' if each['fixable'] else ' '}] {each['name']}\n"
        for each in counts
    )


def count_list(pages: Sequence[CheckedPage]) -> list[dict[str, Any]]:
    """The same as plain data."""
    counts = Counter((each.code, each.name) for page in pages for each in page.diagnostics)
    fixable = {each.code for page in pages for each in page.diagnostics if _is_fixable(each)}
    return [
        {"code": code, "name": name, "count": count, "fixable": code in fixable}
        for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def finding_list(pages: Sequence[CheckedPage], prefix: str = "") -> list[dict[str, Any]]:
    """The findings as plain data; rows and columns count from 1, columns in characters."""
    return [_finding(path_shown(prefix, page.path), index, each) for page, index, each in _every(pages)]


def json_text(held: Any) -> str:
    """``held`` as JSON text in which every character that would steer a terminal is escaped."""
    import json

    text = json.dumps(held, ensure_ascii=False, indent=2)
    # All of these stand within strings, and none is beyond \uffff.
    return HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def place_of(index: LineIndex, offset: int) -> dict[str, int]:
    """Row and column of ``offset``, both from 1."""
    line, column = index.position(offset)
    return {"row": line + 1, "column": column + 1}


def _every(pages: Sequence[CheckedPage]) -> Iterator[tuple[CheckedPage, LineIndex, Diagnostic]]:
    """Every finding with its page, whose lines are counted once."""
    for page in pages:
        if page.diagnostics:
            index = LineIndex(page.text)
            for each in page.diagnostics:
                yield page, index, each


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _is_fixable(each: Diagnostic, *, unsafe: bool = False) -> bool:
    return each.fix is not None and (each.fix.safe or unsafe)


def _concise(path: str, text: str, index: LineIndex, each: Diagnostic, *, unsafe: bool, paint: Paint) -> str:
    del text
    return f"{_place(path, index, each, paint)}: {_said(each, unsafe=unsafe, paint=paint)}\n"


def _full(path: str, text: str, index: LineIndex, each: Diagnostic, *, unsafe: bool, paint: Paint) -> str:
    """The finding with its line, its rule and what would mend it, which stands below the carets."""
    picture = caret(text, each, index)
    gutter = " " * (len(picture) - len(picture.lstrip(" ")) - 1) if picture else " "
    style = STYLES[each.severity]
    lines = [f"{_place(path, index, each, paint)}: {_said(each, unsafe=unsafe, paint=paint)}"]
    lines += [_painted(line, style, paint) for line in picture.split("\n")] if picture else []
    lines.append(f"{gutter} {paint('=', 'quiet')} {paint(f'{each.severity}:', style)} {each.name}")
    if each.fix is not None:
        sort = paint("fix:" if each.fix.safe else "unsafe fix:", "good" if each.fix.safe else "warn")
        lines.append(f"{gutter} {paint('=', 'quiet')} {sort} {visible_line(each.fix.message)}")
    return "\n".join(lines) + "\n\n"


def _painted(line: str, style: str, paint: Paint) -> str:
    """A line of the carets' picture: the number before the bar is quiet, carets are of the finding's colour."""
    gutter, bar, source = line.partition("|")
    carets = paint(source, style) if source and not source.strip(" ^") else source
    return paint(gutter + bar, "quiet") + carets


def _place(path: str, index: LineIndex, each: Diagnostic, paint: Paint = plain) -> str:
    line, column = index.position(each.start)
    return paint(visible_line(path), "title") + f":{line + 1}:{column + 1}"


def _said(each: Diagnostic, *, unsafe: bool, paint: Paint) -> str:
    mark = f" {paint('[*]', 'good')}" if _is_fixable(each, unsafe=unsafe) else ""
    return f"{paint(each.code, STYLES[each.severity])}{mark} {visible_line(each.message)}"


def _finding(path: str, index: LineIndex, each: Diagnostic) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": each.name,
        "message": each.message,
        "severity": each.severity,
        "filename": path,
        "location": place_of(index, each.start),
        "end_location": place_of(index, each.end),
        "fix": None
        if each.fix is None
        else {
            "applicability": "safe" if each.fix.safe else "unsafe",
            "message": each.fix.message,
            "edits": [_edit(index, edit) for edit in each.fix.edits],
        },
    }


def _edit(index: LineIndex, edit: Edit) -> dict[str, Any]:
    return {
        "content": edit.text,
        "location": place_of(index, edit.start),
        "end_location": place_of(index, edit.end),
    }


def _github(path: str, index: LineIndex, each: Diagnostic) -> str:
    """A workflow command; GitHub shows it beside the line."""
    begin, end = place_of(index, each.start), place_of(index, each.end)
    properties = {
        "title": f"cosmemory ({each.code})",
        "file": path,
        "line": begin["row"],
        "col": begin["column"],
        "endLine": end["row"],
        "endColumn": end["column"],
    }
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    message = f"{_place(path, index, each)}: {each.code} {each.message}"
    return f"::{_ANNOTATIONS[each.severity]} {told}::{_data(message)}\n"


def _data(text: str) -> str:
    """``text`` as the message of a workflow command, which a line end would end."""
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    """``text`` as a property of a workflow command, which a comma or colon would end as well."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
