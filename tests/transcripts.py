"""What people see of each command: what it answers, and what it changes on the pages, byte for byte.

A chapter below ``cases/transcripts`` is a story. ``$ `` begins a command; indented below stands what it wrote, on stderr
behind ``! ``, then ``exit 1`` where it was refused, then the difference on each page. ``@ `` sets the clock, which goes on by
a minute with each command; ``> `` names a file whose text follows behind ``| ``. ``python -m tests.transcripts`` tells
the stories again: what has changed since is then seen in review.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import logging
import os
import re
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

from cosmemory.__main__ import main as cosmemory

CHAPTERS = Path(__file__).parent / "cases" / "transcripts"
BEGIN = datetime(2026, 11, 21, 9, tzinfo=UTC)
INDENT = "    "
OWN = re.compile(r"(^|/)\.cosmemory/|/checkpoint_\d")  # its own files, and the copies that a checkpoint keeps


def told_again(text: str, project: Path) -> str:
    """The chapter ``text`` with every command run anew in the empty folder ``project``."""
    now, parts = BEGIN, []
    steps = [line for line in text.split("\n") if line and not line.startswith(INDENT)]
    for index, line in enumerate(steps):
        mark, _, said = line.partition(" ")
        parts.append(line if mark == "|" or index == 0 else f"\n{line}")
        if mark == "@":
            now = datetime.fromisoformat(said)
        elif mark == ">":
            written = project / said
            written.parent.mkdir(parents=True, exist_ok=True)
            written.write_text("".join(f"{each}\n" for each in _quoted(steps[index + 1 :])), encoding="utf-8")
            # The history tells when a person saved a page.
            os.utime(written, times=(now.timestamp(), now.timestamp()))
        elif mark == "$":
            parts += [f"{INDENT}{each}".rstrip(" ") for each in _answered(said, project, now)]
            now += timedelta(minutes=1)
    return "\n".join(parts) + "\n"


def _quoted(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith("|"):
            return
        yield line.removeprefix("|").removeprefix(" ")


def _answered(line: str, project: Path, now: datetime) -> Iterator[str]:
    # Else Python prints what nobody listens to, and an error would be told twice.
    logging.getLogger("cosmemory").addHandler(logging.NullHandler())
    before = _pages(project)
    variables = {
        "COSMEMORY_NOW": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "COSMEMORY_ACTOR": "ada",
        "COLUMNS": "100",
        "HOME": str(project),
    }
    said, complained = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in "12")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("COSMEMORY")}
    with (
        mock.patch.dict(os.environ, kept | variables, clear=True),
        contextlib.chdir(project),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(complained),
    ):
        code = cosmemory(shlex.split(line)[1:])
    place = str(project)
    yield from _lines(_text(said).replace(place, "PROJECT"))
    yield from (f"! {each}" for each in _lines(_text(complained).replace(place, "PROJECT")))
    if code:
        yield f"exit {code}"
    yield from _differences(before, _pages(project))


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode("utf-8")


def _lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _pages(project: Path) -> dict[str, str]:
    return {
        str(path.relative_to(project)): path.read_bytes().decode("utf-8", "backslashreplace")
        for path in sorted(project.rglob("*"))
        if path.is_file() and not OWN.search(str(path.relative_to(project)))
    }


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """What has changed on each page, with the heading of each place left out: the lines themselves tell it."""
    for name in sorted(before.keys() | after.keys()):
        old, new = (_lines(pages.get(name, "")) for pages in (before, after))
        if before.get(name) == after.get(name):
            continue
        sign = "new " if name not in before else "gone " if name not in after else ""
        yield f"~~~ {sign}{name.removeprefix('design/memory/')}"
        if name in after:
            changed = list(difflib.unified_diff(old, new, lineterm="", n=0))[2:]
            yield from (each for each in changed if not each.startswith("@@"))


def main() -> None:
    """Tells every chapter again."""
    for path in sorted(CHAPTERS.glob("*.txt")):
        with tempfile.TemporaryDirectory() as folder:
            path.write_text(told_again(path.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
