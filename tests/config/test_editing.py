"""A value set in a file of settings: the line that says it, and no other byte."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.config.editing import changed, path_of_key, with_value, without
from cosmemory.errors import NotFound

FILE = """\
# How the memory of this project is kept.

templates = 'pages'   # ours

[bounds]   # rows that stay
decisions  =  5       # enough for a week
# not needed: ended_actions = 3

# what is aimed at
[targets]
"On-Time Rate" = 90
[verification.build]
command = "make"
"""


def test_a_value_takes_the_place_of_another_and_its_comment_stays():
    assert with_value(FILE, ("bounds", "decisions"), 30) == FILE.replace("=  5 ", "=  30 ")
    assert with_value(FILE, ("templates",), "mine") == FILE.replace("'pages'", '"mine"')
    assert with_value(FILE, ("targets", "On-Time Rate"), 95.5) == FILE.replace("90", "95.5")


def test_a_new_value_stands_below_the_last_of_its_table():
    below = "# enough for a week\nteam_changes = 9\n"
    assert with_value(FILE, ("bounds", "team_changes"), 9) == FILE.replace("# enough for a week\n", below)


def test_a_new_table_stands_at_the_end():
    assert with_value(FILE, ("logging", "level"), "debug") == FILE + '\n[logging]\nlevel = "debug"\n'
    tables = '\n[verification.test]\ncommand = "make test"\ntimeout = 5\n'
    assert with_value(FILE, ("verification", "test"), {"command": "make test", "timeout": 5}) == FILE + tables


def test_a_value_without_a_table_stands_above_the_first_table():
    assert with_value("[bounds]\ndecisions = 5\n", ("templates",), "mine") == (
        'templates = "mine"\n\n[bounds]\ndecisions = 5\n'
    )
    assert (
        with_value("#:schema s.json\n[bounds]\n", ("format",), 1)
        == "#:schema s.json\nformat = 1\n\n[bounds]\n"
    )
    assert with_value("# Ours.\n\n# Rows.\n[bounds]\n", ("format",), 1) == (
        "# Ours.\n\nformat = 1\n\n# Rows.\n[bounds]\n"
    )


def test_an_empty_file_can_be_begun():
    assert with_value("", ("bounds", "decisions"), 5) == "[bounds]\ndecisions = 5\n"
    assert with_value("", ("templates",), "mine").strip() == 'templates = "mine"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("bounds = { decisions = 5 } # c\n", "bounds = { decisions = 7 } # c\n"),
        ("bounds.decisions = 5 # c\n", "bounds.decisions = 7 # c\n"),
        ("[bounds]\r\ndecisions = 5 # c\r\n", "[bounds]\r\ndecisions = 7 # c\r\n"),
        ("[bounds]\ndecisions = 5", "[bounds]\ndecisions = 7"),
        (
            "[bounds]\r\nteam_changes = 5\r\n\r\n[log]\r\n",
            "[bounds]\r\nteam_changes = 5\r\ndecisions = 7\r\n\r\n[log]\r\n",
        ),
        ("[bounds]\nteam_changes = 5", "[bounds]\nteam_changes = 5\ndecisions = 7"),
        ("bounds.team_changes = 5\n", "bounds.team_changes = 5\nbounds.decisions = 7\n"),
        (
            '[log]\nevent_types = ["""\n[bounds]\n"""]\n',
            '[log]\nevent_types = ["""\n[bounds]\n"""]\n\n[bounds]\ndecisions = 7\n',
        ),
    ],
)
def test_a_value_is_set_in_whatever_way_a_file_is_written(before, after):
    assert with_value(before, ("bounds", "decisions"), 7) == after


def test_a_value_is_taken_out_with_its_line_alone():
    line = "decisions  =  5       # enough for a week\n"
    assert without(FILE, ("bounds", "decisions")) == FILE.replace(line, "")
    with pytest.raises(NotFound):
        without(FILE, ("bounds", "team_changes"))


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("bounds.decisions", ("bounds", "decisions")),
        ("targets.On-Time Rate", ("targets", "On-Time Rate")),
        ('targets."a.b"', ("targets", "a.b")),
        ("extra.'a.b'.c", ("extra", "a.b", "c")),
        ("templates", ("templates",)),
        ("a..b", ("a..b",)),
        ("a.", ("a.",)),
        ('a."b', ('a."b',)),
    ],
)
def test_a_dotted_name_means_keys(key, path):
    assert path_of_key(key) == path


names = st.sampled_from(["a", "b", "c d", "é", "x.y"])
scalars = st.integers(-5, 5) | st.booleans() | st.text(max_size=6) | st.lists(st.integers(0, 3), max_size=2)
comments = st.sampled_from(["", " # why", "   # [x] = 1"])
between = st.lists(st.sampled_from(["", "# about what follows", "  # [table]", "\t"]), max_size=2)


@st.composite
def files(draw):
    """A file with comments and blank lines, tables, and values in each way of writing them."""
    from cosmemory.config.written import toml_key, toml_value

    lines = draw(between)
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    for table in [
        None,
        *draw(st.lists(st.sampled_from(["one", "two", "one.deep"]), unique=True, max_size=3)),
    ]:
        if table:
            lines += [f"{draw(st.sampled_from(['', '  ']))}[{table}]{draw(comments)}"]
        for name in draw(st.lists(names, unique=True, max_size=3)):
            equals = draw(st.sampled_from([" = ", "=", "   =  "]))
            lines += [*draw(between), toml_key(name) + equals + toml_value(draw(scalars)) + draw(comments)]
    text = newline.join(lines)
    return text + newline if draw(st.booleans()) else text


paths = (
    st.tuples(names)
    | st.tuples(st.sampled_from(["one", "two", "three"]), names)
    | st.tuples(st.just("one"), st.just("deep"), names)
)


@given(files(), paths, scalars)
def test_setting_a_value_changes_that_value_and_no_other_line(text, path, value):
    before = tomllib.loads(text)
    after = with_value(text, path, value)
    assert tomllib.loads(after) == changed(before, path, value)
    if holds(before, path):
        pairs = zip(text.split("\n"), after.split("\n"), strict=True)
        assert sum(one != two for one, two in pairs) <= 1
    else:
        assert is_within(lines_of(text), lines_of(after))
        assert len(lines_of(after)) <= len(lines_of(text)) + 4


@given(files(), paths, scalars)
def test_a_value_that_was_set_anew_and_taken_out_leaves_every_other_line(text, path, value):
    if not holds(tomllib.loads(text), path):
        assert is_within(lines_of(text), lines_of(without(with_value(text, path, value), path)))


def lines_of(text):
    return [line.rstrip("\r") for line in text.split("\n")]


def holds(held, path):
    for key in path:
        if not isinstance(held, dict) or key not in held:
            return False
        held = held[key]
    return True


def is_within(few, many):
    """Whether the lines ``few`` all stand in ``many``, in their order."""
    rest = iter(many)
    return all(line in rest for line in few)
