"""What commands print: data on stdout, talk on stderr, one JSON object where that was asked for."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TextIO

SCHEMA = 1


def tell_error(code: str, message: str, hint: str, *, as_json: bool) -> None:
    """One error: a sentence and a hint, or one object, on stderr."""
    if as_json:
        import json

        held = {"schema": SCHEMA, "kind": "error", "code": code, "message": message, "hint": hint}
        print(json.dumps(held, ensure_ascii=False), file=sys.stderr)
        return
    print(f"{_word('error:', 31)} {visible_line(message)}", file=sys.stderr)
    if hint:
        print(f"{_word('hint:', 36)} {visible_line(hint)}", file=sys.stderr)


def _word(word: str, colour: int) -> str:
    """A word on stderr in a colour, written by hand: an error must not wait for click."""
    return f"\x1b[{colour}m{word}\x1b[0m" if on_terminal(sys.stderr) else word


def tell_notices(notices: Iterable[str]) -> None:
    """What a store had to repair on the way, one line each, on stderr."""
    for notice in notices:
        print(f"{_word('note:', 34)} {visible_line(notice)}", file=sys.stderr)


def tell_warning(text: str) -> None:
    """Something that was done all the same, on stderr."""
    print(f"{_word('warning:', 33)} {visible_line(text)}", file=sys.stderr)


def visible_line(text: str) -> str:
    """``text`` on one line, with nothing in it that a terminal would obey."""
    from cosmemory.text.visible import visible

    return visible(text.replace("\n", " "))


def on_terminal(stream: TextIO | None = None) -> bool:
    """Whether a stream, stdout unless one is given, is a terminal that wants more than plain text."""
    stream = sys.stdout if stream is None else stream
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def print_json(kind: str, held: dict[str, Any]) -> None:
    """The one object that a command answers with."""
    import json

    # A byte that is not UTF-8 is a lone surrogate in memory, which no JSON text may hold.
    text = json.dumps({"schema": SCHEMA, "kind": kind, **held}, ensure_ascii=False)
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode() + "\n")


def print_text(text: str, *, end: str = "\n") -> None:
    """Text of a page or a value: exact in a pipe, made visible on a terminal."""
    if sys.stdout.isatty():
        from cosmemory.text.visible import visible

        text = "\n".join(visible(line) for line in text.split("\n"))
    data = (text + end).encode("utf-8", "surrogateescape")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def set_up_logging(verbose: bool) -> None:
    """Lets what is done be told on stderr, where ``verbose`` or COSMEMORY_LOG asks for it."""
    import os

    level = "debug" if verbose else os.environ.get("COSMEMORY_LOG", "")
    if level:
        import logging

        logging.basicConfig(
            stream=sys.stderr,
            level=logging.getLevelNamesMapping().get(level.upper(), logging.INFO),
            format="%(levelname)s %(name)s: %(message)s",
        )
