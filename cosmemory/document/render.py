"""From typed document to the text of a whole new page, through the kind's Jinja template."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import StrictUndefined
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import SandboxedEnvironment

from cosmemory.document.checklists import task_source
from cosmemory.document.fields import layout
from cosmemory.document.places import front_scalar
from cosmemory.document.values import ITEMS, LONG, source_of
from cosmemory.resources import template_text
from cosmemory.syntax.escape import escape_heading, escape_item, quote_prose


class View:
    """What a template sees of a record: source text for every value, views for the records inside."""

    def __init__(self, record: Any) -> None:
        shape = layout(type(record))
        for attribute, value in shape.values.items():
            held = getattr(record, attribute)
            setattr(self, attribute, _shown(value, held))
        for attribute, part in shape.parts.items():
            held = getattr(record, attribute)
            if part.shape in {"table", "blocks"}:
                setattr(self, attribute, [View(each) for each in held])
            elif part.shape == "checklist":
                setattr(self, attribute, [task_source(each) for each in held])
            elif part.shape == "prose":
                setattr(self, attribute, quote_prose(held) if held else "None")
            elif part.shape == "numbered":
                setattr(self, attribute, [escape_item(each) for each in held])
            else:
                setattr(self, attribute, View(held) if held is not None else None)


def _shown(value: Any, held: Any) -> Any:
    if value.heading:
        return escape_heading(str(held))
    if value.front:
        return front_scalar(value.type, held)
    if value.type is ITEMS:
        return [escape_item(each) for each in held]
    if value.type is LONG:
        return quote_prose(held) if held else ""
    return source_of(value.type, held, cell=value.in_row)


def render(document: Any, template: str, override: str | None = None, **more: Any) -> str:
    """The page of ``document``, made by the packaged ``template`` or by the text of a user's ``override``.

    Templates run in Jinja's sandbox: values reach them escaped, and stored text is never itself a template.
    """
    environment = _environment(escapes=False)
    source = environment.from_string(override) if override is not None else environment.get_template(template)
    return source.render(page=View(document), **more)


def render_words(template: str, **values: Any) -> str:
    """The text that a user's ``template`` makes of plain ``values``; it is a value itself, escaped when it is written."""
    return _environment(escapes=False).from_string(template).render(**values)


def render_markup(template: str, **values: Any) -> str:
    """The text of a packaged XML template, every value escaped."""
    return _environment(escapes=True).get_template(template).render(**values)


@cache
def _environment(*, escapes: bool) -> SandboxedEnvironment:
    """The sandbox, kept: a template is compiled once for all the pages that a process makes from it."""
    return SandboxedEnvironment(
        loader=FunctionLoader(template_text),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=escapes,
    )
