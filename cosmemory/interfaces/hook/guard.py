"""The judgement of an edit before it is made: what it would break, and the command that does it properly."""

from __future__ import annotations

from collections import Counter

from cosmemory.interfaces.hook.places import OWN
from cosmemory.kinds import ARCHIVE, LOG_PATH, kind_of
from cosmemory.kinds.coordination_log import ENTRY, Event, entries
from cosmemory.pattern import pattern
from cosmemory.rules.rule import ERROR
from cosmemory.store import Replace, Stored
from cosmemory.text.fenced import fenced, one_line
from cosmemory.text.source import decode_text, encode_text
from cosmemory.text.spans import LineIndex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.diagnostics import Diagnostic
    from cosmemory.reader import Reader

MOST, LONGEST = 5, 300
# The command that does properly what an edit of such a page is mostly for.
PROPERLY = {
    "cos-state": "cosmemory focus, action, decision or resources",
    "team-roster": "cosmemory team",
    "coordination-log": "cosmemory log",
    "active-alerts": "cosmemory alert",
    "daily-metrics": "cosmemory metrics",
    "agent-metrics": "cosmemory metrics",
    "session": "cosmemory session",
    "meeting": "cosmemory meeting",
    "deployment": "cosmemory deploy",
    "system-metrics": "cosmemory metrics measure",
    "agent": "cosmemory agent",
    "run": "cosmemory run",
    "handoff": "cosmemory handoff",
    "onboarding": "cosmemory onboard",
    "board": "cosmemory board",
    "conflict": "cosmemory conflict",
}
_DIGITS = pattern(r"\d+")


def refusal(memory: Reader, path: str, text: str | None) -> str:
    """Why ``text`` should not become the page at ``path`` (None: the page should not go); empty where it may."""
    own = OWN.get(path.split("/", 1)[0].lower())
    if own:
        return f"This edit would change {path}, and {own}."
    stored = memory.store.read(path)
    before = decode_text(stored.data) if stored is not None else None
    if text == before:
        return ""
    is_log = path == LOG_PATH or ARCHIVE.fullmatch(path) is not None
    if text is None:
        return _gone(memory, path, is_log=is_log)
    if is_log and before is not None:
        reason = _rewritten(before, text, found=_errors(memory, path, None))
        if reason:
            return (
                f"This edit would change the past on {path}: {reason}. Entries are only ever added: everybody relies "
                "on them. cosmemory log TYPE --action TEXT adds one; cosmemory repair mends damage."
            )
    return _broken(memory, path, text)


def _gone(memory: Reader, path: str, *, is_log: bool) -> str:
    kind = kind_of(path, memory.kinds)
    if is_log or (kind is not None and kind.single):
        more = " cosmemory rotate puts old entries aside." if is_log else ""
        return f"This would take {path} away, and everybody relies on it.{more}"
    return ""


def _rewritten(before: str, after: str, *, found: tuple[Diagnostic, ...]) -> str:
    """Which past an edit of the log would change; empty where it only adds."""
    old, new = _from_first(before).rstrip(), _from_first(after)
    if new.startswith(old) and new[len(old) :][:1] in ("", "\n"):
        return ""
    lost = Counter(map(_known, entries(before))) - Counter(map(_known, entries(after)))
    if not lost:
        # Damage may be mended as long as nothing that was told is lost.
        return "" if found else "entries would stand in another order, or other words between them"
    first = next(each for each in entries(before) if lost[_known(each)])
    # By its place: its words are somebody's, and would stand among ours.
    line = LineIndex(before).position(first.span.start)[0] + 1
    more = f" and {lost.total() - 1} more" if lost.total() > 1 else ""
    return f"the entry on line {line}{more} would be changed or lost"


def _from_first(text: str) -> str:
    plain = text.replace("\r\n", "\n")
    found = ENTRY.search(plain)
    return plain[found.start() :] if found else ""


def _known(event: Event) -> tuple[str, ...]:
    told = (event.time, event.type, event.involved, event.action, event.outcome, event.notes)
    return (*map(str, told), str(sorted(event.extra.items())))


def _errors(memory: Reader, path: str, text: str | None) -> tuple[Diagnostic, ...]:
    """The errors on a page as it stands, or as it would be with ``text``."""
    if memory.settings.hook_checks and (memory.settings.check_files or memory.settings.check_packages):
        return _errors_rehearsed(memory, path, text)
    from cosmemory.checks.beside import check_alone

    stored = memory.store.read(path)
    data = encode_text(text) if text is not None else None if stored is None else stored.data
    if data is None:
        return ()
    as_if = Stored(path=path, data=data, revision="")
    found = check_alone(memory.store, as_if, memory.now(), memory.settings, memory.kinds)
    return tuple(each for each in found.diagnostics if each.severity == ERROR)


def _errors_rehearsed(memory: Reader, path: str, text: str | None) -> tuple[Diagnostic, ...]:
    """The same with those of the project's own checks, which look at all pages."""
    from cosmemory.engines.rehearsal import Rehearsal

    store, rehearsal = memory.store, Rehearsal(memory.store)
    if text is not None:
        stored = store.read(path)
        expected = stored.revision if stored is not None else None
        rehearsal.commit([Replace(path=path, data=encode_text(text), expected=expected)])
    memory.store = rehearsal
    try:
        checked = memory.validate([path])
    finally:
        memory.store = store
    found = (each for page in checked.pages if page.path == path for each in page.diagnostics)
    return tuple(each for each in found if each.severity == ERROR)


def _broken(memory: Reader, path: str, text: str) -> str:
    after = _errors(memory, path, text)
    if not after:
        return ""
    known = Counter(map(_sort_of, _errors(memory, path, None)))
    fresh = []
    for each in after:
        if known[_sort_of(each)] > 0:
            known[_sort_of(each)] -= 1
        else:
            fresh.append(each)
    if not fresh:
        return ""
    page, kind = path.removesuffix(".md"), kind_of(path, memory.kinds)
    properly = PROPERLY.get(kind.name, "") if kind is not None else ""
    advice = f"{properly} does such a change and keeps the page whole, or " if properly else ""
    said = (
        f"This edit would break {path}. {advice}cosmemory set {page} PLACE VALUE; else mend the edit and make it again. "
        f"cosmemory rule {fresh[0].code} shows how it is right."
    )
    # What a rule says quotes the page.
    found = "\n".join(lines_of(path, text, fresh))
    return f"{said}\n{fenced(found, 'what would be wrong on it')}"


def _sort_of(found: Diagnostic) -> tuple[str, str]:
    return found.code, _DIGITS.sub("0", found.message)


def lines_of(path: str, text: str, found: list[Diagnostic]) -> list[str]:
    """What is wrong, a line each: the place, the rule, what it is and what would mend it."""
    index = LineIndex(text)
    lines = [
        f"- {path}:{index.position(min(each.start, len(text)))[0] + 1}: {each.code} {each.name} "
        f"({each.severity}): {one_line(each.message, LONGEST)}{_mended(each)}"
        for each in found[:MOST]
    ]
    rest = len(found) - MOST
    return [*lines, f"- and {rest} more; cosmemory validate {path} shows them."] if rest > 0 else lines


def _mended(found: Diagnostic) -> str:
    return f" (mended so: {one_line(found.fix.message, LONGEST)})" if found.fix is not None else ""
