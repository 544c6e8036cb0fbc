"""The way back to a checkpoint: all of its pages or some, together, and itself undone in the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cosmemory.errors import NotFound, UsageError, did_you_mean
from cosmemory.frozen import frozen
from cosmemory.kinds import ARCHIVE, LOG_PATH
from cosmemory.kinds.log_archive import Entry, archive_text, entry_texts, without_entries
from cosmemory.maintenance.checkpoint_shelf import RESTORE, Checkpoint, found_as, reading, refuse_damaged
from cosmemory.maintenance.checkpoints import before_risk, tell
from cosmemory.maintenance.manifest import Manifest
from cosmemory.memory import Memory, Outcome
from cosmemory.store import Copies
from cosmemory.text.source import decode_text
from cosmemory.transaction import Transaction


@frozen(kw_only=True)
class Restored:
    """What a restore did: from which checkpoint, to which pages, and the checkpoint that leads back again."""

    checkpoint: str
    kept: str
    pages: tuple[str, ...]


def restore(
    memory: Memory, name: str, documents: Sequence[str] = (), *, with_log: bool = False
) -> Outcome[Restored]:
    """The pages as the checkpoint called ``name`` holds them, the newest one for ``latest``; all of them or ``documents``.

    The log and its archives keep every entry, whatever the checkpoint says, unless ``with_log``: then they go
    back together. One of them that is gone comes back. Pages made since are taken away where all are restored. A
    checkpoint of the present comes first, so nothing is lost; where nothing would change, nothing is written.

    Raises NotFound for a checkpoint or a page that is not there, Damaged where a file of it is not what its
    manifest says.
    """

    def verb(transaction: Transaction) -> Restored:
        checkpoint = found_as(transaction.memory, name)
        manifest = checkpoint.manifest
        wanted = (
            {_path_in(memory, manifest, each, with_log=with_log) for each in documents} if manifest else set()
        )
        if documents and with_log:
            wanted |= {each.path for each in manifest.files if _is_log(each.path)} if manifest else set()
        manifest = refuse_damaged(transaction.memory, checkpoint, wanted if documents else None)
        after = _changes(transaction, checkpoint, manifest, wanted, with_log=with_log)
        if not after:
            return Restored(checkpoint=checkpoint.name, kept="", pages=())
        present = before_risk(transaction.memory, RESTORE, exactly=True)
        pages = _write(transaction, after)
        tell(transaction, f"Restored {checkpoint.name}", ", ".join(pages), f"Before: {present.name}")
        return Restored(checkpoint=checkpoint.name, kept=present.name, pages=pages)

    return memory.run(verb, operation=RESTORE)


def put_back(
    transaction: Transaction, checkpoint: Checkpoint, wanted: set[str], *, less: Sequence[str] = ()
) -> tuple[str, ...]:
    """Within a verb, the pages ``wanted``, or all of them but the log, as a checkpoint holds them; those that differed.

    The pages ``less`` stay as they are. Raises Damaged where a file of the checkpoint is not what its manifest says.
    """
    manifest = refuse_damaged(transaction.memory, checkpoint, wanted or None)
    after = _changes(transaction, checkpoint, manifest, wanted, with_log=False)
    return _write(transaction, {path: text for path, text in after.items() if path not in less})


def _write(transaction: Transaction, after: dict[str, str | None]) -> tuple[str, ...]:
    for path, text in after.items():
        if text is None:
            transaction.remove(path)
        else:
            transaction.rewrite(path, text)
    return tuple(sorted(after))


def _is_log(path: str) -> bool:
    return path == LOG_PATH or ARCHIVE.fullmatch(path) is not None


def _path_in(memory: Memory, manifest: Manifest, document: str, *, with_log: bool) -> str:
    """The file of a checkpoint that is called ``document``.

    Raises NotFound, or UsageError for the log alone, which would lose what was appended since.
    """
    kind = memory.kinds.named(document)
    named = [document, f"{document}.md", *([kind.path] if kind is not None and kind.single else [])]
    found = next((path for path in named if manifest.of(path)), None)
    if found is None:
        known = [each.path for each in manifest.files]
        hint = did_you_mean(document, known, "Its manifest lists its pages.")
        raise NotFound(f"The page {document!r} in {manifest.name}", hint)
    if _is_log(found) and not with_log:
        raise UsageError(
            f"{found} keeps every entry, so it is not restored alone.",
            "--with-log takes the log and its archives back together.",
        )
    return found


def _changes(
    transaction: Transaction, checkpoint: Checkpoint, manifest: Manifest, wanted: set[str], *, with_log: bool
) -> dict[str, str | None]:
    """The texts of the pages that differ; None for one that was not there when the checkpoint was made."""
    copies = transaction.memory.store.copies(checkpoint.shelf)
    live = set(transaction.memory.store.paths())
    after: dict[str, str | None] = {}
    for each in manifest.files:
        stays = _is_log(each.path) and each.path in live and not with_log
        if stays or (wanted and each.path not in wanted):
            continue
        text: str | None = _text(copies, checkpoint.name, each.path)
        if _is_log(each.path) and not with_log:
            text = _with_each_once(transaction, each.path, text or "")
            if text is None:
                continue
        stored = transaction.stored(each.path)
        if stored is None or decode_text(stored.data) != text:
            after[each.path] = text
    if not wanted or with_log:
        known = {each.path for each in manifest.files}
        for path in sorted(live - known):
            if with_log if _is_log(path) else not wanted:
                after[path] = None
    return after


def _text(copies: Copies, name: str, path: str) -> str:
    with reading(copies, name, path) as file:
        return decode_text(file.read())


def _with_each_once(transaction: Transaction, path: str, text: str) -> str | None:
    """A log page that is gone, less the entries that other log pages hold by now: none comes back to stand twice.

    None for an archive of which nothing is left.
    """
    elsewhere: Counter[str] = Counter()
    for other in transaction.memory.store.paths():
        stored = transaction.stored(other) if _is_log(other) else None
        if stored is not None:
            elsewhere.update(_plain(each) for each in entry_texts(decode_text(stored.data)))
    gone: list[Entry] = []
    left: list[Entry] = []
    for entry in entry_texts(text):
        twice = elsewhere[_plain(entry)] > 0
        elsewhere[_plain(entry)] -= twice
        (gone if twice else left).append(entry)
    if not gone or path == LOG_PATH:
        return without_entries(text, gone)
    found = ARCHIVE.fullmatch(path)
    return archive_text(found[1], left) if found and left else None


def _plain(entry: Entry) -> str:
    return entry.text.replace("\r\n", "\n").strip()
