"""Law 3 on pages as people keep them: what changes lies inside the field, row or block that was changed."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from cosmemory.document.changes import changed
from cosmemory.document.decode import decode
from cosmemory.document.fields import RECORDS, Value, layout
from cosmemory.document.paths import with_value
from cosmemory.document.render import render
from cosmemory.document.sections import has_section
from cosmemory.kinds import KINDS, Kind
from cosmemory.kinds.coordination_log import CoordinationLog
from cosmemory.syntax.parse import parse
from cosmemory.text.source import encode_text
from cosmemory.text.spans import Span
from tests.laws.hostile import AMOUNT, filled, hostile
from tests.laws.human import Person

PAGES = [kind for kind in KINDS if kind.document is not CoordinationLog]
each_kind = pytest.mark.parametrize("kind", PAGES, ids=lambda kind: kind.name)
seeds = pytest.mark.parametrize("seed", range(max(10, AMOUNT // 100)))


def words(choose: random.Random) -> str:
    return choose.choice(["alpha", "beta", "gamma", "delta"]) + f" {choose.randint(0, 10**6)}"


def human_page(kind: Kind, choose: random.Random) -> tuple[str, Person]:
    person = Person(choose)
    document = filled(kind.document, lambda: words(choose))
    return person.page(render(document, kind.template, name="helper", title="Report")), person


def assert_difference_inside(before: str, after: str, span: Span) -> None:
    """Every byte outside ``span`` of the page stays, in its place from the start or from the end."""
    old, new = encode_text(before), encode_text(after)
    head, tail = encode_text(before[: span.start]), encode_text(before[span.end :])
    assert new.startswith(head)
    assert new.endswith(tail)
    assert len(new) >= len(head) + len(tail)
    assert old != new


@each_kind
@seeds
def test_a_page_in_a_persons_shape_says_what_the_rendered_one_says(kind: Kind, seed: int) -> None:
    choose = random.Random(seed)
    document = filled(kind.document, lambda: words(choose))
    page = Person(choose).page(render(document, kind.template, name="helper", title="Report"))
    assert decode(parse(page), kind.document).document == document


def single_values(record: Any, path: str = "") -> list[tuple[str, Value, Any]]:
    """The dotted path, declaration and record of every single value that stands in ``record``."""
    shape = layout(type(record))
    found = [
        (f"{path}{name}", value, record)
        for name, value in shape.values.items()
        if record.origin and name in record.origin.places and not value.heading
    ]
    for name, part in shape.parts.items():
        held = getattr(record, name)
        if part.shape in {"one", "details"} and held is not None:
            found += single_values(held, f"{path}{name}.")
        elif part.shape in RECORDS:
            for number, each in enumerate(held, 1):
                found += single_values(each, f"{path}{name}.#{number}.")
    return found


ANOTHER = {
    "a time": "2026-12-24T18:00:00Z",
    "a date": "2026-12-24",
    "a number": "17.5",
    "a count": "17",
    "a percentage": "17%",
    "a measure": "17 (50%)",
    "a difference": "-17",
    "data": '{"a": [1, 2]}',
    "a list": "one, two, three",
    "a list of items": "one\ntwo\nthree",
}


@each_kind
@seeds
def test_one_changed_value_changes_its_own_place_alone(kind: Kind, seed: int) -> None:
    choose = random.Random(seed)
    page, person = human_page(kind, choose)
    tree = parse(page)
    old = decode(tree, kind.document).document
    path, value, record = choose.choice(single_values(old))
    attribute = path.rsplit(".", 1)[-1]
    given_text = value.type.words[1] if value.type.words else ANOTHER.get(value.type.name) or hostile(choose)
    new = with_value(old, path, given_text)
    # The key of a row may be the heading of its details too.
    if new == old or (attribute == "session_name" and record.details is not None):
        return
    after = changed("page.md", tree, old, new).tree.text
    place = record.origin.places[attribute]
    span = place.cell.span if place.cell else place.span
    if place.field is not None:
        span = Span(place.field.label_span.end, place.field.span.end)
    assert_difference_inside(page, after, span)
    assert decode(parse(after), kind.document).document == new
    for said in person.said:
        assert said in after


def onto(record: Any, wanted: Any) -> Any:
    """``record``, as read, with the values of ``wanted``, which has the same records in the same order."""
    shape = layout(type(record))
    values = {name: getattr(wanted, name) for name in shape.values}
    for name, part in shape.parts.items():
        held, want = getattr(record, name), getattr(wanted, name)
        if part.shape in {"one", "details"} and held is not None:
            values[name] = onto(held, want)
        elif part.shape in RECORDS:
            values[name] = tuple(onto(a, b) for a, b in zip(held, want, strict=True))
        else:
            values[name] = want
    return replace(record, **values)


@each_kind
@seeds
def test_setting_a_value_and_replacing_the_document_give_the_same_bytes(kind: Kind, seed: int) -> None:
    choose = random.Random(seed)
    page, _ = human_page(kind, choose)
    tree = parse(page)
    old = decode(tree, kind.document).document
    path, value, _ = choose.choice(single_values(old))
    given_text = value.type.words[1] if value.type.words else ANOTHER.get(value.type.name) or hostile(choose)
    new = with_value(old, path, given_text)
    # The same document, made anew from top to bottom: only the origins are those of the page.
    plain, onto_old = (changed("page.md", tree, old, each).tree.text for each in (new, onto(old, new)))
    assert plain == onto_old


def listed_parts(kind: Kind) -> list[str]:
    return [name for name, part in layout(kind.document).parts.items() if part.shape in RECORDS]


@pytest.mark.parametrize("kind", [kind for kind in PAGES if listed_parts(kind)], ids=lambda kind: kind.name)
@seeds
def test_records_come_go_and_move_and_no_word_of_a_person_is_lost(kind: Kind, seed: int) -> None:
    choose = random.Random(seed)
    page, person = human_page(kind, choose)
    tree = parse(page)
    old = decode(tree, kind.document).document
    name = choose.choice(listed_parts(kind))
    records = list(getattr(old, name))
    gone = [records.pop(choose.randrange(len(records)))] if choose.random() < 0.5 else []
    choose.shuffle(records)
    part = layout(kind.document).parts[name]
    for _ in range(choose.randint(0, 2)):
        records.insert(choose.randint(0, len(records)), new_record(part, choose))
    new = replace(old, **{name: tuple(records)})
    after = changed("page.md", tree, old, new).tree.text
    read = decode(parse(after), kind.document).document
    assert read == new
    # What a person put in a column of their own goes with the row that it stands in, and only with that.
    with_it = {word for record in gone for word in all_extra(record)}
    for said in person.said:
        assert said in after or said in with_it
    if "\r\n" in page:
        assert after.count("\n") == after.count("\r\n")


def new_record(part: Any, choose: random.Random) -> Any:
    record = filled(part.record, lambda: words(choose))
    for name, inner in layout(part.record).parts.items():
        if inner.shape == "details":
            block = filled(inner.record, lambda: words(choose))
            record = replace(record, **{name: replace(block, session_name=record.session_name)})
    return record


def all_extra(record: Any) -> set[str]:
    shape = layout(type(record))
    found = set(record.extra.values())
    for name, part in shape.parts.items():
        held = getattr(record, name)
        if part.shape == "details" and held is not None:
            found |= all_extra(held)
        elif part.shape in RECORDS:
            found |= {word for each in held for word in all_extra(each)}
    return found


@each_kind
def test_records_written_on_an_empty_page_look_as_the_template_renders_them(kind: Kind) -> None:
    choose = random.Random(3)
    document = filled(kind.document, lambda: words(choose))
    empty = replace(document, **dict.fromkeys(listed_parts(kind), ()))
    page = render(empty, kind.template, name="helper", title="Report")
    tree = parse(page)
    old = decode(tree, kind.document).document
    # Some sections belong to other pages of the kind, and do not stand on this one.
    absent = [name for name in listed_parts(kind) if not has_section(old, name)]
    document = replace(document, **dict.fromkeys(absent, ()))
    new = replace(old, **{name: getattr(document, name) for name in listed_parts(kind)})
    after = changed("page.md", tree, old, new).tree.text
    assert blankless(after) == blankless(render(document, kind.template, name="helper", title="Report"))


@each_kind
def test_records_added_to_a_page_look_as_the_template_renders_them(kind: Kind) -> None:
    choose = random.Random(4)
    document = filled(kind.document, lambda: words(choose))
    more = filled(kind.document, lambda: words(choose))
    tree = parse(render(document, kind.template, name="helper", title="Report"))
    old = decode(tree, kind.document).document
    both = {name: (*getattr(old, name), *getattr(more, name)) for name in listed_parts(kind)}
    after = changed("page.md", tree, old, replace(old, **both)).tree.text
    assert blankless(after) == blankless(
        render(replace(document, **both), kind.template, name="helper", title="Report")
    )


def blankless(text: str) -> list[str]:
    """The lines of ``text`` that say something."""
    return [line for line in text.split("\n") if line.strip()]
