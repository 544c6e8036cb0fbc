"""Checks of a page's text, whatever its kind: encoding, line ends, characters, what a merge left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cosmemory.checks.pages import Finding, Pages, found
from cosmemory.diagnostics import report
from cosmemory.kinds.page import Page
from cosmemory.text.spans import Span
from cosmemory.text.visible import HIDDEN, visible

_BAD = re.compile("[\udc80-\udcff]+")
_MARKER = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")


def check_source(pages: Pages) -> Iterator[Finding]:
    """What is wrong with the characters of each page."""
    for page in pages.pages.values():
        text = page.tree.text
        for matched in _BAD.finditer(text):
            told = ", ".join(f"0x{ord(each) - 0xDC00:02x}" for each in matched[0][:4])
            yield from found(page, "bad-byte", f"{told} is not UTF-8", Span(*matched.span()))
        for matched in _MARKER.finditer(text):
            yield from found(page, "conflict-marker", "a merge conflict was left here", Span(*matched.span()))
        for matched in HIDDEN.finditer(text):
            if not "\ud800" <= matched[0] <= "\udfff" and matched[0] != "\r":
                shown = visible(matched[0])
                yield from found(page, "control-character", f"{shown} is hidden here", Span(*matched.span()))
        yield from _newlines(page)
        yield from _open_blocks(page)


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
    text = page.tree.text
    for block in page.tree.blocks:
        source = text[block.start : block.end]
        if block.kind == "fence":
            opener = _FENCE.match(source)
            last = source.rstrip().rpartition("\n")[2].strip()
            mark = opener[1] if opener else "```"
            if "\n" not in source.rstrip() or last.strip(mark[0]) or len(last) < len(mark):
                span = Span(block.start, block.start + len(source.split("\n", 1)[0]))
                yield from found(page, "unclosed-fence", "the fence opened here is never closed", span)
        elif block.kind == "html" and source.lstrip().startswith("<!--") and "-->" not in source:
            span = Span(block.start, block.start + 4)
            yield from found(page, "unclosed-comment", "the comment opened here is never closed", span)


def check_strangers(pages: Pages) -> Iterator[Finding]:
    """Copies that editors and synchronisers left among the pages."""
    for path in pages.strangers:
        yield path, report("stray-copy", "this copy is not read as state; compare it and delete it", 0, 0)
