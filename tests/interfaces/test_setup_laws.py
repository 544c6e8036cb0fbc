"""Whatever somebody wrote, and however: entries of ours come and go, and not a byte of theirs changes."""

from __future__ import annotations

import copy
import json
import tomllib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cosmemory.errors import Refused
from cosmemory.interfaces.cli.setup import facts
from cosmemory.interfaces.cli.setup.jsonc import NotJson, read
from cosmemory.interfaces.cli.setup.jsonc_edit import with_item, with_value, without_item
from cosmemory.interfaces.cli.setup.parts import Hooks, Server
from cosmemory.interfaces.cli.setup.program import Program, this_python
from cosmemory.interfaces.cli.setup.texts import Block, Table, Whole, is_edited

PROGRAM = Program()


def few(hooks: dict) -> dict:
    """Some of the hooks, which are enough for laws: with all of them each example takes four times as long."""
    return {
        name: entry for name, entry in hooks.items() if name.lower() in {"sessionstart", "pretooluse", "stop"}
    }


ALL = facts.claude_hooks(PROGRAM.hook("claude"))
CLAUDE = Hooks(path="settings.json", entries=few(ALL))
CURSOR = Hooks(
    path="hooks.json", entries=few(facts.cursor_hooks(PROGRAM.hook("cursor"))), grouped=False, version=1
)
SERVER = Server(path="mcp.json", at=("mcpServers", "cosmemory"), entry=facts.server(PROGRAM.server()))
OPENCODE = Server(
    path="opencode.json", at=("mcp", "cosmemory"), entry=facts.opencode_server(PROGRAM.server())
)
TABLE = Table(path="config.toml", at=("mcp_servers", "cosmemory"), entry=facts.server(PROGRAM.server()))
BLOCK = Block(path="AGENTS.md", text="## Memory\n\nAsk it.\n")
WHOLE = Whole(path="SKILL.md", text="---\nname: x\n---\n\n# X\n")

BLANKS = [
    "",
    "",
    " ",
    "\n",
    "\t",
    "\r\n",
    "\n    ",
    "  ",
    "/* c */",
    "// x\n",
    "/* a\n // b */",
    "// [\r\n",
    "/**/",
]
blank = st.lists(st.sampled_from(BLANKS), max_size=3).map("".join)
scalar = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=6), st.sampled_from(["//", "/*", "a,b", "{"])
)
key = st.sampled_from(["a", "b", "permissions", "model", "x // y", "ü", ""])


@st.composite
def container(draw, opening, members):
    """Text and value of an object or an array, in any style that JSON with comments knows."""
    made = []
    for index, (name, (text, _)) in enumerate(members):
        named = "" if name is None else json.dumps(name, ensure_ascii=draw(st.booleans()))
        colon = "" if name is None else f"{draw(blank)}:{draw(blank)}"
        last = index == len(members) - 1
        comma = draw(st.sampled_from(["", ","])) if last else ","
        made.append(f"{draw(blank)}{named}{colon}{text}{draw(blank)}{comma}")
    text = f"{opening}{''.join(made)}{draw(blank)}{'}' if opening == '{' else ']'}"
    if opening == "[":
        return text, [value for _, (_, value) in members]
    return text, {name: value for name, (_, value) in members}


def objects(values, names=key):
    members = st.lists(st.tuples(names, values), max_size=4, unique_by=lambda each: each[0])
    return members.flatmap(lambda held: container("{", held))


def arrays(values):
    members = st.lists(values.map(lambda each: (None, each)), max_size=3)
    return members.flatmap(lambda held: container("[", held))


plain = scalar.map(lambda value: (json.dumps(value), value))
anything = st.recursive(plain, lambda inner: objects(inner) | arrays(inner), max_leaves=6)


@st.composite
def documents(draw, name, inner):
    """A file that may have a member ``name`` that ``inner`` makes, among others."""
    names = draw(st.lists(key, max_size=3, unique=True))
    members = [(each, draw(anything)) for each in names]
    if draw(st.booleans()):
        members.insert(draw(st.integers(0, len(members))), (name, draw(inner)))
    text, value = draw(container("{", members))
    return draw(blank) + text + draw(blank), value


hooks_of_theirs = objects(arrays(anything), st.sampled_from(["SessionStart", "Stop", "Other", "stop", "x"]))
with_hooks = documents("hooks", hooks_of_theirs)
with_servers = documents("mcpServers", objects(anything))
marks = st.sampled_from([b"", b"\xef\xbb\xbf"])


@given(with_hooks)
def test_what_is_written_is_read(document):
    text, value = document
    assert read(text).value == value


@given(with_hooks, marks)
def test_hooks_come_and_go_and_nothing_else_changes(document, mark):
    text, value = document
    data = mark + text.encode("utf-8")
    put = CLAUDE.put(data)
    assert CLAUDE.put(put) == put
    assert CLAUDE.taken(put) == data
    assert CLAUDE.taken(data) == data
    wanted = copy.deepcopy(value)
    for event, entry in CLAUDE.entries.items():
        wanted.setdefault("hooks", {}).setdefault(event, []).append(entry)
    assert read(put.removeprefix(mark).decode("utf-8")).value == wanted


@given(with_servers, marks)
def test_a_server_comes_and_goes_and_nothing_else_changes(document, mark):
    text, value = document
    data = mark + text.encode("utf-8")
    put = SERVER.put(data)
    assert SERVER.put(put) == put
    assert SERVER.taken(put) == data
    wanted = copy.deepcopy(value)
    wanted.setdefault("mcpServers", {})["cosmemory"] = SERVER.entry
    assert read(put.removeprefix(mark).decode("utf-8")).value == wanted


@given(documents("hooks", objects(arrays(anything), st.sampled_from(["stop", "x"]))))
def test_hooks_without_groups_come_and_go_too(document):
    text, value = document
    versioned = documents_with_version(text, value)
    data = versioned.encode("utf-8")
    put = CURSOR.put(data)
    assert CURSOR.put(put) == put
    assert CURSOR.taken(put) == data


def documents_with_version(text: str, value: dict) -> str:
    at = text.index("{", read(text).start) + 1
    return f'{text[:at]}"version": 1{"," if value else ""}{text[at:]}'


@given(with_hooks, st.data())
def test_two_parts_of_one_file_go_in_any_order(document, data):
    before = document[0].encode("utf-8")
    parts = data.draw(st.permutations([CLAUDE, SERVER]))
    there = parts[1].put(parts[0].put(before))
    assert parts[0].taken(parts[1].taken(there)) == before


@given(with_hooks, st.data())
def test_what_is_out_of_date_or_half_gone_is_put_right(document, data):
    before = document[0].encode("utf-8")
    older = data.draw(
        st.sampled_from(
            [
                Hooks(
                    path="x",
                    entries={
                        **few(facts.claude_hooks(Program(words=this_python()).hook("claude"))),
                        "Gone": ALL["Stop"],
                    },
                ),
                Hooks(path="x", entries=dict(list(CLAUDE.entries.items())[1:])),
                Hooks(path="x", entries={**CLAUDE.entries, "OldEvent": CLAUDE.entries["Stop"]}),
                Hooks(path="x", entries=few(facts.codex_hooks(PROGRAM.hook("codex")))),
            ]
        )
    )
    assume("OldEvent" not in document[0])
    put = CLAUDE.put(older.put(before))
    assert CLAUDE.put(put) == put
    assert CLAUDE.taken(put) == before
    held = read(put.decode("utf-8")).value["hooks"]
    assert [
        len([each for each in held[event] if each == entry]) for event, entry in CLAUDE.entries.items()
    ] == [1] * len(CLAUDE.entries)


def spans_of_ours(text: str) -> list[tuple[int, int]]:
    root = read(text)
    nodes = [root.at(("hooks", event)) for event in CLAUDE.entries]
    held = [
        (item.node, CLAUDE.entries[event])
        for event, node in zip(CLAUDE.entries, nodes, strict=True)
        for item in node.items
    ]
    return [(node.start, node.end) for node, entry in held if node.value == entry]


def nothing_but_empty(after: object, before: object) -> bool:
    """Whether ``after`` is ``before``, but for containers with nothing in them."""
    if isinstance(after, dict) and isinstance(before, dict):
        return before.keys() <= after.keys() and all(
            nothing_but_empty(value, before.get(key, type(value)())) for key, value in after.items()
        )
    return after == before


@given(with_hooks, st.sampled_from(["/* theirs */", "// theirs\n", "\n/* theirs */\r\n"]), st.data())
def test_a_comment_that_somebody_writes_around_ours_stays(document, comment, data):
    text, value = document
    there = CLAUDE.put(text.encode("utf-8")).decode("utf-8")
    at = data.draw(st.integers(0, len(there)))
    commented = there[:at] + comment + there[at:]
    try:
        assume(read(commented).value == read(there).value)
    except NotJson:
        assume(False)
    left = CLAUDE.taken(commented.encode("utf-8")).decode("utf-8")
    assert nothing_but_empty(read(left).value, value)
    inside = any(start < at < end for start, end in spans_of_ours(there))
    assert ("theirs" in left) or inside
    assert CLAUDE.taken(left.encode("utf-8")) == left.encode("utf-8")


@given(with_hooks, st.data())
def test_what_somebody_adds_among_ours_stays(document, data):
    text, value = document
    there = CLAUDE.put(text.encode("utf-8")).decode("utf-8")
    event = data.draw(st.sampled_from([*CLAUDE.entries, "TheirEvent"]))
    mine = {"hooks": [{"type": "command", "command": "say"}]}
    held = read(there).at(("hooks", event))
    first = data.draw(st.booleans()) and held is not None
    if first:
        added = there[: held.start + 1] + json.dumps(mine) + "," + there[held.start + 1 :]
    else:
        added = with_item(there, ("hooks", event), None, mine)
    left = read(CLAUDE.taken(added.encode("utf-8")).decode("utf-8")).value
    wanted = copy.deepcopy(value)
    theirs = wanted.setdefault("hooks", {}).setdefault(event, [])
    theirs.insert(0 if first else len(theirs), mine)
    assert nothing_but_empty(left, wanted)


@given(with_hooks, with_servers)
def test_a_value_takes_the_place_of_another(document, other):
    text, value = document
    assume(value)
    name = next(iter(value))
    after = with_value(text, (name,), other[1])
    assert read(after).value == {**value, name: other[1]}


@given(arrays(anything), st.data())
def test_any_element_goes_and_the_others_stay(document, data):
    text, value = document
    assume(len(value) > 1)
    index = data.draw(st.integers(0, len(value) - 1))
    after = without_item(f'{{"a": {text}}}', ("a", index))
    assert read(after).value == {"a": value[:index] + value[index + 1 :]}


@given(st.text(alphabet='{}[]":,/*\\ \n\rtrue1-.eu"', max_size=30))
def test_what_is_no_json_is_refused_at_its_place(text):
    refused, node = None, None
    try:
        node = read(text)
    except NotJson as error:
        refused = error
    if refused is not None:
        assert 1 <= refused.line <= text.count("\n") + 1
        assert refused.column >= 1
    else:
        assert node is None or 0 <= node.start < node.end <= len(text)


@given(st.recursive(scalar, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner)))
def test_whatever_pythons_json_writes_is_read_the_same(value):
    for indent in (None, 2, "\t"):
        assert read(json.dumps(value, indent=indent, ensure_ascii=False)).value == value


@pytest.mark.parametrize(
    "before",
    [None, b"", b"\n", b" \r\n", b"{}", b"{}\n", b"{ }", b"{\n}\n", b"\xef\xbb\xbf", b"\t{\r\n\r\n}"],
)
@pytest.mark.parametrize("part", [CLAUDE, CURSOR, SERVER, OPENCODE], ids=lambda part: part.path)
def test_a_file_with_nothing_in_it_becomes_what_it_was(part, before):
    put = part.put(before)
    assert put != before
    assert part.put(put) == put
    assert part.taken(put) == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "s.json:1:2: the text ends here"),
        ('{"a": 1 "b": 2}', "s.json:1:9: a comma or } is missing"),
        ('{"a": tru}', "s.json:1:7: 'tru' is no value"),
        ('{"a": 01}', "s.json:1:7: '01' is no value"),
        ('{"a": NaN}', "'NaN' is no value"),
        ("{'a': 1}", "1:2: a key"),
        ('{"a" 1}', "a colon is missing"),
        ('{\n  "a": "x\n"}', "s.json:2:8: the string has no end"),
        ("{} x", "something behind the end"),
        ("{} {}", "something behind the end"),
        ("/* {", "the comment has no end"),
        ("// nothing\n", "the text ends here"),
        ("[]", "s.json:1: an object is wanted here"),
        ("null", "an object is wanted here"),
        ('{"hooks": []}', "these hooks are not an object"),
        ('{"hooks": {\n"Stop": {}}}', "s.json:2: these hooks are not an array"),
        ('{"a": 1,\r "b": 2}', "carriage return alone"),
        ("[" * 500, "nested more than"),
        (",", "is no value"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_place(text, told):
    part = Hooks(path="s.json", entries=CLAUDE.entries)
    with pytest.raises(Refused) as caught:
        part.put(text.encode("utf-8"))
    assert told in str(caught.value)
    assert "nothing was changed" in caught.value.hint


@pytest.mark.parametrize("data", [b'{"a": "\xff"}', '{"a": 1}'.encode("utf-16")])
def test_a_file_that_is_not_utf_8_is_refused(data):
    with pytest.raises(Refused, match=r"settings.json:1: it is not UTF-8"):
        CLAUDE.put(data)


def test_hooks_of_a_version_that_cursor_would_not_read_are_refused():
    for text in (b'{"hooks": {}}', b'{"version": 2}', b'{"version": "1"}'):
        with pytest.raises(Refused, match='does not say "version": 1'):
            CURSOR.put(text)


@pytest.mark.parametrize("held", ['{"command": "other"}', '{"url": "http://x"}', '"x"', "null", "[]"])
def test_a_server_of_our_name_that_is_not_ours_stays(held):
    data = f'{{"mcpServers": {{"cosmemory": {held}}}}}'.encode()
    with pytest.raises(Refused, match="there is a server called cosmemory that is not ours"):
        SERVER.put(data)
    assert SERVER.taken(data) == data


def test_what_somebody_added_to_our_server_stays_when_it_is_brought_up_to_date():
    data = b'{"mcpServers": {"cosmemory": {"command": "/old/cosmemory", "args": ["mcp"], "env": {"A": "b"}}}}'
    put = SERVER.put(data)
    assert put == data.replace(b"/old/cosmemory", b"cosmemory")
    off = b'{"mcp": {"cosmemory": {"type": "local", "command": ["cosmemory", "mcp"], "enabled": false}}}'
    assert OPENCODE.put(off) == off


def test_a_handler_that_somebody_put_beside_ours_stays():
    theirs = '{"type": "command", "command": "notify"}'
    data = CLAUDE.put(b"{}").decode()
    at = data.index("}", data.index('"Stop"')) + 1
    both = (data[:at] + ", " + theirs + data[at:]).encode()
    assert CLAUDE.put(both) == both
    left = read(CLAUDE.taken(both).decode()).value
    assert left == {"hooks": {"Stop": [{"hooks": [json.loads(theirs)]}]}}


def test_calls_of_ours_are_known_whatever_starts_them():
    for line in (
        "cosmemory hook",
        "/opt/x/cosmemory hook --harness claude",
        '"C:\\\\a b\\\\cosmemory.exe" hook',
        "python3 -P -m cosmemory hook",
        "cosmemory hook --root '/a & b; c'",
    ):
        data = (
            b'{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "%s"}]}]}}'
            % line.encode().replace(b'"', b'\\"')
        )
        assert CLAUDE.taken(data) == b'{"hooks": {"Stop": []}}', line
    for line in (
        "cosmemory hooks",
        "my-cosmemory hook",
        "cosmemory validate",
        "echo cosmemory",
        "cosmemory-x hook",
        "date >> hooks.log; cosmemory hook",
        "cosmemory hook && notify",
        "cosmemory hook | tee last.json",
    ):
        data = b'{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "%s"}]}]}}' % line.encode()
        assert CLAUDE.taken(data) == data, line


tables = st.lists(
    st.sampled_from(
        [
            b"",
            b"# note",
            b"model = 'x'",
            b"[profiles.a]",
            b"x.y = 1 # c",
            b"[[list]]",
            b"[mcp_servers.other]",
            b'command = "z"',
        ]
    )
).map(b"\n".join)


@given(tables, st.sampled_from([b"\n", b"\r\n"]), st.booleans())
def test_a_table_comes_and_goes_and_nothing_else_changes(text, newline, ended):
    data = text.replace(b"\n", newline) + (newline if ended else b"")
    try:
        before = tomllib.loads(data.decode())
    except tomllib.TOMLDecodeError:
        with pytest.raises(Refused, match="it is no TOML"):
            TABLE.put(data)
        return
    put = TABLE.put(data)
    assert TABLE.put(put) == put
    assert TABLE.taken(put) == data
    after = tomllib.loads(put.decode())
    assert after["mcp_servers"].pop("cosmemory") == TABLE.entry
    assert {**after, "mcp_servers": after["mcp_servers"]} == {"mcp_servers": {}, **before}


def test_a_table_of_our_name_is_refused_unless_it_says_the_same():
    same = b'[mcp_servers.cosmemory]\nargs = ["mcp"]\ncommand = "cosmemory"\n'
    assert TABLE.put(same) == same
    assert TABLE.taken(same) == same
    with pytest.raises(Refused, match="there is a server called cosmemory that is not ours"):
        TABLE.put(b'[mcp_servers.cosmemory]\nurl = "http://x"\n')
    with pytest.raises(Refused, match=r"takes no table \[mcp_servers.cosmemory\]"):
        TABLE.put(b"mcp_servers = {}\n")


def test_an_older_table_is_brought_up_to_date_where_it_stands():
    older = Table(path="c", at=TABLE.at, entry={"command": "x", "args": ["mcp"]})
    there = older.put(b"a = 1\n") + b"[z]\n"
    put = TABLE.put(there)
    assert put == there.replace(b'"x"', b'"cosmemory"')
    assert TABLE.taken(put) == b"a = 1\n[z]\n"


@given(st.binary() | st.text().map(str.encode) | st.none())
def test_a_section_comes_and_goes_and_nothing_else_changes(data):
    assume(data is None or not data.startswith((b"\xff\xfe", b"\xfe\xff")))
    put = BLOCK.put(data)
    assert BLOCK.put(put) == put
    assert BLOCK.taken(put) == data


def test_an_older_section_is_brought_up_to_date_where_it_stands():
    there = b"# Mine\n<!-- cosmemory:begin v0 -->\nold\n<!-- cosmemory:end -->\n\nMine too\n"
    put = BLOCK.put(there)
    assert (
        put
        == b"# Mine\n<!-- cosmemory:begin v1 -->\n## Memory\n\nAsk it.\n<!-- cosmemory:end -->\n\nMine too\n"
    )
    assert BLOCK.taken(put) == b"# Mine\n\nMine too\n"


def test_a_section_without_an_end_is_refused():
    with pytest.raises(Refused, match=r"AGENTS.md:2: the section .* has no end"):
        BLOCK.put(b"# Mine\n<!-- cosmemory:begin v1 -->\nlost\n")


def test_a_file_of_ours_that_somebody_edited_stays_and_a_pristine_one_is_renewed():
    ours = WHOLE.put(None)
    older = Whole(path="SKILL.md", text="---\nname: x\n---\n\nOlder\n").put(None)
    edited = ours.replace(b"# X", b"# Y")
    assert (WHOLE.put(ours), WHOLE.put(older)) == (ours, ours)
    assert (WHOLE.taken(ours), WHOLE.taken(older)) == (None, None)
    assert is_edited(edited)
    assert (WHOLE.put(edited), WHOLE.taken(edited)) == (edited, edited)
    windows = ours.replace(b"\n", b"\r\n")
    assert (WHOLE.put(windows), WHOLE.taken(windows)) == (windows, None)
    with pytest.raises(Refused, match=r"SKILL.md is there already, and it is not ours"):
        WHOLE.put(b"# X\n")
    assert WHOLE.taken(b"# X\n") == b"# X\n"


def test_items_go_into_nested_places_that_are_not_there():
    assert with_item('{"a": 1}', ("b", "c"), None, 2) == '{"a": 1, "b": { "c": [ 2 ] }}'
    assert without_item('{"a": 1, "b": { "c": [ 2 ] }}', ("b", "c", 0)) == '{"a": 1}'
