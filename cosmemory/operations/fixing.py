"""Fixes: what a check offers to mend, put on the pages through the same door as every other change."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from cosmemory.diagnostics import Diagnostic
from cosmemory.memory import Memory, Outcome
from cosmemory.text.edits import Edit, apply
from cosmemory.text.source import decode_text
from cosmemory.transaction import Transaction

# A fix can make room for another (a time that becomes readable, a count of it); two rounds settle all we know of.
ROUNDS = 4


def chosen(found: Sequence[Diagnostic], select: Collection[str], ignore: Collection[str]) -> list[Diagnostic]:
    """The findings whose code is selected (all, where none is) and not ignored; a prefix names a family."""
    return [
        each
        for each in found
        if (not select or any(each.code.startswith(code) for code in select))
        and not any(each.code.startswith(code) for code in ignore)
    ]


def fix(
    memory: Memory,
    paths: Sequence[str] | None,
    *,
    unsafe: bool = False,
    select: Collection[str] = (),
    ignore: Collection[str] = (),
    project_checks: bool = True,
) -> Outcome[int]:
    """The safe fixes, and with ``unsafe`` the others, made on ``paths``; gives how many."""

    def verb(transaction: Transaction) -> int:
        done = 0
        for page in memory.validate(paths, project_checks=project_checks).pages:
            edits = edits_of(chosen(page.diagnostics, select, ignore), unsafe=unsafe)
            stored = transaction.stored(page.path) if edits else None
            # What was checked must be what is mended: a page saved in between waits for the next round.
            if stored is not None and decode_text(stored.data) == page.text:
                transaction.rewrite(page.path, apply(page.text, edits))
                done += len(edits)
        return done

    outcome = memory.run(verb, operation="validate --fix")
    total = outcome.result
    for _ in range(ROUNDS - 1):
        if not outcome.result:
            break
        outcome = memory.run(verb, operation="validate --fix")
        total += outcome.result
    return Outcome(total, outcome.revisions)


def edits_of(found: Sequence[Diagnostic], *, unsafe: bool) -> list[Edit]:
    """The edits of the fixes in ``found``; of two that meet, the first alone."""
    edits: list[Edit] = []
    for each in found:
        if each.fix is None or not (each.fix.safe or unsafe):
            continue
        if all(new.end <= old.start or new.start >= old.end for new in each.fix.edits for old in edits):
            edits += [new for new in each.fix.edits if new not in edits]
    return edits
