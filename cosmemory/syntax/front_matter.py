"""The YAML front matter of a page: where it stands, what it says, and its plain one-line entries."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from cosmemory.pattern import pattern
from cosmemory.text.spans import Span, line_spans, without_line_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import yaml

MOST_CHARACTERS = 64 * 1024
MOST_BRACKETS = 1_000
MOST_ALIASES = 16

# A page that begins with a rule and then a blank line has no front matter: its first entry must not vanish in one.
_OPENED = pattern(r"\ufeff?---[ \t]*(?:\r\n|\n|\r)(?![ \t]*(?:[\r\n]|\Z))")
_CLOSED = pattern(r"(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\n|\r|\Z)")

_KEY = pattern(r"([^\W\d][\w.-]*(?: [\w.-]+)*)[ \t]*:(?=[ \t]|\Z)[ \t]*")
_COMMENT = pattern(r"(?:\A|[ \t])#.*", re.DOTALL)
_ENCLOSED = pattern(r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|\[[^\[\]{}"'#]*+\])""")
# Beginnings of plain YAML values that mean more than the text of their line.
_NOT_PLAIN = pattern(r"[\[\]{}&*!|>%@`,\"']|[-?:](?![^\s])")


def front_matter_span(text: str) -> Span | None:
    """The front matter with its fence lines, a byte order mark before it included; None where there is none."""
    opened = _OPENED.match(text)
    closed = _CLOSED.search(text, opened.end()) if opened else None
    return Span(0, closed.end()) if closed else None


def front_matter_lines(text: str) -> list[tuple[str, Span]]:
    """The keys of the one-line entries, each with the place of its value, quotes included.

    Only such entries can be changed by splicing one line; others are left out. The place of an empty value is
    just behind the colon, so that what is put there must begin with a space.
    """
    lines = _lines(text)
    found: list[tuple[str, Span]] = []
    for number, line in enumerate(lines):
        key = _KEY.match(text, line.start, line.end)
        if key is None or _goes_on(text, lines[number + 1 :]):
            continue
        source = text[key.end() : line.end]
        length = _value_length(source)
        if length == 0:
            behind = text.index(":", key.end(1)) + 1
            found.append((key[1], Span(behind, behind)))
        elif length is not None:
            found.append((key[1], Span(key.end(), key.end() + length)))
    return found


def entries_end(text: str) -> int | None:
    """Where one more entry goes: at the start of the line that closes the front matter; None where there is none."""
    inner = _inner(text)
    return inner.end if inner is not None else None


def read_front_matter(text: str) -> tuple[dict[str, object], str]:
    """The values of the front matter, and one sentence on what is wrong with it, or nothing."""
    inner = _inner(text)
    if inner is None:
        return {}, ""
    # Line 1 is the fence.
    values, problem = _loaded(inner.of(text), "The front matter", first_line=2)
    return values, problem or (_twice(text) if values else "")


def plain_front_matter(text: str) -> dict[str, str] | None:
    """The texts of the entries where all of them are plain words on one line; None where only a loader can tell.

    Of each the loader would make this very text, nothing, or a number, a day or a truth that is written so.
    """
    inner = _inner(text)
    if inner is None or inner.end - inner.start > MOST_CHARACTERS:
        return None
    found: dict[str, str] = {}
    for line in _lines(text):
        entry = _ENTRY.fullmatch(text, line.start, line.end)
        if entry is None:
            return None
        key, value = entry[1], entry[2] or ""
        if key in found or key in _NO_TEXTS or value.lower() in _MEANING_NOTHING or _is_no_number(value):
            return None
        found[key] = value
    return found


def read_yaml(text: str) -> tuple[dict[str, object], str]:
    """The values of a whole YAML file, and one sentence on what is wrong with it, or nothing."""
    return _loaded(text.removeprefix("\ufeff"), "The file", first_line=1)


def _loaded(source: str, what: str, first_line: int) -> tuple[dict[str, object], str]:
    if len(source) > MOST_CHARACTERS:
        return {}, f"{what} is longer than {MOST_CHARACTERS // 1024} KiB and was not read."
    # The loader's time grows with the square of the open brackets.
    if source.count("[") + source.count("{") > MOST_BRACKETS:
        return {}, f"{what} is nested too deeply and was not read."
    from frontmatter.default_handlers import YAMLHandler
    from yaml import YAMLError

    try:
        values: Any = YAMLHandler().load(source.replace("\r\n", "\n").replace("\r", "\n"), Loader=_loader())
    except YAMLError as error:
        return {}, _sentence(error, what, first_line)
    except RecursionError:
        return {}, f"{what} is nested too deeply and was not read."
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # The loader lets the errors of its converters through, such as that of a date in a 13th month.
        return {}, f"{what} holds a value that cannot be read: {error}."
    if values is None:
        return {}, ""
    if not isinstance(values, dict):
        return {}, f"{what} is not a list of `key: value` lines."
    return {str(key): value for key, value in values.items()}, ""


def scalar_like(standing: str, value: str | None) -> str:
    """``value`` as YAML on one line, in quotes where the ``standing`` text is, or where it would mean more bare."""
    if value is None:
        return "null"
    many = value.count("[") + value.count("{") > _FEW_BRACKETS
    if standing.startswith("'") and value.isprintable() and not many:
        return "'" + value.replace("'", "''") + "'"
    plain = _SAFE.fullmatch(value) and value.lower() not in _MEANING_NOTHING and not _is_no_number(value)
    if plain and not standing.startswith('"'):
        return value
    return '"' + "".join(_quoted(each, many=many) for each in value) + '"'


def _is_no_number(value: str) -> bool:
    """Whether YAML would take ``value`` for a number or a day, and fail at what it is: all the page's entries with it."""
    if not _LIKE_A_NUMBER.match(value):
        return False
    day = _DAY.match(value)
    if day is None:
        return True
    from datetime import UTC, datetime

    try:
        year, month, date, hour, minute, second = (int(each or 0) for each in day.groups())
        datetime(year, month, date, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return True
    return False


_LIKE_A_NUMBER = pattern(r"0[bx]|\d{4}-\d\d?-|[\d_:.,]{18}", re.ASCII | re.IGNORECASE)
_DAY = pattern(r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt ](\d\d?):(\d\d):(\d\d)(?:Z|[+-]\d\d:\d\d)?)?\Z", re.ASCII)
# YAML reads these as nothing at all.
_MEANING_NOTHING = frozenset({"null"})
# A value with more brackets than a person writes must not make the whole too deep to be read.
_FEW_BRACKETS = 8
_WORDS = r"[A-Za-z0-9](?:[\w.,;()%+/@=-]|:(?=[\w/])| (?=[\w(+/-]))*"
_SAFE = pattern(_WORDS, re.ASCII)
_ENTRY = pattern(rf"([a-z][a-z0-9_]{{0,63}}):(?: ({_WORDS}))?", re.ASCII)
# Keys that YAML reads as a truth or as nothing, and not as words.
_NO_TEXTS = frozenset({"yes", "no", "on", "off", "true", "false", "null"})


def _quoted(character: str, *, many: bool) -> str:
    """One character between double quotes; a bracket, where there are ``many``, by its number."""
    if many and character in "[{":
        return f"\\x{ord(character):02x}"
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return "\\n" if character == "\n" else f"\\x{code:02x}" if code < 0x100 else f"\\U{code:08x}"


def _inner(text: str) -> Span | None:
    """What stands between the fence lines."""
    opened = _OPENED.match(text)
    closed = _CLOSED.search(text, opened.end()) if opened else None
    return Span(opened.end(), closed.start()) if opened and closed else None


def _lines(text: str) -> list[Span]:
    """The lines between the fence lines, without their ends."""
    inner = _inner(text)
    spans = line_spans(text, inner.start, inner.end) if inner else []
    return [without_line_end(text, span) for span in spans]


def _goes_on(text: str, below: list[Span]) -> bool:
    """Whether the entry above ``below`` has more than one line: one that is indented, or an item of a list."""
    for line in below:
        source = line.of(text)
        if source.strip() and not source.lstrip().startswith("#"):
            return source[0] in " \t" or source == "-" or source.startswith("- ")
    return False


def _value_length(source: str) -> int | None:
    """How much of the rest of a line is the value, its comment left out; None where it may mean more."""
    enclosed = _ENCLOSED.match(source)
    if enclosed:
        rest = source[enclosed.end() :]
        comment = rest[:1] in {" ", "\t"} and rest.lstrip(" \t").startswith("#")
        return enclosed.end() if comment or not rest.strip() else None
    plain = _COMMENT.sub("", source, count=1).rstrip()
    if _NOT_PLAIN.match(plain) or ": " in plain or plain.endswith(":"):
        return None
    return len(plain)


def _twice(text: str) -> str:
    """A sentence on the first key that stands twice: YAML's readers keep the last one in silence."""
    keys = (_KEY.match(text, line.start, line.end) for line in _lines(text))
    for key, count in Counter(key[1] for key in keys if key).items():
        if count > 1:
            return f"The front matter has the key `{key}` more than once; the last one counts."
    return ""


def _sentence(error: yaml.YAMLError, what: str, first_line: int) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    place = f" at line {mark.line + first_line}" if mark else ""
    return f"{what} cannot be read{place}: {problem}."


@cache
def _loader() -> type[yaml.SafeLoader]:
    """YAML's safe loader, the one in Python, which fails in good order where the one in C overflows its stack."""
    from yaml import AliasEvent, SafeLoader
    from yaml.composer import ComposerError
    from yaml.nodes import Node

    class CarefulLoader(SafeLoader):
        """Refuses aliases that would unfold: a few lines of them into gigabytes, one that holds itself without end."""

        aliases = 0

        def __init__(self, stream: Any) -> None:
            super().__init__(stream)
            self.open: list[str] = []

        def compose_node(self, parent: Node | None, index: Any) -> Node | None:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            if not isinstance(event, AliasEvent):
                self.open.append(event.anchor or "")
                node = super().compose_node(parent, index)
                self.open.pop()
                return node
            self.aliases += 1
            problem = f"it has more than {MOST_ALIASES} aliases" if self.aliases > MOST_ALIASES else ""
            if event.anchor in self.open:
                problem = "a value holds itself"
            if problem:
                raise ComposerError(None, None, problem, event.start_mark)  # type: ignore[arg-type]
            return super().compose_node(parent, index)

    return CarefulLoader
