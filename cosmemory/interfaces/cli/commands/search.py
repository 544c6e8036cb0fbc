"""The command that finds words again wherever they stand, or stood."""

from __future__ import annotations

from cosmemory.clock import format_time
from cosmemory.interfaces.cli.commands.events import bound
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.output import on_terminal, print_json, print_text, tell_notices, visible_line
from cosmemory.interfaces.cli.session import reading, session_of
from cosmemory.maintenance.search import Hit
from cosmemory.maintenance.search import search as find

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

USUAL = 20
PLACES = ("pages", "log", "archive", "history")


@command(
    lenient=True,
    epilog='All words must occur in one row, item, record or entry. "a phrase" is found as a whole, begin* whatever '
    "begins so, -word keeps out what has it (behind --, where an option begins so).",
)
@reading
@argument("words", many=True, required=True)
@option(
    "--in", "places", metavar="PLACE", many=True, choices=PLACES, help="Look here only; may be given again."
)
@option("--kind", metavar="KIND", help="Pages of KIND only.")
@option("--agent", metavar="NAME", help="What involves NAME, or is its record.")
@option("--since", metavar="TIME", help="From this time on, itself included.")
@option("--until", metavar="TIME", help="Up to this time, itself included.")
@option("-n", "limit", metavar="N", least=1, help=f"The best N; {USUAL} unless it is given.")
def search(words: tuple[str, ...], limit: int | None, **options: Any) -> None:
    """Find words on all pages, in the log, its archives and what is gone, the best hit first."""
    session = session_of(options)
    memory = session.memory()
    wanted = limit or USUAL
    found = find(
        memory,
        " ".join(words),
        kind=options["kind"],
        since=bound(options["since"], "since"),
        until=bound(options["until"], "until", end=True),
        agent=options["agent"],
        places=options["places"],
        limit=wanted + 1,
    )
    hits, more = found[:wanted], len(found) > wanted
    if session.as_json:
        print_json("search", {"hits": [_data(hit) for hit in hits], "more": more})
        return
    for hit in hits:
        _tell(hit)
    if more:
        tell_notices([f"there is more; -n {2 * wanted} shows it"])
    elif not hits:
        tell_notices(["nothing was found"])


def _data(hit: Hit) -> dict[str, Any]:
    return {
        "page": hit.page.removesuffix(".md"),
        "path": hit.page,
        "line": hit.line,
        "in": hit.place,
        "kind": hit.kind or None,
        "section": hit.section or None,
        "key": hit.key or None,
        "time": format_time(hit.time) if hit.time is not None else None,
        "snippet": hit.snippet,
        "marks": [list(mark) for mark in hit.marks],
        "score": hit.score,
        "change": hit.change or None,
        "actor": hit.actor or None,
    }


def _tell(hit: Hit) -> None:
    """A hit on one line: where it stands, below which heading, and its line of the page."""
    place = f"{hit.page}:{hit.line}:"
    about = " > ".join(" ".join(part.split()) for part in (hit.section, hit.key) if part)
    if hit.change:
        by = f" by {hit.actor}" if hit.actor else ""
        about = f"{about + ', ' if about else ''}until #{hit.change}{by}"
    told = f" [{about}]" if about else ""
    if not on_terminal():
        print_text(visible_line(f"{place}{told} {hit.snippet}"))
        return
    from cosmemory.interfaces.cli.terminal import show, styled

    show([f"{styled(place, 'name')}{styled(told, 'quiet')} {_marked(hit)}"])


def _marked(hit: Hit) -> str:
    """The line with what was asked for standing out."""
    from cosmemory.interfaces.cli.terminal import styled

    at, parts = 0, []
    for start, end in hit.marks:
        if start >= at:
            parts += [styled(hit.snippet[at:start], ""), styled(hit.snippet[start:end], "warn")]
            at = end
    return "".join([*parts, styled(hit.snippet[at:], "")])
