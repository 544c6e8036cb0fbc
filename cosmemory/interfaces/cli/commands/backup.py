"""The command that copies a memory elsewhere."""

from __future__ import annotations

from cosmemory.connect import open_backups
from cosmemory.errors import NotFound, Refused
from cosmemory.interfaces.cli.commands.checkpoint import data_of, tell_faults
from cosmemory.interfaces.cli.declared import argument, command, option
from cosmemory.interfaces.cli.output import print_json, print_text, tell_notices
from cosmemory.interfaces.cli.progress import progress
from cosmemory.interfaces.cli.session import changing, session_of
from cosmemory.maintenance.backup import back_up
from cosmemory.maintenance.checkpoint_shelf import faults_of, standing
from cosmemory.text.counted import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@command()
@changing
@argument("destination", metavar="DEST")
@option("--verify", flag=True, help="Hold the backups there against their manifests, and copy nothing.")
def backup(destination: str, verify: bool, **options: Any) -> int:
    """Copy all pages, with a manifest, to a folder outside the memory.

    DEST is the folder to be made, or one that is there and gets a dated folder for each backup.
    """
    session = session_of(options)
    session.refuse_expected("backup")
    if verify:
        return _verified(destination, as_json=session.as_json)
    memory = session.memory()
    copies, name = open_backups(destination, getattr(memory.store, "root", ""))
    if name in copies.names():
        raise Refused(
            f"{destination} is a backup already.", "Name a folder that is not there, or one for many."
        )
    if session.dry_run:
        from cosmemory.engines.kept import KeptCopies
        from cosmemory.engines.rehearsal import Rehearsal

        # Under its lock the memory would take note of what was saved by hand, which is a change too.
        memory.store = Rehearsal(memory.store)
        copies = KeptCopies({}, destination, lambda: True, copies)
    with progress("Copying pages"):
        made = back_up(memory, copies, name)
    tell_notices(memory.store.notices())
    place = destination if name else f"{destination.rstrip('/')}/{made.name}"
    if session.as_json:
        print_json("backup", {**data_of(made), "path": place, "dry_run": session.dry_run})
    else:
        assert made.manifest is not None
        would = "would copy" if session.dry_run else "copied"
        print_text(f"{would} {counted(len(made.manifest.files), 'page')} to {place}")
    return 0


def _verified(destination: str, *, as_json: bool) -> int:
    copies, name = open_backups(destination)
    names = [name] if name else [each.name for each in standing(copies)]
    if name and name not in copies.names():
        names = []
    if not names:
        raise NotFound(f"A backup in {destination}", "cosmemory backup DEST makes one.")
    with progress("Checking backups"):
        faults = {each: faults_of(copies, each, refusals=True) for each in names}
    return tell_faults(faults, as_json=as_json)
