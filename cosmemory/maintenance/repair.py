"""Repair: for each damaged page the text that it should have, why, and what of the damaged text that one lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from cosmemory.checks import CHECKS
from cosmemory.checks.pages import Pages
from cosmemory.errors import Conflict, NotFound
from cosmemory.frozen import frozen, replace
from cosmemory.kinds import ARCHIVE, LOG_PATH, STANDARD, Kind, kind_of
from cosmemory.kinds.coordination_log import Event
from cosmemory.kinds.log_archive import Entry, entry_texts, whole, without_entries
from cosmemory.kinds.page import read_page
from cosmemory.maintenance.checkpoint_shelf import REPAIR
from cosmemory.maintenance.checkpoints import before_risk
from cosmemory.maintenance.copies import Copy, copies_of
from cosmemory.maintenance.damage import CONFLICT, Damage, cut_from, damage_of, mixed_from, utf16_of
from cosmemory.maintenance.kept import keep, place_for
from cosmemory.maintenance.mending import mended
from cosmemory.maintenance.uniting import said, united
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.events import log_pages
from cosmemory.operations.first_pages import starting_pages
from cosmemory.rules.rule import ERROR
from cosmemory.store import Stored, revision_of
from cosmemory.text.source import decode_text, encode_text
from cosmemory.transaction import Transaction

GOOD = 3  # whole texts that a page is mended from


@frozen(kw_only=True)
class Mend:
    """What is to become of one damaged page; ``after`` is None where nobody but a person can tell.

    ``lacks`` are the lines of the damaged text that the mended one does not have.
    """

    path: str
    damage: tuple[Damage, ...]
    before: bytes | None
    after: bytes | None
    reason: str
    lacks: tuple[str, ...] = ()

    @property
    def kept(self) -> str:
        """Where the damaged text is kept; empty where there was none."""
        if not self.before or self.after is None:
            return ""
        return place_for(self.path, self.before)


def plan(memory: Memory, names: Sequence[str] = ()) -> tuple[Mend, ...]:
    """The mends of the pages called ``names``, or of all; a sound page is not among them.

    Raises NotFound for a name that no page, copy or kind answers to.
    """
    if names:
        paths = list(dict.fromkeys(_path_of(memory, name) for name in names))
    else:
        paths = sorted({*memory.store.paths(), *(kind.path for kind in STANDARD)})
    return tuple(mend for path in paths if (mend := _mend(memory, path)) is not None)


def _path_of(memory: Memory, name: str) -> str:
    """The path that a page has, or had."""
    try:
        return memory.path_of(name)
    except NotFound:
        for path in (name, f"{name}.md"):
            if next(copies_of(memory, path), None) is not None:
                return path
        raise


def _mend(memory: Memory, path: str) -> Mend | None:
    stored = memory.store.read(path)
    data = stored.data if stored else None
    damage = damage_of(path, data, memory.kinds) or _beside_copies(memory, path, data or b"")
    if not damage:
        return None
    found = Mend(path=path, damage=damage, before=data, after=None, reason="")
    after, reason = _after(memory, found)
    if after is None or after == data:
        return replace(found, reason=reason or "nothing is known that it could be mended from")
    return replace(found, after=after, reason=reason, lacks=_lacking(data or b"", after))


def _beside_copies(memory: Memory, path: str, data: bytes) -> tuple[Damage, ...]:
    """Damage that shows only beside an earlier text: a clean cut, or two texts that ran into each other."""
    if path == LOG_PATH:
        return _gone_from_log(memory, data)
    ends = data.endswith((b"\n", b"\r"))
    if ends and not _errors(memory, path, data):
        return ()
    copies = [each for each in copies_of(memory, path) if each.data != data]
    for each in copies:
        if cut_from(data, each.data):
            evidence = f"{each.source} goes on for {len(each.data) - len(data)} bytes"
            return (Damage(sort="truncated", line=data.count(b"\n") + 1, evidence=evidence),)
    if mixed_from(data, [each.data for each in copies]) and _errors(memory, path, data):
        evidence = "it begins as one of its earlier texts and ends as another"
        return (Damage(sort="interleaved", line=0, evidence=evidence),)
    return ()


def _gone_from_log(memory: Memory, data: bytes) -> tuple[Damage, ...]:
    """Whether the log has lost entries that its last text had: nothing but a rotation takes any away."""
    earlier = (each for each in copies_of(memory, LOG_PATH) if each.data != data)
    last = next((each for each in earlier if not damage_of(LOG_PATH, each.data)), None)
    if last is None or data.startswith(last.data):
        return ()
    gone = _gone(memory, last.data, data)
    if not gone:
        return ()
    evidence = f"{gone.total()} entries of {last.source} are gone"
    return (Damage(sort="lost-entries", line=0, evidence=evidence),)


def _gone(memory: Memory, before: bytes, now: bytes) -> Counter[str]:
    """The entries that the log had ``before``, and that stand neither in it ``now`` nor in an archive."""
    standing = Counter(said(each.text) for each in entry_texts(decode_text(now)))
    return Counter(said(each.text) for each in _readable(before)) - standing - _archived(memory)


def _readable(data: bytes) -> list[Entry]:
    """The entries of a log that say when and what: of two that ran into each other the rest may not."""
    held = entry_texts(decode_text(data))
    return [each for each in held if isinstance(each.event.time, datetime) and each.event.type]


def _archived(memory: Memory) -> Counter[str]:
    """The entries of all archives."""
    held: Counter[str] = Counter()
    for path in log_pages(memory)[:-1]:
        stored = memory.store.read(path)
        if stored is not None:
            held.update(said(each.text) for each in entry_texts(decode_text(stored.data)))
    return held


def _errors(memory: Memory, path: str, data: bytes) -> int:
    """How much of a page cannot be read, or cannot be so."""
    if kind_of(path, memory.kinds) is None and not ARCHIVE.fullmatch(path):
        return 0
    page = read_page(Stored(path=path, data=data, revision=revision_of(data)), None, memory.kinds)
    alone = Pages(pages={path: page}, now=memory.now(), settings=memory.settings)
    told = (*page.diagnostics, *(each for check in CHECKS for _, each in check(alone)))
    return sum(each.severity == ERROR for each in told)


def _good(memory: Memory, path: str, now: bytes | None) -> list[Copy]:
    """The newest whole texts of a page, none of them the one that stands there ``now``."""
    found: list[Copy] = []
    for each in copies_of(memory, path):
        if (
            each.data != now
            and not damage_of(path, each.data, memory.kinds)
            and each.data not in [copy.data for copy in found]
        ):
            found.append(each)
            if len(found) == GOOD:
                break
    if path == LOG_PATH:
        archived = _archived(memory)
        found = [_with_each_once(each, archived) for each in found]
    return sorted(found, key=lambda each: _errors(memory, path, each.data) > 0)


def _with_each_once(copy: Copy, archived: Counter[str]) -> Copy:
    """An earlier text of the log less what was moved to an archive since: there it would stand a second time."""
    left, text = Counter(archived), decode_text(copy.data)
    moved: list[Entry] = []
    for entry in entry_texts(text):
        if left[said(entry.text)] > 0:
            left[said(entry.text)] -= 1
            moved.append(entry)
    return replace(copy, data=encode_text(without_entries(text, moved))) if moved else copy


def _after(memory: Memory, found: Mend) -> tuple[bytes | None, str]:
    """The text that a damaged page should have, and where it is from."""
    path, data, kind = found.path, found.before, kind_of(found.path, memory.kinds)
    good = _good(memory, path, data)
    sorts = {each.sort for each in found.damage}
    if data is not None and not sorts & {"lost", "empty", "altered-archive", "lost-entries"}:
        if any(cut_from(data, each.data) for each in good):
            # Nothing was written since, so the newest text has all of it, whichever of them was cut.
            return good[0].data, f"what was cut off taken from {good[0].source}"
        if not (sorts == {"interleaved"} and found.damage[0].line == 0):
            after, reason = _in_place(memory, found, good)
            if after is not None:
                return after, reason
    if good and path == LOG_PATH and data:
        return _log_from_copy(memory, data, good[0])
    if good:
        return good[0].data, f"taken whole from {good[0].source}"
    if "altered-archive" in sorts:
        return None, "no copy of the archive is known that its header vouches for"
    if found.path == LOG_PATH and not sorts & {"lost", "empty"}:
        return None, "no copy of the log is known"
    anew, source = _anew(memory, kind)
    return anew, f"no copy is known: made anew from {source}" if anew is not None else ""


def _in_place(memory: Memory, found: Mend, good: Sequence[Copy]) -> tuple[bytes | None, str]:
    """The text mended as it stands; None where that does not make it sound."""
    assert found.before is not None
    kind = kind_of(found.path, memory.kinds)
    wholes = [each.data for each in good]
    anew, source = _anew(memory, kind)
    if anew is not None:
        wholes.append(anew)
    done = mended(found.path, found.before, wholes, memory.kinds)
    # Without an earlier text to compare with, whatever is sound is better than what stands there.
    best = min((_errors(memory, found.path, each) for each in wholes), default=0) if good else None
    unsound = damage_of(found.path, done.data, memory.kinds)
    if unsound or (best is not None and _errors(memory, found.path, done.data) > best):
        return None, ""
    if found.path == LOG_PATH and good and _gone(memory, good[0].data, done.data):
        return None, ""
    source = good[0].source if good else source
    reason = "; ".join(done.done).replace("a whole text", source)
    return done.data, reason


def _log_from_copy(memory: Memory, data: bytes, copy: Copy) -> tuple[bytes, str]:
    """The log as a copy has it, with what stands on the damaged one and can be read."""
    done = mended(LOG_PATH, data, ())
    archived = _archived(memory)
    more = [each for each in _readable(done.data) if said(each.text) not in archived]
    both = united(LOG_PATH, None, decode_text(copy.data), "".join(whole(each.text) for each in more))
    return encode_text(both), f"taken from {copy.source}, with the entries that stood here besides"


def _anew(memory: Memory, kind: Kind | None) -> tuple[bytes | None, str]:
    """A page that is nowhere kept: from what the log tells, else as a new memory has it."""
    from cosmemory.maintenance.rebuild import REBUILT, rebuilt_text

    if kind is not None and kind.name in REBUILT and _log_tells(memory):
        return encode_text(rebuilt_text(memory, kind)), "the log and its archives"
    if kind not in STANDARD:
        return None, ""
    return encode_text(starting_pages(memory)[kind]), "the template"


def _log_tells(memory: Memory) -> bool:
    log = memory.store.read(LOG_PATH)
    return log is not None and b"\n### " in log.data


def _lacking(before: bytes, after: bytes) -> tuple[str, ...]:
    """The lines of the damaged text that the mended one does not have; its markers are not missed."""
    encoding = utf16_of(before)
    text = before.decode(encoding, "replace") if encoding else decode_text(before)
    there = Counter(_bare(line) for line in decode_text(after).split("\n"))
    lacking: list[str] = []
    for line in text.split("\n"):
        bare = _bare(line)
        if there[bare] > 0:
            there[bare] -= 1
        elif bare and not CONFLICT.match(bare) and not bare.strip("=|-# "):
            continue
        elif bare and bare not in there and not CONFLICT.match(bare):
            lacking.append(bare)
    return tuple(lacking)


def _bare(line: str) -> str:
    return line.replace("\0", "").strip("\r \t\ufeff")


def apply(memory: Memory, mends: Sequence[Mend]) -> Outcome[tuple[str, ...]]:
    """The mends made together, what they replace kept below ``archive/damaged/``; gives the pages mended.

    Raises Conflict for a page that is no longer the one that was looked at.
    """

    def verb(transaction: Transaction) -> tuple[str, ...]:
        mendable = [mend for mend in mends if mend.after is not None]
        for mend in mendable:
            stored = transaction.stored(mend.path)
            if (stored.data if stored else None) != mend.before:
                believed = None if mend.before is None else revision_of(mend.before)
                raise Conflict(mend.path, believed, stored.revision if stored else None)
        if any(mend.before for mend in mendable):
            before_risk(transaction.memory, REPAIR)
        for mend in mendable:
            if mend.before:
                keep(transaction, mend.path, mend.before)
            transaction.rewrite(mend.path, decode_text(mend.after or b""))
        done = tuple(mend.path for mend in mendable)
        log = transaction.stored(LOG_PATH)
        if done and (LOG_PATH in done or not damage_of(LOG_PATH, log.data if log else None)):
            transaction.append(*(_event(transaction, mend) for mend in mendable))
        return done

    # The damage is an edit by hand, too: brought together with anything it would not be what was looked at.
    on_edits, memory.on_edits = memory.on_edits, None
    try:
        return memory.run(verb, operation=REPAIR)
    finally:
        memory.on_edits = on_edits


def _event(transaction: Transaction, mend: Mend) -> Event:
    sorts = ", ".join(dict.fromkeys(each.sort for each in mend.damage))
    kept = f"The text before is kept in {mend.kept}" if mend.kept else None
    return Event(
        time=transaction.now,
        type="recovery",
        action=f"{mend.path} repaired: {sorts}",
        outcome=mend.reason,
        notes=kept,
    )
