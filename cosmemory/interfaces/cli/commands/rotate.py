"""The command that rotates the log."""

from __future__ import annotations

from dataclasses import asdict

from cosmemory.engines.rehearsal import Rehearsal
from cosmemory.interfaces.cli.declared import command, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices
from cosmemory.interfaces.cli.progress import progress, reading_pages
from cosmemory.interfaces.cli.session import changing, difference, session_of
from cosmemory.interfaces.cli.terminal import print_difference
from cosmemory.kinds import LOG_PATH
from cosmemory.maintenance.rotation import Rotation
from cosmemory.maintenance.rotation import rotate as rotate_log
from cosmemory.maintenance.rotation import verify as verify_archives
from cosmemory.text.counted import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@command()
@changing
@option("--verify", flag=True, help="Prove that nothing was lost, and change nothing.")
def rotate(verify: bool, **options: Any) -> int:
    """Move past weeks of the log to their archives; safe to run at any time, twice too."""
    session = session_of(options)
    memory = session.memory()
    if verify:
        with reading_pages(memory, "Checking archives"):
            found = verify_archives(memory)
        return _verified(session.as_json, found)
    rehearsal = Rehearsal(memory.store) if session.dry_run else None
    memory.store = rehearsal or memory.store
    with progress("Rotating the log"):
        done = rotate_log(memory, expected=session.expected(LOG_PATH)).result
    tell_notices(memory.notices())
    told = {"archived": [asdict(each) for each in done.archived], "kept": done.kept}
    if session.as_json and rehearsal is not None:
        print_json("rotation", {**told, "dry_run": True, "diff": difference(rehearsal)})
    elif session.as_json:
        print_json("rotation", told)
    else:
        if rehearsal is not None:
            print_difference(difference(rehearsal))
        print_text(_told(done, dry=session.dry_run))
    return 0


def _told(done: Rotation, *, dry: bool) -> str:
    would = "would move" if dry else "moved"
    lines = [f"{would} {counted(each.entries, 'entry', 'entries')} to {each.path}" for each in done.archived]
    return "\n".join(
        [
            *lines,
            f"{counted(done.kept, 'entry', 'entries')} {'stays' if done.kept == 1 else 'stay'} in the log",
        ]
    )


def _verified(as_json: bool, found: Any) -> int:
    if as_json:
        print_json("verification", {"entries": dict(found.entries), "faults": list(found.faults)})
    else:
        for path, count in found.entries.items():
            print_text(f"{path}: {counted(count, 'entry', 'entries')}")
        for fault in found.faults:
            print_text(f"fault: {fault}")
        if not found.faults:
            print_text("every archive is what its header says")
    return 1 if found.faults else 0
