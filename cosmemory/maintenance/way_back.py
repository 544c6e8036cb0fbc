"""The checkpoint that a deployment can be rolled back to."""

from __future__ import annotations

from datetime import datetime

from cosmemory.kinds.deployment import Deployment
from cosmemory.maintenance.checkpoint_shelf import Checkpoint, found_as, listed, with_manifest
from cosmemory.reader import Reader


def way_back(memory: Reader, page: Deployment, name: str | None = None) -> Checkpoint | None:
    """The checkpoint called ``name``, else the last one from before the deployment; None where there is none.

    Raises NotFound for a name that no checkpoint has.
    """
    if name is not None:
        return found_as(memory, name)
    known = listed(memory, archived=True)
    found = next((each for each in known if each.name == page.checkpoint), None)
    if found is None and isinstance(page.deployment_start, datetime):
        start = page.deployment_start.timestamp()
        found = next((each for each in known if each.at <= start), None)
    return with_manifest(memory, found) if found is not None else None
