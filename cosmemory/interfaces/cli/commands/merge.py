"""The command that merges two versions of a page, without git and without a memory."""

from __future__ import annotations

import os
import sys

from cosmemory import clock
from cosmemory.errors import InvalidValue, UsageError
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.git_driver import kinds_of_page, page_path
from cosmemory.interfaces.cli.git_merge import told
from cosmemory.interfaces.cli.output import print_json, tell_notices, tell_warning
from cosmemory.interfaces.cli.saving import read_file, save_file
from cosmemory.maintenance.moments import bound
from cosmemory.merge.pages import merge_pages
from cosmemory.merge.strategies import FIELD_KINDS, FIRST, LAST, MERGE, NAMES, Strategies, check_strategies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

ABSENT = "-"
WHICH = f"What decides disputes: {', '.join(NAMES)}; KIND=S for one kind of field ({', '.join(FIELD_KINDS)})."


@command()
@option("--json", "as_json", flag=True, help="Answer with one JSON object.")
@argument("base")
@argument("ours")
@argument("theirs")
@option("--path", "name", metavar="NAME", help="Which page it is, such as cos-state.md; else told by OURS.")
@option("-o", "output", metavar="OUT", help="Write the merged page to a file, which may be OURS.")
@option("--strategy", "strategies", metavar="S", many=True, help=WHICH)
@option("--ours-at", metavar="TIME", help="When OURS was written, for last write and first write.")
@option("--theirs-at", metavar="TIME", help="When THEIRS was written.")
def merge(
    base: str, ours: str, theirs: str, name: str | None, output: str | None, as_json: bool, **options: Any
) -> int:
    """Merge OURS and THEIRS, which both come from BASE, by meaning; exit 1 where disputes are left.

    A page that is not there is given as "-": a BASE where both sides have added the page, a side that removed it.
    """
    texts = [_read(each) for each in (base, ours, theirs)]
    named = next((each for each in (name, ours, theirs) if each and each != ABSENT), None)
    if named is None:
        raise UsageError("Neither side has a page.", "One of them may be -, not both.")
    page = page_path(named) if name else page_path(os.path.abspath(named), os.sep)
    kinds = kinds_of_page(named) if name else kinds_of_page(os.path.abspath(named), os.sep)
    merged = merge_pages(
        page, *texts, strategies=_strategies(**options), labels=_labels(ours, theirs), kinds=kinds
    )
    if output is not None and (merged.data is not None or os.path.lexists(output)):
        save_file(output, merged.data)
    if as_json:
        text = None if merged.data is None else merged.data.decode("utf-8", "surrogateescape")
        disputes = [
            {
                "where": each.where,
                "line": each.line,
                "base": each.base,
                "ours": each.ours,
                "theirs": each.theirs,
            }
            for each in merged.disputes
        ]
        print_json("merge", {"path": page, "text": text, "disputes": disputes, "notes": list(merged.notes)})
    else:
        if output is None:
            sys.stdout.buffer.write(merged.data or b"")
            sys.stdout.buffer.flush()
        tell_notices(merged.notes)
        for each in merged.disputes:
            tell_warning(f"{output or page}:{told(each)}")
    return 1 if merged.disputes else 0


def _read(path: str) -> bytes | None:
    """The bytes of a version; a file without any, as git writes it for a page that is not there, is none."""
    if path == ABSENT:
        return None
    data = read_file(path)
    if data is None:
        raise UsageError(f"There is no file {path}.", "A version that is not there is given as -.")
    return data or None


def _labels(ours: str, theirs: str) -> tuple[str, str]:
    """What the markers call the two sides: their files' names, with the folders where these alone differ."""
    names = os.path.basename(ours), os.path.basename(theirs)
    return names if names[0] != names[1] else (ours, theirs)


def _strategies(strategies: Sequence[str], ours_at: str | None, theirs_at: str | None) -> Strategies:
    """The strategies that the call names, ``S`` or ``KIND=S``."""
    default, by_kind = MERGE, {}
    for each in strategies:
        kind, equals, name = each.rpartition("=")
        if equals:
            by_kind[kind] = name
        else:
            default = name
    timed = {LAST, FIRST} & {default, *by_kind.values()}
    if timed and not (ours_at and theirs_at):
        raise UsageError(
            f"{min(timed)} needs the times of both.", "Give --ours-at TIME and --theirs-at TIME."
        )
    times = [bound(text, clock.now()) if text is not None else 0 for text in (ours_at, theirs_at)]
    chosen = Strategies(default=default, by_kind=by_kind, ours_at=times[0], theirs_at=times[1])
    try:
        check_strategies(chosen)
    except InvalidValue as error:
        raise UsageError(str(error), error.hint) from None
    return chosen
