"""From the records of a spool to numbered changes, each following on the one before on every page.

Where a record does not follow on what is known of its page, somebody changed it without us: that becomes a change of
its own, with the text if the page as it stands still tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cosmemory.engines.files.spool import BY_HAND, EDITED, FIRST_SEEN, NONE, UNKNOWN
from cosmemory.engines.files.spooled import MADE, Record, SpoolStep, length_of, revision_in
from cosmemory.frozen import frozen, replace
from cosmemory.store import Attribution, PageStep, Remembered, is_revision_of
from cosmemory.text.digest import log_revision

FOLLOWS, WHOLE, LOST = 0, 1, 2  # how a step tells the text: from the one before, itself, or not


@frozen(kw_only=True)
class WovenStep:
    """What a change did to one page, from one head to the next."""

    path: str
    before: str
    after: str
    told: int
    start: int
    removed: bytes
    inserted: bytes


@frozen(kw_only=True)
class Woven:
    """A change with its number."""

    number: int
    attribution: Attribution
    by_hand: bool
    steps: tuple[WovenStep, ...]

    @property
    def remembered(self) -> Remembered:
        """What the history tells of it."""
        return Remembered(
            number=self.number,
            attribution=self.attribution,
            by_hand=self.by_hand,
            pages=tuple(
                PageStep(path=step.path, before=revision_in(step.before), after=revision_in(step.after))
                for step in sorted(self.steps, key=lambda step: step.path)
            ),
        )


def woven(
    records: Iterable[Record], number: int, heads: dict[str, str], present: Callable[[str], bytes | None]
) -> Iterator[Woven]:
    """The changes that were made, numbered from ``number``; ``heads`` moves along with them.

    ``present`` gives a page as it stands.
    """
    for record in records:
        if record.state != MADE or not record.steps:
            continue
        before: list[WovenStep] = []
        steps: list[WovenStep] = []
        for step in record.steps:
            steps += _woven(step, heads, present, before)
        if before:
            told = Attribution(operation=EDITED, at=record.attribution.at)
            yield Woven(number=number, attribution=told, by_hand=True, steps=tuple(before))
            number += 1
        if steps:
            by_hand = record.sort in (BY_HAND, FIRST_SEEN)
            yield Woven(number=number, attribution=record.attribution, by_hand=by_hand, steps=tuple(steps))
            number += 1


def _woven(
    step: SpoolStep,
    heads: dict[str, str],
    present: Callable[[str], bytes | None],
    before: list[WovenStep],
) -> list[WovenStep]:
    """The step as it follows on what is known of its page; what happened between goes to ``before``."""
    known = heads.get(step.path, UNKNOWN)
    after = step.head
    if step.kind == "F" and known == after:
        return []
    made = WovenStep(
        path=step.path,
        before=known or NONE,
        after=after,
        told=WHOLE if step.kind == "F" else FOLLOWS,
        start=step.start,
        removed=step.removed,
        inserted=step.inserted,
    )
    if not _follows(step, known):
        gap = _gap(step, known, present(step.path))
        before.append(gap)
        made = replace(made, before=gap.after)
    heads[step.path] = after
    return [made]


def _follows(step: SpoolStep, known: str) -> bool:
    if step.kind == "F":
        return True
    if step.kind == "A":
        return length_of(known) == step.start
    return step.before == (revision_in(known) or NONE)


def _gap(step: SpoolStep, known: str, present: bytes | None) -> WovenStep:
    """What the page was before a step that does not follow on what is known, if the page still tells it."""
    text: bytes | None = None
    after = f"{step.before}#"
    if step.before == NONE:
        text, after = b"", NONE
    elif step.kind == "A":
        after = f"{step.start}-#{step.start}"
        if present is not None and present[step.start :].startswith(step.inserted):
            text = present[: step.start]
            after = f"{log_revision(len(text), text)}#{len(text)}"
    elif is_revision_of(step.after, present) and present is not None:
        text = present[: step.start] + step.removed + present[step.start + len(step.inserted) :]
        after = f"{step.before}#{len(text)}"
        text = text if is_revision_of(step.before, text) else None
    return WovenStep(
        path=step.path,
        before=known or NONE,
        after=after,
        told=LOST if text is None else WHOLE,
        start=0,
        removed=b"",
        inserted=text or b"",
    )
