"""Patches as Codex writes them, applied to texts in memory."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Read = Callable[[str], str | None]

BEGIN, END = "*** Begin Patch", "*** End Patch"
ADD, DELETE, UPDATE = "*** Add File: ", "*** Delete File: ", "*** Update File: "
MOVE, LAST = "*** Move to: ", "*** End of File"


def patched(patch: str, read: Read) -> Iterator[tuple[str, str | None]]:
    """Each file that a patch touches, with its text afterwards: None for one that is gone.

    A file to which the patch does not fit is left out: the tool will say so.
    """
    lines = patch[patch.index(BEGIN) :].replace("\r\n", "\n").split("\n")[1:]
    at = 0
    while at < len(lines) and lines[at].strip() != END:
        head, at = lines[at], at + 1
        body = at
        while at < len(lines) and not lines[at].startswith((ADD, DELETE, UPDATE, END)):
            at += 1
        yield from _touched(head, lines[body:at], read)


def _touched(head: str, body: Sequence[str], read: Read) -> Iterator[tuple[str, str | None]]:
    if head.startswith(ADD):
        yield head[len(ADD) :].strip(), "".join(f"{line[1:]}\n" for line in body if line.startswith("+"))
    elif head.startswith(DELETE):
        yield head[len(DELETE) :].strip(), None
    elif head.startswith(UPDATE):
        file = head[len(UPDATE) :].strip()
        text = read(file)
        after = _updated(text, body) if text is not None else None
        if after is None:
            return
        if body and body[0].startswith(MOVE):
            yield file, None
            yield body[0][len(MOVE) :].strip(), after
        else:
            yield file, after


def _updated(text: str, body: Sequence[str]) -> str | None:
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    at = 0
    for context, old, new, last in _chunks(body):
        if context:
            found = _sought(lines, [context], at)
            if found is None:
                return None
            at = found + 1
        begin = _sought(lines, old, len(lines) - len(old) if last else at) if old else len(lines)
        begin = _sought(lines, old, at) if begin is None else begin
        if begin is None:
            return None
        lines[begin : begin + len(old)] = new
        at = begin + len(new)
    return "".join(f"{line}{end}" for line in lines)


def _chunks(body: Sequence[str]) -> Iterator[tuple[str, list[str], list[str], bool]]:
    """What each part of an update looks for, first the line above it, and puts in its place."""
    old: list[str] = []
    new: list[str] = []
    context, last, begun = "", False, False
    for line in [*body, "@@"]:
        if line.startswith("@@"):
            if begun:
                yield context, old, new, last
            context, old, new, last, begun = line[2:].strip(), [], [], False, False
        elif line.startswith(LAST):
            last = True
        elif line[:1] in ("+", "-", " ") or not line:
            begun = True
            old += [] if line.startswith("+") else [line[1:]]
            new += [] if line.startswith("-") else [line[1:]]


def _sought(lines: Sequence[str], wanted: Sequence[str], start: int) -> int | None:
    """Where ``wanted`` stands from ``start`` on: as it is, else without the spaces around its lines."""
    for bare in (str, str.rstrip, str.strip):
        held, sought = [bare(each) for each in lines], [bare(each) for each in wanted]
        for at in range(max(start, 0), len(held) - len(sought) + 1):
            if held[at : at + len(sought)] == sought:
                return at
    return None
