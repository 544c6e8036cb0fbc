"""The command that tells somebody who has forgotten everything what matters now."""

from __future__ import annotations

import sys

from cosmemory.document.values import write_time
from cosmemory.interfaces.cli.declared import command, option
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text
from cosmemory.interfaces.cli.session import reading, session_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.maintenance.briefing import Brief


@command()
@reading
@option(
    "--since",
    metavar="MOMENT",
    help="Decisions and events since then; else since the session before this one began.",
)
@option("--tokens", metavar="N", help="At most so many tokens, as they are estimated.")
@option("--budget", metavar="N", help="At most so many characters; else 8,000, or as the settings say.")
def brief(budget: str | None, tokens: str | None, since: str | None, **options: Any) -> None:
    """Tell all that matters after the context was lost, most urgent first."""
    from cosmemory.maintenance.briefing import brief as made

    session = session_of(options)
    seen = made(
        session.memory(), budget=_number("--budget", budget), tokens=_number("--tokens", tokens), since=since
    )
    if session.as_json:
        print_json("brief", data_of(seen))
    elif on_terminal(sys.stdout):
        from cosmemory.interfaces.cli.brief_screen import screen

        for line in screen(seen):
            print_text(line)
    else:
        print_text(seen.text)


def _number(name: str, given: str | None) -> int | None:
    if given is None:
        return None
    from cosmemory.errors import UsageError

    try:
        return int(given.replace(",", "").replace("_", ""))
    except ValueError:
        raise UsageError(f"{name} {given!r} is not a number.", "Write it in digits: 8000.") from None


def data_of(seen: Brief) -> dict[str, Any]:
    """A brief for JSON: its points, what is left out, and the text that they make."""
    return {
        "time": write_time(seen.now),
        "since": write_time(seen.since) if seen.since is not None else None,
        "points": [
            {
                "section": each.point.section,
                "id": each.point.id or None,
                "said": each.line.removeprefix("- "),
                "command": each.point.command or None,
                "cut": each.cut,
            }
            for each in seen.told
        ],
        "left_out": [
            {"section": each.section.name, "count": each.count, "command": each.section.command}
            for each in seen.left
        ],
        "text": seen.text,
    }
