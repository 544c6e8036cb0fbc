"""Charts of daily figures: as Mermaid, which code hosts draw, and as SVG files."""

from __future__ import annotations

from collections.abc import Sequence

from cosmemory.document.values import write_number
from cosmemory.frozen import frozen

_LEFT, _TOP, _WIDTH, _HEIGHT = 40, 36, 584, 172
_WIDEST_BAR = 64  # a single day is a bar, and no wall
# Of a label in 11 px, with the gap to the next one; and what a bar needs for its number to stand above it.
_CHARACTER, _GAP, _NUMBERED = 6.5, 6, 26
BAR = "#3b6ea5"
# Without it the bars are of a lavender that nobody sees on white.
_THEME = f'%%{{init: {{"themeVariables": {{"xyChart": {{"plotColorPalette": "{BAR}"}}}}}}}}%%'


@frozen(kw_only=True)
class Chart:
    """A title, and one number for each label; ``most`` is the top of the scale."""

    title: str
    unit: str
    labels: Sequence[str]
    numbers: Sequence[float]
    most: float


def mermaid(chart: Chart) -> str:
    """The chart as a Mermaid block."""
    labels = ", ".join(f'"{label}"' for label in chart.labels)
    numbers = ", ".join(write_number(number) for number in chart.numbers)
    return "\n".join(
        [
            "```mermaid",
            _THEME,
            "xychart-beta",
            f'    title "{chart.title}"',
            f"    x-axis [{labels}]",
            f'    y-axis "{chart.unit}" 0 --> {write_number(chart.most)}',
            f"    bar [{numbers}]",
            "```",
        ]
    )


def svg(chart: Chart) -> str:
    """The chart as the text of an SVG file."""
    from cosmemory.document.render import render_markup

    step = _WIDTH / max(1, len(chart.numbers))
    wide = min(step * 0.8, _WIDEST_BAR)
    widest = max((len(label) for label in chart.labels), default=0) * _CHARACTER + _GAP
    every = max(1, -int(-widest // step))
    unit = "%" if chart.unit == "%" else ""
    bars = [
        {
            "x": round(_LEFT + index * step + (step - wide) / 2, 1),
            "y": round(_TOP + _HEIGHT * (1 - number / chart.most), 1),
            "width": round(wide, 1),
            "height": round(_HEIGHT * number / chart.most, 1),
            "label": label,
            "value": write_number(number) + unit,
            "shown": index % every == 0,
        }
        for index, (label, number) in enumerate(zip(chart.labels, chart.numbers, strict=True))
    ]
    grid = [
        {
            "y": round(_TOP + _HEIGHT * (1 - part / 4), 1),
            "label": write_number(round(chart.most * part / 4, 1)) + unit,
        }
        for part in range(5)
    ]
    return render_markup(
        "chart.svg.j2", title=chart.title, colour=BAR, bars=bars, grid=grid, numbered=step >= _NUMBERED
    )


def scale(numbers: Sequence[float]) -> float:
    """A round top for ``numbers``, of which the four parts are round as well."""
    highest = max(numbers, default=0)
    for step in (1, 2, 5):
        if highest <= 4 * step:
            return 4 * step
    size = 10 ** (len(str(int(highest))) - 1)
    return float(next(size * factor for factor in (1, 2, 4, 6, 8, 10) if size * factor >= highest))
