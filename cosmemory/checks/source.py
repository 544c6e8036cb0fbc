"""Checks of a page's text, whatever its kind: encoding, line ends, characters, what a merge left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cosmemory.checks.open_blocks import open_blocks
from cosmemory.checks.pages import Finding, Pages, found
from cosmemory.diagnostics import Fix, report
from cosmemory.kinds.page import Page
from cosmemory.pattern import pattern
from cosmemory.text.edits import Edit
from cosmemory.text.source import BOM
from cosmemory.text.spans import Span, first_line
from cosmemory.text.visible import hidden_in, visible

_BAD = pattern("[\udc80-\udcff]+")
_MARKS = ("<<<<<<<", ">>>>>>>", "|||||||")
_MARKER = pattern(r"^(?:<{7}|>{7}|\|{7})(?: [^\r\n]*)?(?=[\r\n]|\Z)", re.MULTILINE)


def check_source(pages: Pages) -> Iterator[Finding]:
    """What is wrong with the characters of each page."""
    for page in pages.checked():
        text = page.tree.text
        for matched in () if text.isascii() else _BAD.finditer(text):
            told = ", ".join(f"0x{ord(each) - 0xDC00:02x}" for each in matched[0][:4])
            yield from found(page, "bad-byte", f"{told} is not UTF-8", Span(*matched.span()))
        for matched in conflict_marks(text):
            yield from found(page, "conflict-marker", "a merge conflict was left here", Span(*matched.span()))
        for matched in hidden_in(text):
            if not "\ud800" <= matched[0] <= "\udfff" and matched[0] != "\r":
                shown = visible(matched[0])
                yield from found(page, "control-character", f"{shown} is hidden here", Span(*matched.span()))
        yield from _mark(page)
        yield from _newlines(page)
        yield from _title(page)
        yield from _open_blocks(page)


def conflict_marks(text: str) -> Iterator[re.Match[str]]:
    """The lines that a merge with conflicts left in ``text``."""
    return _MARKER.finditer(text) if any(mark in text for mark in _MARKS) else iter(())


def _mark(page: Page) -> Iterator[Finding]:
    if page.tree.text.startswith(BOM):
        fix = Fix(edits=(Edit(0, 1, ""),), safe=True, message="take the byte order mark away")
        yield page.path, report("byte-order-mark", "the page begins with a byte order mark", 0, 1, fix=fix)


def _title(page: Page) -> Iterator[Finding]:
    """Whether the first words of the page are its title; front matter and comments may stand above it."""
    text = page.tree.text
    for block in page.tree.blocks:
        source = text[block.start : block.end]
        above = block.kind in {"blank", "front_matter"} or source.lstrip(BOM + " ").startswith("<!--")
        if above or not source.strip(BOM + " \t\r\n"):
            continue
        if block.kind != "heading" or block.level != 1:
            message = "the page does not begin with a heading of level 1"
            yield from found(page, "missing-title", message, first_line(text, block.start, block.end))
        return
    yield from found(page, "missing-title", "the page is empty", Span(0, 0))


def _newlines(page: Page) -> Iterator[Finding]:
    text = page.tree.text
    if "\r" not in text:
        return
    other = re.search(r"(?<!\r)\n" if page.tree.newline == "\r\n" else r"\r\n?", text)
    if other is not None:
        yield from found(
            page, "mixed-newlines", "this line ends in another way than most", Span(*other.span())
        )


def _open_blocks(page: Page) -> Iterator[Finding]:
    for kind, span in open_blocks(page.tree):
        rule, what = ("unclosed-fence", "fence") if kind == "fence" else ("unclosed-comment", "comment")
        yield from found(page, rule, f"the {what} opened here is never closed", span)


def check_strangers(pages: Pages) -> Iterator[Finding]:
    """Copies that editors and synchronisers left among the pages, and pages that are of no kind."""
    for path in pages.strangers:
        yield (
            path,
            report(
                "stray-copy", "this is no page, and not read as state; see what is in it, and delete it", 0, 0
            ),
        )
    standard = [kind.path for kind in pages.kinds if kind.single]
    for path in pages.others:
        from difflib import get_close_matches

        close = get_close_matches(path, standard, 1, 0.8)
        meant = f"; did you mean {close[0]}?" if close and close[0] not in pages.pages else ""
        yield path, report("unknown-page", f"no kind of page is called so, and it is left alone{meant}", 0, 0)
