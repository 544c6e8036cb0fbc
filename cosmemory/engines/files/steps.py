"""The steps of a change of several pages, and the bytes of the record that lists them.

A record is one line of JSON, which holds the checksum and the length of the rest, a second one that lists the
changes, and their texts. Where a text is staged beside its page instead, the record names that file and the text's
digest, and its format is 2; a record without any is one of format 1, which earlier releases read as well.
"""

from __future__ import annotations

import json

from cosmemory.engines import tail
from cosmemory.engines.files import litter
from cosmemory.errors import ReadOnly, Unsafe
from cosmemory.frozen import frozen
from cosmemory.store import Attribution, check_path, revision_of
from cosmemory.text.digest import sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.engines.files.replace import Found

ALL_INSIDE, SOME_STAGED = 1, 2  # the formats of a record


@frozen(kw_only=True)
class Step:
    """One page of an intent: what it was before, and its whole text after, or what is appended to it.

    What is appended to a log of `length` bytes begins with `closing` bytes that end the entry before. A text that is
    `staged` waits in a file of that path, and is `lost` where neither that file nor the page holds it.
    """

    path: str
    before: str | None
    after: bytes | None
    appended: bool = False
    length: int = 0
    closing: int = 0
    staged: str = ""
    digest: str = ""
    lost: bool = False

    @property
    def revision(self) -> str | None:
        """The page's revision afterwards, None for no page."""
        return self.digest or (None if self.after is None else revision_of(self.after))

    def laid_over(self, data: bytes | None) -> bytes | None:
        """The page as it will be, if it is as it was before; any other is left as it is."""
        if self.appended:
            assert self.after is not None
            if (
                data is not None
                and len(data) >= self.length
                and tail.is_part(data[self.length :], self.after)
            ):
                return data[: self.length] + self.after
            return data
        if self.lost:
            return data
        return self.after if (None if data is None else revision_of(data)) == self.before else data


@frozen(kw_only=True)
class Intent:
    """Changes of several pages that happen together.

    It is `void` where a power cut took the staged text of its first page before that page was written: the others
    are written after it, so none of them has been.
    """

    told: Attribution
    steps: tuple[Step, ...]
    void: bool = False

    def of(self, path: str) -> Step | None:
        """What is to happen to one page."""
        return next((step for step in self.steps if step.path == path), None)


def step_for(path: str, data: bytes | None, before: Found | None) -> Step:
    """The step that gives a page a new text."""
    return Step(path=path, before=before.revision if before else None, after=data)


def step_for_log(path: str, data: bytes, length: int, closing: bytes) -> Step:
    """The step that puts entries at the end of a log that has this length now, closing the one before."""
    after = closing + data
    return Step(path=path, before=None, after=after, appended=True, length=length, closing=len(closing))


def written(intent: Intent) -> bytes:
    """The bytes of a record."""
    told = intent.told
    by = {"operation": told.operation, "actor": told.actor, "message": told.message, "at": told.at}
    described = json.dumps({**by, "steps": [_described(step) for step in intent.steps]})
    texts = b"".join(step.after or b"" for step in intent.steps if not step.staged)
    rest = described.encode() + b"\n" + texts
    number = SOME_STAGED if any(step.staged for step in intent.steps) else ALL_INSIDE
    head = json.dumps({"cosmemory-intent": number, "bytes": len(rest), "sha256": sha256_hex(rest)})
    return head.encode() + b"\n" + rest


def _described(step: Step) -> dict[str, Any]:
    described = {"path": step.path, "before": step.before, "appended": step.appended}
    if step.staged:
        # Without "after": an earlier release would take it for a page to be removed, and stops here instead.
        return {**described, "staged": step.staged, "sha256": step.revision}
    length = None if step.after is None else len(step.after)
    return {**described, "after": length, "length": step.length, "closing": step.closing}


def parsed(data: bytes) -> Intent | None:
    """The intent in a record's bytes; None where a power cut left only a part, so that nothing had begun.

    Raises ReadOnly for a record of a later format, Unsafe for one that leads out of the memory.
    """
    first, _, rest = data.partition(b"\n")
    try:
        head = json.loads(first)
        if head["bytes"] != len(rest) or head["sha256"] != sha256_hex(rest):
            return None
        if head["cosmemory-intent"] > SOME_STAGED:
            raise ReadOnly("a later release of cosmemory began a change, and that one has to finish it")
        second, _, texts = rest.partition(b"\n")
        described = json.loads(second)
    except (ValueError, KeyError, TypeError):
        return None
    steps: list[Step] = []
    offset = 0
    for each in described["steps"]:
        check_path(each["path"])  # a memory may come from elsewhere: no record may lead out of it
        if "staged" in each:
            steps.append(_staged(each))
            continue
        size = each["after"]
        after = None if size is None else texts[offset : offset + size]
        offset += size or 0
        steps.append(
            Step(
                path=each["path"],
                before=each["before"],
                after=after,
                appended=each["appended"],
                length=each["length"],
                closing=each["closing"],
            )
        )
    told = Attribution(
        operation=described["operation"],
        actor=described["actor"],
        message=described.get("message", ""),
        at=described.get("at", 0),
    )
    return Intent(told=told, steps=tuple(steps))


def _staged(each: dict[str, Any]) -> Step:
    place = each["staged"]
    check_path(place)
    if not litter.is_temporary(place.rpartition("/")[2]):
        raise Unsafe(place, "it is no file that cosmemory stages a text in")
    return Step(path=each["path"], before=each["before"], after=None, staged=place, digest=each["sha256"])
