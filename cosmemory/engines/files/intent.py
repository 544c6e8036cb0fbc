"""The intent record: changes of several pages made durable in one file first, then made one by one.

The file ``.cosmemory/intent`` is one line of JSON, which holds the checksum and the length of the rest, a
second one that lists the changes, and their texts. From the instant it stands there the changes have happened:
readers lay them over the pages in memory, and the next writer makes those that were not made yet.
"""

from __future__ import annotations

import errno
import json
import os

from cosmemory.engines import tail
from cosmemory.engines.files import folder, litter
from cosmemory.engines.files.disk import let_go, read_all, refusal, write_all
from cosmemory.engines.files.lock import FOLDER, INTENT, Lock
from cosmemory.engines.files.log import Log
from cosmemory.engines.files.replace import MAKE_PAGE, OPEN_PAGE, Found, current, replace
from cosmemory.engines.files.shelf import CONFLICTS, put_aside
from cosmemory.errors import CosmemoryError, EditedMeanwhile, NotFound, Unsafe
from cosmemory.frozen import frozen
from cosmemory.store import Attribution, check_path, revision_of
from cosmemory.text.digest import sha256_hex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1


@frozen(kw_only=True)
class Step:
    """One page of an intent: what it was before, and its whole text after, or what is appended to it.

    What is appended to a log of `length` bytes begins with `closing` bytes that end the entry before.
    """

    path: str
    before: str | None
    after: bytes | None
    appended: bool = False
    length: int = 0
    closing: int = 0

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
        return self.after if (None if data is None else revision_of(data)) == self.before else data


@frozen(kw_only=True)
class Intent:
    """Changes of several pages that happen together."""

    told: Attribution
    steps: tuple[Step, ...]

    def of(self, path: str) -> Step | None:
        """What is to happen to one page."""
        return next((step for step in self.steps if step.path == path), None)


def read(root: str) -> Intent | None:
    """The open intent of a memory, if there is one that was completely written."""
    try:
        descriptor = os.open(f"{root}/{FOLDER}/{INTENT}", OPEN_PAGE)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR):
            return None
        raise refusal(f"{FOLDER}/{INTENT}", error) from error
    try:
        return _parsed(read_all(descriptor))
    except OSError as error:
        raise refusal(f"{FOLDER}/{INTENT}", error) from error
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
    lock.unfinished = True  # first: a record that cannot even be withdrawn must not outlive our next write
    _record(lock, intent, durability)
    done = 0
    try:
        for step in intent.steps:
            _take(lock, step, durability, (believed or {}).get(step.path))
            done += 1
    except (OSError, CosmemoryError) as error:
        if done == 0:
            _withdraw_soon(lock, durability)
            raise
        reason = f"{error.strerror}." if isinstance(error, OSError) else str(error)
        lock.notices.append(f"The change is recorded, and the next one finishes it: {reason}")
        return
    _withdraw_soon(lock, durability, intent if durability == "file" else None)


def finish(lock: Lock, durability: str = "full") -> Intent | None:
    """Finish the intent that somebody left open, and give it; only under the lock.

    A page that can no longer be written, whatever is done, gives up its place to what stands there: it must not
    keep everybody from writing anything. What the disk refuses is refused, and tried again by the next writer.
    """
    path = f"{FOLDER}/{INTENT}"
    try:
        intent = read(lock.root)
        for step in intent.steps if intent else ():
            path = step.path
            _take_or_keep_both(lock, step, durability)
        if intent is not None and durability != "none":
            _sync_folders(lock, intent)
        path = f"{FOLDER}/{INTENT}"
        _withdraw(lock, durability)
    except OSError as error:
        raise refusal(path, error) from error
    if intent is not None:
        lock.notices.append(
            f"A change that was interrupted ({intent.told.operation or 'unnamed'}) was finished."
        )
    return intent


def _take_or_keep_both(lock: Lock, step: Step, durability: str) -> None:
    try:
        try:
            _take(lock, step, durability)
        except OSError as error:
            raise refusal(step.path, error) from error
    except (Unsafe, NotFound):
        _keep_both(lock, step)


def _take(lock: Lock, step: Step, durability: str, believed: Found | None = None) -> None:
    if step.appended:
        _append(lock, step, durability)
        return
    found = current(lock.root, step.path, believed)
    now = found.revision if found else None
    if now == (None if step.after is None else revision_of(step.after)):
        return
    if now == step.before:
        try:
            replace(lock, step.path, step.after, found, durability)
        except EditedMeanwhile:
            _keep_both(lock, step)
        return
    _keep_both(lock, step)


def _keep_both(lock: Lock, step: Step) -> None:
    """Somebody edited the page since: theirs stays, ours is kept beside it and reported."""
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


def _record(lock: Lock, intent: Intent, durability: str) -> None:
    own = folder.enter(lock.root, [FOLDER])
    temporary = f"{litter.PREFIX}{INTENT}{litter.SUFFIX}"
    try:
        lock.note(f"{FOLDER}/{temporary}")
        mode = os.fstat(own).st_mode & 0o666
        try:
            descriptor = os.open(temporary, MAKE_PAGE, mode, dir_fd=own)
        except FileExistsError:
            os.unlink(temporary, dir_fd=own)  # of a writer that died, whose note is gone
            descriptor = os.open(temporary, MAKE_PAGE, mode, dir_fd=own)
        try:
            write_all(descriptor, _written(intent))
            if durability != "none":
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.rename(temporary, INTENT, src_dir_fd=own, dst_dir_fd=own)
        if durability != "none":
            _fsync_or_withdraw(own)
    except BaseException:
        try:
            os.unlink(temporary, dir_fd=own)
        except OSError:
            pass  # it never was, or became the intent
        raise
    finally:
        let_go(own)


def _fsync_or_withdraw(own: int) -> None:
    try:
        os.fsync(own)
    except OSError:
        os.unlink(INTENT, dir_fd=own)  # nothing has been changed yet, and nothing will be
        raise


def _sync_folders(lock: Lock, intent: Intent) -> None:
    """Make the pages' names durable where not every one was: the record must not go before what it tells of."""
    for above in {folder.resolve_inside(lock.root, step.path).rpartition("/")[0] for step in intent.steps}:
        try:
            inside = folder.enter(lock.root, above.split("/") if above else [])
        except (FileNotFoundError, NotADirectoryError):
            continue  # a person took it away
        try:
            os.fsync(inside)
        finally:
            let_go(inside)


def _withdraw_soon(lock: Lock, durability: str, done: Intent | None = None) -> None:
    try:
        if done is not None:
            _sync_folders(lock, done)
        _withdraw(lock, durability)
    except OSError as error:
        # Still unfinished: whoever writes next has to take it away first.
        lock.notices.append(f"The record of a finished change could not be removed: {error.strerror}.")


def _withdraw(lock: Lock, durability: str) -> None:
    """Take the record away: durably, or a power cut would bring it back and let it undo later changes."""
    own = folder.enter(lock.root, [FOLDER])
    try:
        try:
            os.unlink(INTENT, dir_fd=own)
        except FileNotFoundError:
            pass
        if durability != "none":
            os.fsync(own)
        lock.unfinished = False
    finally:
        let_go(own)


def _written(intent: Intent) -> bytes:
    listed = [
        {
            "path": step.path,
            "before": step.before,
            "after": None if step.after is None else len(step.after),
            "appended": step.appended,
            "length": step.length,
            "closing": step.closing,
        }
        for step in intent.steps
    ]
    told = intent.told
    by = {"operation": told.operation, "actor": told.actor, "message": told.message, "at": told.at}
    described = json.dumps({**by, "steps": listed})
    rest = described.encode() + b"\n" + b"".join(step.after or b"" for step in intent.steps)
    head = json.dumps({"cosmemory-intent": FORMAT, "bytes": len(rest), "sha256": sha256_hex(rest)})
    return head.encode() + b"\n" + rest


def _parsed(data: bytes) -> Intent | None:
    """The intent in a file's bytes; None where a power cut left only a part, so that nothing had begun."""
    first, _, rest = data.partition(b"\n")
    try:
        head = json.loads(first)
        if head["bytes"] != len(rest) or head["sha256"] != sha256_hex(rest):
            return None
        second, _, texts = rest.partition(b"\n")
        described = json.loads(second)
    except (ValueError, KeyError, TypeError):
        return None
    steps: list[Step] = []
    offset = 0
    for each in described["steps"]:
        check_path(each["path"])  # a memory may come from elsewhere: no record may lead out of it
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


def step_for(path: str, data: bytes | None, before: Found | None) -> Step:
    """The step that gives a page a new text."""
    return Step(path=path, before=before.revision if before else None, after=data)


def step_for_log(path: str, data: bytes, length: int, closing: bytes) -> Step:
    """The step that puts entries at the end of a log that has this length now, closing the one before."""
    after = closing + data
    return Step(path=path, before=None, after=after, appended=True, length=length, closing=len(closing))
