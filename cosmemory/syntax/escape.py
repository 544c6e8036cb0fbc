"""Values in Markdown: written so that they come back as themselves and as nothing else, and read again."""

from __future__ import annotations

_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_EMPTY = frozenset(
    ["", "-", "—", "none", "(none)", "n/a", "- none", "no pending tasks", "- no pending tasks", "\\-"]
)
_LONGEST_EMPTY = max(map(len, _EMPTY))
# Of lists in lists that go on and on on one line, some readers drop the rest of the page.
_DEEPEST = 8
_BLANK = " \t\n\r\x0b\x0c"


def normalise(value: str) -> str:
    """``value`` as it can stand on a page: LF line ends, no NUL, no lone surrogate, no outer white space."""
    if "\r" in value or "\x00" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    if not value.isascii():
        # A lone surrogate would become a bad byte on the page.
        value = "".join("\ufffd" if "\ud800" <= each <= "\udfff" else each for each in value)
    return value.strip()


def is_empty(value: str) -> bool:
    """Whether ``value`` is one of the ways people write that there is nothing."""
    text = value.strip()
    if len(text) > _LONGEST_EMPTY and text[0] not in "_*":
        return False  # most values, and those worth not to be copied in lower case
    text = text.lower()
    if text in _EMPTY:
        return True
    if len(text) < 3 or text[0] not in "_*" or text[0] != text[-1]:
        return False
    inner = text.strip(text[0]).strip()
    return inner in _EMPTY or (inner.startswith("no ") and inner.rstrip(".").endswith(("yet", "registered")))


def escape_field(value: str) -> str:
    """``value`` after a label, on one line."""
    return _escaped(normalise(value), cell=False)


def escape_cell(value: str) -> str:
    """``value`` in a table's cell."""
    return _escaped(normalise(value), cell=True)


def escape_item(value: str) -> str:
    """``value`` as an item of a list, on one line."""
    return guard_start(escape_field(value))


def guard_start(source: str) -> str:
    """``source`` at the start of a line or an item, where it must not begin a block of its own."""
    head = source.lstrip("0123456789")
    digits = source[: len(source) - len(head)]
    if digits:
        number = len(digits) <= 9 and head[:1] in {".", ")"} and head[1:2] in {"", " ", "\t"}
        return f"{digits}\\{head}" if number else source
    marks = source.replace(" ", "").replace("\t", "")
    # Dashes are joined by the bullet before them: `- --` is a rule.
    rule = marks[:1] in {"-", "*", "_"} and not marks.strip(marks[:1])
    bullet = source[:1] in {"-", "+", "*"} and source[1:2] in {"", " ", "\t"}
    defines = source.startswith("[") and "]:" in source
    structure = source.startswith(("#", ">", "~~~"))
    return f"\\{source}" if rule or bullet or defines or structure else source


def escape_heading(value: str) -> str:
    """``value`` as the words of a heading."""
    text = _escaped(normalise(value), cell=False)
    bare = text.rstrip("#")
    if bare != text and (not bare or bare[-1] in " \t"):
        return bare + "\\" + text[len(bare) :]
    return text


def _escaped(value: str, *, cell: bool) -> str:
    if not ("\\" in value or "`" in value or "&" in value or "<" in value or "|" in value or "\n" in value):
        return value  # most values; the walk below costs a hundred times as much
    pieces: list[str] = []
    at = 0
    while at < len(value):
        here = value[at]
        if here == "`":
            piece, at = _backticks(value, at, cell=cell)
        elif here == "\\":
            piece, at = _backslash(value, at)
        else:
            piece, at = _plain(value, at, here, "".join(pieces[-1:]), cell=cell), at + 1
        pieces.append(piece)
    return "".join(pieces)


def _backticks(value: str, at: int, *, cell: bool) -> tuple[str, int]:
    """A code span, verbatim, or the run of backticks that opens none, each with a backslash."""
    end = at
    while end < len(value) and value[end] == "`":
        end += 1
    close = _closing(value, end, end - at)
    if close >= 0:
        inside = value[at:close]
        if "\n" not in inside and not (cell and "|" in inside):
            return inside, close
    return "\\`" * (end - at), end


def _closing(value: str, start: int, length: int) -> int:
    """Where the code span that a run of ``length`` backticks opens ends, or -1."""
    at = value.find("`", start)
    while at >= 0:
        end = at
        while end < len(value) and value[end] == "`":
            end += 1
        if end - at == length:
            return end
        at = value.find("`", end)
    return -1


def _backslash(value: str, at: int) -> tuple[str, int]:
    if at + 1 == len(value):
        return "&#92;", at + 1
    if value[at + 1] in _PUNCTUATION or value[at + 1] == "\n":
        return "\\\\", at + 1
    return "\\", at + 1


def _plain(value: str, at: int, here: str, before: str, *, cell: bool) -> str:
    if here == "\n":
        return "<br>"
    if here == "|" and cell:
        return "&#124;" if before.endswith("\\") else "\\|"
    if here == "&" and _is_entity(value, at):
        return "&amp;"
    if here == "<" and at + 1 < len(value) and (value[at + 1] in _LETTERS or value[at + 1] in "/!?"):
        return "&lt;"
    return here


def _is_entity(value: str, at: int) -> bool:
    end = value.find(";", at + 1, at + 34)
    inside = value[at + 1 : end]
    return end > at + 1 and not any(each in _BLANK or each in "<&" for each in inside)


def unescape(source: str) -> str:
    """What ``source``, a cell, a field or a heading, says: escapes undone outside code spans."""
    if "\\" not in source and "&" not in source and "<" not in source:
        return source
    pieces: list[str] = []
    at = 0
    while at < len(source):
        piece, at = _read(source, at)
        pieces.append(piece)
    return "".join(pieces)


def unescape_cell(source: str) -> str:
    """What a cell says: in a table a backslash keeps a pipe from parting cells inside code spans, too."""
    if "\\|" not in source or "`" not in source:
        return unescape(source)
    pieces: list[str] = []
    at = 0
    while at < len(source):
        piece, end = _read(source, at)
        code = source[at] == "`" and end - at == len(piece)
        pieces.append(piece.replace("\\|", "|") if code else piece)
        at = end
    return "".join(pieces)


def _read(source: str, at: int) -> tuple[str, int]:
    here = source[at]
    if here == "\\" and at + 1 < len(source) and source[at + 1] in _PUNCTUATION:
        return source[at + 1], at + 2
    if here == "`":
        end = at
        while end < len(source) and source[end] == "`":
            end += 1
        close = _closing(source, end, end - at)
        return (source[at:close], close) if close >= 0 else (source[at:end], end)
    if here == "&":
        return _entity(source, at)
    if here == "<" and source[at : at + 3].lower() == "<br":
        for tag in ("<br>", "<br/>", "<br />"):
            if source[at : at + len(tag)].lower() == tag:
                return "\n", at + len(tag)
    return here, at + 1


def _entity(source: str, at: int) -> tuple[str, int]:
    end = source.find(";", at + 1, at + 34)
    name = source[at + 1 : end].removeprefix("#")
    if end < 0 or not (name.isascii() and name.isalnum()):
        return "&", at + 1  # what comes later up to the semicolon may be an entity of its own
    from html import unescape as decoded  # only a page that holds an entity pays for the table of them

    text = source[at : end + 1]
    read = decoded(text)
    return (read, end + 1) if read != text else ("&", at + 1)


def split_list(source: str) -> list[str]:
    """The items of a comma-separated list as it stands on a page, each decoded."""
    items: list[str] = []
    start = at = 0
    while at < len(source):
        if source[at] == "\\":
            at += 2
            continue
        if source[at] == ",":
            items.append(source[start:at])
            start = at + 1
        at += 1
    items.append(source[start:])
    return [text for item in items if (text := unescape(item.strip(" \t")).strip())]


def join_list(items: list[str]) -> str:
    r"""``items`` as a comma-separated list on a page; a comma inside one is ``\\,``."""
    return ", ".join(_list_item(item) for item in items)


def _list_item(item: str) -> str:
    # Backticks lose their meaning here, since split_list cuts before it decodes.
    text = normalise(item).replace("`", "\\`")
    pieces: list[str] = []
    for at, here in enumerate(text):
        if here == "\\" and text[at + 1 : at + 2] != "`":
            pieces.append("\\\\")
        elif here == ",":
            pieces.append("\\,")
        elif here == "\\":
            pieces.append("\\")
        else:
            pieces.append(_plain(text, at, here, "".join(pieces[-1:]), cell=True))
    return "".join(pieces)


def quote_prose(value: str) -> str:
    """Free text with one more backslash on every line that would be structure, or what git leaves of a merge."""
    return "\n".join(_quoted(line) if quoted else line for line, quoted in _prose_lines(value, marks=False))


def unquote_prose(source: str) -> str:
    """Free text without the backslash that quote_prose put there."""
    return "\n".join(_unquoted(line) if quoted else line for line, quoted in _prose_lines(source))


def _prose_lines(text: str, *, marks: bool = True) -> list[tuple[str, bool]]:
    """The lines of ``text``, each with whether it is to be quoted: those inside a closed fence are not.

    Without ``marks`` a fence is none that holds what git leaves of a merge: nothing could be quoted there.
    """
    lines = text.split("\n")
    marked: list[tuple[str, bool]] = []
    at = 0
    while at < len(lines):
        end = _fence_end(lines, at)
        if end and (marks or not any(map(_is_merge, lines[at:end]))):
            marked += [(line, False) for line in lines[at:end]]
            at = end
        else:
            marked.append((lines[at], True))
            at += 1
    return marked


def _fence_end(lines: list[str], at: int) -> int:
    """The index after the closer of the fence that ``lines[at]`` opens at column 0; 0 where it opens none."""
    mark = lines[at][:1]
    if mark not in {"`", "~"} or not mark:
        return 0
    length = len(lines[at]) - len(lines[at].lstrip(mark))
    if length < 3 or (mark == "`" and "`" in lines[at][length:]):
        return 0
    for index in range(at + 1, len(lines)):
        line = lines[index]
        if line.startswith(mark * length) and not line.strip(" \t").strip(mark):
            return index + 1
    return 0


def _split_line(line: str) -> tuple[str, str, str]:
    """Indent, backslashes and the rest of ``line``."""
    bare = line.lstrip(" \t\x0b\x0c")
    rest = bare.lstrip("\\")
    return line[: len(line) - len(bare)], bare[: len(bare) - len(rest)], rest


def _quoted(line: str) -> str:
    indent, slashes, rest = _split_line(line)
    return f"{indent}\\{slashes}{rest}" if _is_structure(rest) else line


def _unquoted(line: str) -> str:
    indent, slashes, rest = _split_line(line)
    return indent + slashes[1:] + rest if slashes and _is_structure(rest) else line


def _is_structure(rest: str) -> bool:
    """Whether a line that begins like this would be more than words."""
    if rest.startswith("**"):
        close = rest.find("**", 2)
        if close > 2 and (":" in rest[2:close] or rest[close + 2 :].lstrip().startswith(":")):
            return True
    return _is_merge(rest) or _holds_block(rest)


def _is_merge(line: str) -> bool:
    """Whether git leaves such a line where it could not merge: the page would count as damaged."""
    return line[:7] in {"<<<<<<<", "|||||||", ">>>>>>>"} and line[7:8] in {"", " "}


def _is_block(rest: str) -> bool:
    """Whether a heading, a fence, HTML or a rule begins here."""
    if rest.startswith("#"):
        return rest.lstrip("#")[:1] in {"", " ", "\t"} and len(rest) - len(rest.lstrip("#")) <= 6
    if rest.startswith(("```", "~~~")):
        return True
    if rest.startswith("<"):
        return len(rest) > 1 and (rest[1] in _LETTERS or rest[1] in "/!?")
    marks = rest.replace(" ", "").replace("\t", "")
    if not marks:
        return False
    if not marks.strip("=-"):
        return True
    return len(marks) >= 3 and marks[0] in "*_" and not marks.strip(marks[0])


def _holds_block(rest: str) -> bool:
    """Whether a block begins in ``rest``, or in the quotes and list items that it begins: it is the same there."""
    for _ in range(_DEEPEST):
        if _is_block(rest):
            return True
        mark = rest[:1] if rest[:1] in {">", "-", "+", "*"} else ""
        digits = rest[:10].lstrip("0123456789")
        number = len(rest[:10]) - len(digits)
        if 0 < number <= 9 and digits[:1] in {".", ")"}:
            mark = rest[: number + 1]
        after = rest[len(mark) :]
        if not mark or (mark != ">" and after[:1] not in {" ", "\t"}):
            return False
        rest = after.lstrip(" \t")
    return True
