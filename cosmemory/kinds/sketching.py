"""The template of a kind that brings none: every section, label and column of its dataclass, in their order."""

from __future__ import annotations

from cosmemory.document.fields import Part, Value, layout
from cosmemory.document.values import ITEMS, LONG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def sketch(record: type[Any]) -> str:
    """A Jinja template for pages of ``record``; it is given their ``title``."""
    shape = layout(record)
    lines = ["# {{ title }}", ""]
    if shape.values:
        lines += [*_labels(shape.values.items(), "page"), ""]
    for name, part in shape.parts.items():
        lines += [f"## {part.title}", "", *_part(name, part), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _part(name: str, part: Part) -> list[str]:
    held = f"page.{name}"
    if part.shape == "prose":
        return [f"{{{{ {held} }}}}"]
    if part.shape == "numbered":
        return [
            f"{{% for item in {held} %}}",
            "{{ loop.index }}. {{ item }}",
            "{% else %}",
            "None",
            "{% endfor %}",
        ]
    assert part.record is not None
    values = layout(part.record).values
    if part.shape == "one":
        return _labels(values.items(), held)
    if part.shape == "table":
        titles = [value.title for value in values.values()]
        cells = " | ".join(f"{{{{ row.{attribute} }}}}" for attribute in values)
        return [
            f"| {' | '.join(titles)} |",
            f"|{'|'.join('-' * (len(value.title) + 2) for value in values.values())}|",
            f"{{% for row in {held} %}}",
            f"| {cells} |",
            "{% endfor %}",
        ]
    headed = layout(part.record).headed
    labels = [(attribute, value) for attribute, value in values.items() if attribute != headed]
    return [
        f"{{% for block in {held} %}}",
        f"### {{{{ block.{headed} }}}}",
        *_labels(labels, "block"),
        "",
        "{% endfor %}",
    ]


def _labels(values: Any, of: str) -> list[str]:
    """The labels of ``values``; a long text reaches up to the next label, so such come last."""
    lines: list[str] = []
    ordered: list[tuple[str, Value]] = sorted(values, key=lambda each: each[1].type is LONG)
    for attribute, value in ordered:
        held, label = f"{of}.{attribute}", f"**{value.title}:**"
        if value.type is ITEMS:
            lines += [
                f"{{% if {held} %}}",
                f"- {label}",
                f"{{% for item in {held} %}}",
                "  - {{ item }}",
                "{% endfor %}",
                "{% endif %}",
            ]
        elif value.type is LONG:
            lines += [f"{{% if {held} %}}", "", label, f"{{{{ {held} }}}}", "{% endif %}"]
        else:
            lines.append(f"- {label} {{{{ {held} }}}}")
    return lines
