"""The import of pages that another memory, or a program, tells: all of them together, or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cosmemory.document.data import data_of, event_data
from cosmemory.document.entered import entered
from cosmemory.document.from_data import document_of
from cosmemory.document.values import TIME, write_time
from cosmemory.errors import InvalidValue, Refused, UsageError
from cosmemory.frozen import field, frozen, slotted
from cosmemory.kinds import ARCHIVE, COORDINATION_LOG, SESSION_PATH, kind_of
from cosmemory.kinds.coordination_log import KNOWN, CoordinationLog
from cosmemory.kinds.log_archive import archive_text, entry_texts
from cosmemory.kinds.page import read_page
from cosmemory.maintenance.checkpoint_json import Snapshots, as_it_stands, keep_checkpoint
from cosmemory.maintenance.checkpoint_shelf import ARCHIVE_SHELF, SHELF
from cosmemory.maintenance.search_units import BELOW, is_log
from cosmemory.memory import Memory, Outcome
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.sessions.running import show_session
from cosmemory.store import Stored, check_path
from cosmemory.syntax.entry import entry_text, event_fields
from cosmemory.syntax.escape import escape_heading
from cosmemory.text.source import encode_text
from cosmemory.transaction import Transaction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Tell = Callable[[str, int, int], None]

NOTHING = "Nothing was imported."
MAKING, WRITING = "Making pages", "Writing pages"


def untold(what: str, done: int, total: int) -> None:
    """Tells nobody what is being done, how much of it is done and of how much; 0 where that is not known."""
    del what, done, total


@slotted
class Incoming:
    """A page that is to be imported: its text, or the data that its template makes one of; of a log its entries too.

    The text counts only where it still says what the data say. A page may be given as its document too.
    """

    path: str
    type: str
    line: int
    text: str | None = None
    data: dict[str, Any] | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    document: Any = None


@frozen(kw_only=True)
class Imported:
    """What an import does: the pages and checkpoints that it makes, replaces, and finds as they are; what is lost."""

    created: tuple[str, ...]
    replaced: tuple[str, ...]
    same: tuple[str, ...]
    events: int
    lost: tuple[str, ...]


def import_pages(
    memory: Memory,
    pages: Iterable[Incoming],
    *,
    checkpoints: Sequence[Snapshots] = (),
    replacing: bool = False,
    tell: Tell = untold,
    expected: dict[str, str] | None = None,
) -> Outcome[Imported]:
    """The pages taken over, in one change; one that stands there with another text is only replaced if that is wished.

    ``tell`` is told how far it is. Raises Refused for such pages otherwise, InvalidValue and UsageError for what no page can hold.
    """
    held = list(pages)
    lost: list[str] = []
    texts: dict[str, str] = {}
    for number, each in enumerate(held, 1):
        texts[each.path] = _text(memory, each, lost)
        tell(MAKING, number, len(held))
    tell(WRITING, 0, 0)
    if len(texts) != len(held):
        raise UsageError("A page is told twice.", NOTHING)

    def verb(transaction: Transaction) -> Imported:
        standing = {path: transaction.stored(path) for path in texts}
        same = [path for path, each in standing.items() if each and each.data == encode_text(texts[path])]
        other = [path for path, each in standing.items() if each and path not in same]
        made = [path for path, each in standing.items() if each is None]
        for checkpoint in checkpoints:
            place = f"{SHELF}/{checkpoint.name}"
            before = as_it_stands(memory, checkpoint.name)
            (made if before is None else same if before == checkpoint else other).append(place)
        if other and not replacing:
            raise Refused(
                f"{len(other)} of the pages stand there with another text, {other[0]} among them.",
                "--replace puts those that are imported in their place; the history keeps what stood there.",
            )
        _keep(transaction, checkpoints, {*made, *other}, {*other})
        for path, text in texts.items():
            if path not in same:
                transaction.rewrite(path, text)
        _show_session(transaction, held, {*made, *other})
        events = sum(len(each.events) for each in held)
        return Imported(
            created=tuple(made), replaced=tuple(other), same=tuple(same), events=events, lost=tuple(lost)
        )

    return memory.run(verb, expected=expected, operation="import")


def _keep(
    transaction: Transaction, checkpoints: Sequence[Snapshots], wanted: set[str], standing: set[str]
) -> None:
    """Makes the checkpoints that are wanted; one that stands in the way of another goes to the archive.

    They are copies beside the pages: where the pages are then refused by the disk, the same import finds them again.
    """
    copies = transaction.memory.store.copies(SHELF)
    for each in checkpoints:
        place = f"{SHELF}/{each.name}"
        if place in standing:
            copies.move(each.name, ARCHIVE_SHELF)
        if place in wanted:
            keep_checkpoint(transaction.memory, each)


def _show_session(transaction: Transaction, pages: Iterable[Incoming], wanted: set[str]) -> None:
    """What cos-state shows of the session that is imported, unless cos-state itself is."""
    for each in pages:
        if each.path == SESSION_PATH and each.document is not None and each.path in wanted:
            show_session(transaction, None, each.document)


def _text(memory: Memory, told: Incoming, lost: list[str]) -> str:
    check_path(told.path, new=True)
    if not told.path.endswith(".md") or told.path.startswith("."):
        raise UsageError(f"{told.path} is no page.", f"A page ends in .md. {NOTHING}")
    if told.document is not None:
        own = kind_of(told.path)
        assert own is not None
        return page_text(memory, own, entered(None, told.document))
    if is_log(told.path):
        return _log(memory, told, lost)
    path = told.path.removeprefix(BELOW)
    kind = kind_of(path, memory.kinds)
    if told.text is not None and (
        told.data is None or kind is None or _says(memory, path, told.text) == told.data
    ):
        return told.text
    if kind is None or told.data is None:
        raise UsageError(f"Line {told.line} has no text, and nothing makes one of {told.path}.", NOTHING)
    document, missing = document_of(kind.document, told.data)
    lost += [f"{told.path}: {name}" for name in missing]
    found = kind.pattern.fullmatch(path)
    about = escape_heading(" ".join(each for each in (found.groups() if found else ()) if each) or kind.name)
    name = escape_heading(found[1]) if found and found.groups() else about
    return page_text(memory, kind, entered(None, document), name=name, title=f"Report: {about}")


def _says(memory: Memory, path: str, text: str) -> dict[str, Any]:
    data = encode_text(text)
    return data_of(read_page(Stored(path=path, data=data, revision=""), kinds=memory.kinds).document)


def _log(memory: Memory, told: Incoming, lost: list[str]) -> str:
    """The text of a log: its head, and its entries in their order; an archive made of data gets a head that proves it."""
    body = "".join(_entry(each, told.line + number) for number, each in enumerate(told.events, 1))
    if told.text is not None:
        return told.text + body
    archived = ARCHIVE.fullmatch(told.path.removeprefix(BELOW))
    if archived is not None:
        return archive_text(archived[1], entry_texts(body))
    head, missing = document_of(CoordinationLog, told.data or {})
    lost += [f"{told.path}: {name}" for name in missing]
    return page_text(memory, COORDINATION_LOG, entered(None, head), entries="") + body


def _entry(held: Mapping[str, Any], line: int) -> str:
    text = held.get("text")
    if isinstance(text, str) and _is_entry(text, held):
        return text
    values = {name: held.get(name) or "" for name in (*KNOWN, "time")}
    extra = held.get("extra") or {}
    if not all(isinstance(each, str) for each in (*values.values(), *extra.values())) or not values["type"]:
        raise UsageError(f"Line {line} is no event: its values are texts, and it has a type.", NOTHING)
    moment = TIME.enter("time", values.pop("time"))
    if moment is None:
        raise InvalidValue(f"the time in line {line}", "it is empty", NOTHING)
    type_, involved, action, outcome, notes = (values[name] for name in KNOWN)
    fields = event_fields(type_, involved, action, outcome, notes, list(extra.items()))
    return entry_text(write_time(moment), fields)


def _is_entry(text: str, held: Mapping[str, Any]) -> bool:
    """Whether the text of an entry says what its values say."""
    found = entry_texts(text)
    said = {name: value for name, value in held.items() if name not in {"schema", "kind", "source", "text"}}
    return len(found) == 1 and event_data(found[0].event) == said
