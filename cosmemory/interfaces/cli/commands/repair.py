"""The command that mends damaged pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from cosmemory.interfaces.cli.confirm import agreed
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices, visible_line
from cosmemory.interfaces.cli.session import Session, changing, session_of, unified_texts
from cosmemory.interfaces.cli.terminal import print_difference
from cosmemory.maintenance.damage import SORTS, utf16_of
from cosmemory.maintenance.repair import Mend, apply, plan
from cosmemory.memory import Memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHOWN = 10  # lines that a mended page lacks


@command()
@changing
@argument("documents", many=True, metavar="[DOC...]")
@option("--yes", flag=True, help="Make the repairs that are shown.")
def repair(documents: tuple[str, ...], yes: bool, **options: Any) -> int:
    """Show what is damaged and how it is mended, and mend it on --yes; what is replaced is kept.

    Each DOC is a page such as cos-state; without one, every page is looked at.
    """
    session = session_of(options)
    session.refuse_expected("repair")
    memory = session.memory()
    mends = plan(memory, documents)
    mendable = [each for each in mends if each.after is not None]
    if not session.as_json:
        _show(mends)
    done: tuple[str, ...] = ()
    asked = not session.dry_run and (yes or (mendable and not session.as_json and _asked(mendable)))
    if asked:
        done = _done(memory, mendable)
    if session.as_json:
        print_json("repair", {"pages": [_data(each, done) for each in mends], "dry_run": session.dry_run})
    else:
        _conclude(session, mends, mendable, done)
    return int(len(done) < len(mends))


def _asked(mendable: Sequence[Mend]) -> bool:
    return agreed(f"Repair {len(mendable)} page{'s' if len(mendable) > 1 else ''}?")


def _done(memory: Memory, mends: Sequence[Mend]) -> tuple[str, ...]:
    try:
        if not mends:
            with memory.store.writing():
                pass  # a change that somebody left half done is finished by whoever takes the lock
        return apply(memory, mends).result
    finally:
        tell_notices(memory.store.notices())


def _show(mends: Sequence[Mend]) -> None:
    for mend in mends:
        for each in mend.damage:
            place = f"{mend.path}:{each.line}" if each.line else mend.path
            print_text(visible_line(f"{place}: {SORTS[each.sort]} ({each.evidence})"))
        print_text(visible_line(f"  {'mend' if mend.after is not None else 'no mend'}: {mend.reason}"))
        for line in mend.lacks[:SHOWN]:
            print_text(visible_line(f"  not on the mended page: {line}"))
        if len(mend.lacks) > SHOWN:
            print_text(f"  and {len(mend.lacks) - SHOWN} more lines")
        if mend.kept:
            print_text(f"  what stands there is kept in {mend.kept}")
        if mend.after is not None:
            print_difference(_difference(mend))
        print_text("")


def _difference(mend: Mend) -> str:
    before, after = mend.before or b"", mend.after or b""
    encoding = utf16_of(before)
    old = before.decode(encoding, "replace") if encoding else before.decode("utf-8", "surrogateescape")
    return unified_texts(mend.path, old, after.decode("utf-8", "surrogateescape"))


def _data(mend: Mend, done: Sequence[str]) -> dict[str, Any]:
    return {
        "document": mend.path.removesuffix(".md"),
        "path": mend.path,
        "damage": [asdict(each) for each in mend.damage],
        "mend": mend.reason if mend.after is not None else None,
        "reason": mend.reason,
        "lacks": list(mend.lacks),
        "kept": mend.kept or None,
        "repaired": mend.path in done,
        "diff": _difference(mend) if mend.after is not None else None,
    }


def _conclude(session: Session, mends: Sequence[Mend], mendable: Sequence[Mend], done: Sequence[str]) -> None:
    if not mends:
        print_text("nothing is damaged")
        return
    for path in done:
        print_text(f"repaired {path}")
    if mendable and not done and not session.dry_run:
        print_text("nothing was changed; cosmemory repair --yes makes these repairs")
