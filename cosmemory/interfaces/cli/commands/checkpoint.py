"""Commands for checkpoints."""

from __future__ import annotations

from cosmemory.interfaces.cli.declared import argument, group, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices
from cosmemory.interfaces.cli.progress import progress
from cosmemory.interfaces.cli.session import changes_of, changing, difference, reading, session_of
from cosmemory.interfaces.cli.terminal import print_difference
from cosmemory.maintenance import checkpoint_shelf, checkpoints
from cosmemory.maintenance.checkpoint_shelf import Checkpoint
from cosmemory.maintenance.restoring import Restored
from cosmemory.maintenance.restoring import restore as restore_pages
from cosmemory.maintenance.retention import prune as prune_checkpoints
from cosmemory.text.counted import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cosmemory.engines.rehearsal import Rehearsal
    from cosmemory.interfaces.cli.session import Session
    from cosmemory.memory import Memory, Outcome

NONE = "there is no checkpoint"


@group
def checkpoint() -> None:
    """Keep copies of all pages, and go back to one.

    A checkpoint is a folder below checkpoints/ with a plain copy of every page and a manifest.
    """


@checkpoint.command()
@changing
@option("--notes", metavar="TEXT", help="What it is made for; the manifest tells it.")
@option("--phase", metavar="TEXT", help="The phase that the work is in; the manifest tells it.")
@option("--if-changed", flag=True, help="Make none where the newest one holds the same pages.")
def create(notes: str | None, phase: str | None, if_changed: bool, **options: Any) -> None:
    """Make a checkpoint and print its name."""
    session = session_of(options)
    session.refuse_expected("checkpoint create")
    memory = session.memory()
    if if_changed:
        for newest in checkpoint_shelf.listed(memory)[:1]:
            if checkpoint_shelf.holds_the_present(memory, newest):
                made = checkpoint_shelf.with_manifest(memory, newest)
                return _tell_made(session, made, f"{newest.name} holds the same pages", made_now=False)
    _rehearse(session, memory)
    with progress("Copying pages"):
        made = checkpoints.create(memory, notes=notes or "", phase=phase or "")
    tell_notices(memory.store.notices())
    would = "would make " if session.dry_run else ""
    return _tell_made(session, made, f"{would}{made.name}", made_now=not session.dry_run)


def _tell_made(session: Session, made: Checkpoint, said: str, *, made_now: bool) -> None:
    if session.as_json:
        print_json("checkpoint", {**data_of(made), "made": made_now, "dry_run": session.dry_run})
    else:
        print_text(said)


def data_of(made: Checkpoint) -> dict[str, Any]:
    """What JSON tells of a checkpoint; null for what its manifest does not say."""
    from cosmemory import clock

    manifest = made.manifest
    return {
        "name": made.name,
        "path": made.path,
        "created": clock.format_time(made.at),
        "pages": len(manifest.files) if manifest else None,
        "bytes": manifest.size if manifest else None,
        "actor": (manifest.actor or None) if manifest else None,
        "status": (manifest.status or None) if manifest else None,
        "phase": (manifest.phase or None) if manifest else None,
        "agents": int(manifest.agents) if manifest and manifest.agents.isdecimal() else None,
        "before": (manifest.before or None) if manifest else None,
        "notes": (manifest.notes or None) if manifest else None,
    }


def _rehearse(session: Session, memory: Memory) -> Rehearsal | None:
    if not session.dry_run:
        return None
    from cosmemory.engines.rehearsal import Rehearsal

    memory.store = rehearsal = Rehearsal(memory.store)
    return rehearsal


@checkpoint.command("list")
@reading
@option("--archived", flag=True, help="Those in the archive as well.")
def list_(archived: bool, **options: Any) -> None:
    """List the checkpoints, newest first."""
    session = session_of(options)
    memory = session.memory()
    found = checkpoint_shelf.listed(memory, archived=archived)
    found = [checkpoint_shelf.with_manifest(memory, each) for each in found]
    if session.as_json:
        print_json("checkpoints", {"checkpoints": [data_of(each) for each in found]})
        return
    for each in found:
        print_text(_line(each))
    if not found:
        print_text(NONE)


def _line(each: Checkpoint) -> str:
    if each.manifest is None:
        return f"{each.path}  no manifest that can be read"
    before = f"before {each.manifest.before}" if each.manifest.before else ""
    notes = each.manifest.notes.split("\n")[0] or before
    told = f"{each.path}  {counted(len(each.manifest.files), 'page')}  {each.manifest.size} bytes"
    return f"{told}  {notes}" if notes else told


@checkpoint.command()
@reading
@argument("names", metavar="[NAME]...", many=True)
def verify(names: tuple[str, ...], **options: Any) -> int:
    """Hold the files of checkpoints against their manifests; all checkpoints unless some are named."""
    session = session_of(options)
    memory = session.memory()
    if names:
        chosen = [checkpoint_shelf.found_as(memory, name) for name in names]
    else:
        chosen = checkpoint_shelf.listed(memory, archived=True)
    faults: dict[str, list[str]] = {}
    with progress("Checking checkpoints"):
        for each in chosen:
            faults[each.path] = checkpoint_shelf.faults_of(
                memory.store.copies(each.shelf), each.name, refusals=True
            )
    return tell_faults(faults, as_json=session.as_json)


def tell_faults(faults: dict[str, list[str]], *, as_json: bool) -> int:
    """What a check of copies found, and the exit code for it."""
    if as_json:
        print_json(
            "verification", {"checkpoints": [{"path": path, "faults": told} for path, told in faults.items()]}
        )
    else:
        for path, told in faults.items():
            for fault in told:
                print_text(f"fault: {path}: {fault}")
            if not told:
                print_text(f"{path} is sound")
        if not faults:
            print_text(NONE)
    return 1 if any(faults.values()) else 0


@checkpoint.command()
@changing
@argument("name", metavar="NAME")
@argument("documents", metavar="[DOCUMENT]...", many=True, required=False)
@option("--with-log", flag=True, help="The log and its archives too; else they keep every entry.")
def restore(name: str, documents: tuple[str, ...], with_log: bool, **options: Any) -> None:
    """Go back to a checkpoint, NAME or latest: with all pages, or with those that are named.

    The present is kept as a checkpoint first, so that a restore is undone by another.
    """
    session = session_of(options)
    session.refuse_expected("checkpoint restore")
    memory = session.memory()
    rehearsal = _rehearse(session, memory)
    with progress("Restoring pages"):
        outcome = restore_pages(memory, name, documents, with_log=with_log)
    tell_notices(memory.store.notices())
    _tell_restored(session, outcome, rehearsal)


def _tell_restored(session: Session, outcome: Outcome[Restored], rehearsal: Rehearsal | None) -> None:
    done = outcome.result
    if session.as_json:
        told = {"changes": changes_of(outcome), "restored": done.checkpoint, "kept": done.kept or None}
        more = {"dry_run": True, "diff": difference(rehearsal)} if rehearsal is not None else {}
        print_json("change", {**told, **more})
        return
    if not done.pages:
        print_text(f"the pages are as {done.checkpoint} holds them")
        return
    if rehearsal is not None:
        print_difference(difference(rehearsal))
        return
    for path in done.pages:
        print_text(f"restored {path}")
    print_text(f"the pages as they were before are in {done.kept}")


@checkpoint.command()
@changing
def prune(**options: Any) -> None:
    """Move old checkpoints to the archive: the newest ones stay, and one a day; none is deleted."""
    session = session_of(options)
    session.refuse_expected("checkpoint prune")
    memory = session.memory()
    _rehearse(session, memory)
    with progress("Moving checkpoints"):
        done = prune_checkpoints(memory)
    tell_notices(memory.store.notices())
    if session.as_json:
        told = {"archived": list(done.archived), "kept": list(done.kept), "dry_run": session.dry_run}
        print_json("pruning", told)
        return
    would = "would move" if session.dry_run else "moved"
    for name in done.archived:
        print_text(f"{would} {name} to {checkpoint_shelf.ARCHIVE_SHELF}")
    stay = "checkpoint stays" if len(done.kept) == 1 else "checkpoints stay"
    print_text(f"{len(done.kept)} {stay} at hand")
