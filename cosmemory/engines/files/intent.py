"""The intent record: changes of several pages made durable in one file first, then made one by one.

From the instant that the file ``.cosmemory/intent`` stands there, with the files that it names, the changes have
happened: readers lay them over the pages in memory, and the next writer makes those that were not made yet.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress

from cosmemory.engines.files import clearing, folder, staged
from cosmemory.engines.files.clearing import RECORD
from cosmemory.engines.files.disk import let_go, read_all, refusal, sync_folders, unread, write_all
from cosmemory.engines.files.lock import FOLDER, INTENT, Lock
from cosmemory.engines.files.log import Log
from cosmemory.engines.files.replace import MAKE_PAGE, OPEN_PAGE, Found, current, replace
from cosmemory.engines.files.shelf import CONFLICTS, put_aside
from cosmemory.engines.files.steps import Intent, Step, parsed, step_for, step_for_log, written
from cosmemory.errors import CosmemoryError, EditedMeanwhile, NotFound, Unsafe
from cosmemory.text.digest import sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    # Told of an intent whose pages were made, and of those that somebody had edited: whether the history has it all.
    Remember = Callable[[Intent, Sequence[Step]], bool]

__all__ = ["Intent", "Step", "carry_out", "finish", "read", "step_for", "step_for_log"]


def read(root: str) -> Intent | None:
    """The open intent of a memory, if there is one that was completely written."""
    found = _begun(root)
    return None if found is None or found.void else found


def _begun(root: str) -> Intent | None:
    """The same, a void one too."""
    try:
        descriptor = os.open(f"{root}/{FOLDER}/{INTENT}", OPEN_PAGE)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return None
        raise unread(f"{FOLDER}/{INTENT}", error) from error
    try:
        found = parsed(read_all(descriptor))
        return staged.filled(root, found) if found else None
    except OSError as error:
        raise unread(f"{FOLDER}/{INTENT}", error) from error
    finally:
        let_go(descriptor)


def carry_out(
    lock: Lock, intent: Intent, durability: str, believed: Mapping[str, Found | None] | None = None
) -> None:
    """Make the changes of an intent: durable as a record first, then page by page.

    The pages as they are ``believed`` to stand are not read again where the file system says that nothing happened.

    Raises what the first page refuses, with nothing changed. Once a page has been changed the whole has
    happened, and what could not be done at once is done by the next writer.
    """
    known = believed or {}
    intent = staged.arranged(lock, intent, known)
    lock.unfinished = True  # first: a record that cannot even be withdrawn must not outlive our next write
    _record(lock, intent, durability, known)
    done = 0
    try:
        for step in intent.steps:
            if not _take(lock, step, durability, known.get(step.path)):
                _keep_both(lock, step)
            done += 1
    except (OSError, CosmemoryError) as error:
        if done == 0:
            _withdraw_soon(lock, durability, intent)
            raise
        reason = f"{error.strerror}." if isinstance(error, OSError) else str(error)
        lock.notices.append(f"The change is recorded, and the next one finishes it: {reason}")
        return
    _withdraw_soon(lock, durability, intent, done=True)


def finish(lock: Lock, durability: str, remember: Remember) -> None:
    """Finish the intent that somebody left open; only under the lock.

    A page that can no longer be written, whatever is done, gives up its place to what stands there: it must not
    keep everybody from writing anything. What the disk refuses is refused, and tried again by the next writer.
    """
    path = f"{FOLDER}/{INTENT}"
    edited: list[Step] = []
    try:
        intent = _begun(lock.root)
        void = intent is not None and intent.void
        for step in intent.steps if intent and not void else ():
            path = step.path
            if not _take_or_keep_both(lock, step, durability):
                edited.append(step)
        if intent is not None and not void:
            if durability != "none":
                _sync_folders(lock, intent)
            # Before the record goes: without it nothing else knows what an edited page should have been.
            _leave_edited(lock, edited, remembered=remember(intent, edited))
        path = f"{FOLDER}/{INTENT}"
        left, others = staged.left(lock.root, intent) if intent else ([], [])
        for step in others:
            staged.keep(lock, step)
        _withdraw(lock, durability, left)
    except OSError as error:
        raise refusal(path, error) from error
    if intent is None:
        return
    change = f"A change that was interrupted ({intent.told.operation or 'unnamed'})"
    if void:
        page = intent.steps[0].path
        lock.notices.append(
            f"{change} was not made: its text of {page} is not there, and the page is as it was."
        )
        return
    lock.notices.append(f"{change} was finished.")


def _leave_edited(lock: Lock, edited: Sequence[Step], *, remembered: bool) -> None:
    for step in edited:
        if remembered and step.after is not None and not step.lost:
            # Its reader is who makes the next change: that brings in what the person's copy did not know of.
            lock.notices.append(f"{step.path} was saved by hand since; the history has both texts.")
        else:
            _keep_both(lock, step)


def _take_or_keep_both(lock: Lock, step: Step, durability: str) -> bool:
    try:
        try:
            return _take(lock, step, durability)
        except OSError as error:
            raise refusal(step.path, error) from error
    except (Unsafe, NotFound):
        _keep_both(lock, step)
        return True


def _take(lock: Lock, step: Step, durability: str, believed: Found | None = None) -> bool:
    """Make one page what the intent says; whether it is: not where somebody edited it since."""
    if step.appended:
        _append(lock, step, durability)
        return True
    found = current(lock.root, step.path, believed)
    now = found.revision if found else None
    lasting = step.staged != "" and durability != "none"
    if now == step.before != step.revision and not step.lost:
        try:
            # The staged text must not be taken away, nor anything else be written, before the page lasts: with
            # neither there after a power cut, the change would be taken for one that never began.
            replace(lock, step.path, step.after, found, "full" if lasting else durability, step.staged)
        except EditedMeanwhile:
            made = False
        else:
            return True
    else:
        made = now == step.revision
    if lasting:
        staged.sync(lock.root, [step])
    return made


def _keep_both(lock: Lock, step: Step) -> None:
    """Somebody edited the page since: theirs stays, ours is kept beside it and reported."""
    if step.lost:
        lock.notices.append(f"{step.path} is kept as it is: what a change had for it is not there any more.")
        return
    if step.after is None:
        lock.notices.append(f"{step.path} was edited meanwhile, and is kept.")
        return
    name = f"{step.path.replace('/', '_')[-150:]}.{sha256_hex(step.after)[:12]}"
    kept = put_aside(lock.folder, name, step.after, CONFLICTS)
    lock.notices.append(f"{step.path} was edited meanwhile; what should have stood there is in {kept}.")


def _append(lock: Lock, step: Step, durability: str) -> None:
    assert step.after is not None
    log = Log(lock, step.path, durability)
    try:
        log.put_again(step.after, step.length, step.closing)
    finally:
        log.close()


def _record(lock: Lock, intent: Intent, durability: str, believed: Mapping[str, Found | None]) -> None:
    own = folder.enter(lock.root, [FOLDER])
    try:
        lock.note(f"{FOLDER}/{RECORD}")
        mode = os.fstat(own).st_mode & 0o666
        try:
            descriptor = os.open(RECORD, MAKE_PAGE, mode, dir_fd=own)
        except FileExistsError:
            clearing.forget(lock.root, lock.folder)  # of a writer that died, whose note is gone
            os.unlink(RECORD, dir_fd=own)
            descriptor = os.open(RECORD, MAKE_PAGE, mode, dir_fd=own)
        try:
            # Before the files that it names: by it they are found, should we die now.
            write_all(descriptor, written(intent))
            staged.write(lock, intent, believed, durability)
            if durability != "none":
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(RECORD, INTENT, src_dir_fd=own, dst_dir_fd=own)
        if durability != "none":
            _fsync_or_withdraw(own)
    except BaseException:
        _forget(lock, own)
        raise
    finally:
        let_go(own)


def _fsync_or_withdraw(own: int) -> None:
    try:
        os.fsync(own)
    except OSError:
        # Nothing has been changed yet, and nothing will be.
        os.rename(INTENT, RECORD, src_dir_fd=own, dst_dir_fd=own)
        raise


def _forget(lock: Lock, own: int) -> None:
    """Take away a record that is none, last, for it names the files that go with it."""
    try:
        clearing.forget(lock.root, lock.folder)
        os.unlink(RECORD, dir_fd=own)
    except FileNotFoundError:
        pass  # it never was, or became the intent
    except OSError:
        lock.disown()  # the next holder of the lock takes both away


def _sync_folders(lock: Lock, intent: Intent) -> None:
    """Make the pages' names durable where not every one was: the record must not go before what it tells of."""
    places = (folder.resolve_inside(lock.root, step.path) for step in intent.steps)
    sync_folders(lock.root, (place.rpartition("/")[0] for place in places))


def _withdraw_soon(lock: Lock, durability: str, intent: Intent, *, done: bool = False) -> None:
    try:
        if done and durability == "file":
            _sync_folders(lock, intent)
        left, others = staged.left(lock.root, intent)
        # What a person saved is still in our hands, and is given back by our note of it.
        _withdraw(lock, durability, [] if others else left)
    except OSError as error:
        # Still unfinished: whoever writes next has to take it away first.
        lock.notices.append(f"The record of a finished change could not be removed: {error.strerror}.")


def _withdraw(lock: Lock, durability: str, left: Sequence[str]) -> None:
    """Take the record away: durably, or a power cut would bring it back and let it undo later changes.

    Where it names files that are ``left``, it goes back to what it was before it was a record, and after them.
    """
    own = folder.enter(lock.root, [FOLDER])
    try:
        with suppress(FileNotFoundError):
            if left:
                lock.note(f"{FOLDER}/{RECORD}")
                os.rename(INTENT, RECORD, src_dir_fd=own, dst_dir_fd=own)
            else:
                os.unlink(INTENT, dir_fd=own)
        if durability != "none":
            os.fsync(own)
        lock.unfinished = False
        if left:
            _forget(lock, own)
    finally:
        let_go(own)
