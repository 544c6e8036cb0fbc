"""``checkpoint_YYYYMMDD_HHMMSS.json`` as a checkpoint and back: its snapshots are pages, its notes the manifest's."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import datetime

from cosmemory import clock
from cosmemory.document.entered import entered
from cosmemory.document.json_values import read_data
from cosmemory.document.values import write_time
from cosmemory.errors import Unsafe, UsageError
from cosmemory.frozen import frozen
from cosmemory.kinds import DEPLOYMENT, MEETING, SESSION_PATH, SYSTEM_METRICS, Kind, kind_of
from cosmemory.kinds.keyed_values import KeyedValue
from cosmemory.kinds.meeting import CONCLUDED, EXECUTION, PLANNING, Meeting
from cosmemory.kinds.page import read_page
from cosmemory.maintenance.checkpoint_shelf import SHELF, Checkpoint, made_at, manifest_of, reading
from cosmemory.maintenance.deployment_json import DEPLOYMENT_STATE, METRICS_STATE
from cosmemory.maintenance.json_pages import Shape, json_of_page, other, page_of_json, path_of
from cosmemory.maintenance.manifest import MANIFEST, Manifest, digested, manifest_text, read_manifest
from cosmemory.maintenance.session_json import CURRENT_SESSION, EXECUTION_OUTPUT, PLANNING_OUTPUT
from cosmemory.maintenance.spellings import alike
from cosmemory.maintenance.strict_json import NOTHING
from cosmemory.operations.new_pages import page_text
from cosmemory.operations.page_ids import page_of
from cosmemory.reader import Reader
from cosmemory.store import Stored, check_path
from cosmemory.text.source import encode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SNAPSHOTS: dict[str, Shape] = {
    "session_snapshot": CURRENT_SESSION,
    "deployment_snapshot": DEPLOYMENT_STATE,
    "metrics_snapshot": METRICS_STATE,
    "planning_snapshot": PLANNING_OUTPUT,
    "execution_snapshot": EXECUTION_OUTPUT,
}
_PLACES = {
    "session_snapshot": SESSION_PATH,
    "deployment_snapshot": DEPLOYMENT.path,
    "metrics_snapshot": SYSTEM_METRICS.path,
}
_TEAMS = {"planning_snapshot": PLANNING, "execution_snapshot": EXECUTION}


@frozen(kw_only=True)
class Snapshots:
    """A checkpoint as a file tells it: its pages, and what its manifest says besides."""

    name: str
    at: int
    pages: Mapping[str, Any]
    notes: str
    others: tuple[tuple[str, str], ...]


def checkpoint_of_json(name: str, held: Mapping[str, Any]) -> Snapshots:
    """The checkpoint ``name`` that the file tells; what neither a page nor the manifest has a place for is kept there.

    Raises UsageError for a name that does not tell when the checkpoint was made.
    """
    at = made_at(name)
    if at is None:
        raise UsageError(f"{name!r} does not tell when the checkpoint was made.", f"{_USUAL}. {NOTHING}")
    pages: dict[str, Any] = {}
    for key, shape in SNAPSHOTS.items():
        snapshot = held.get(key)
        if isinstance(snapshot, dict) and snapshot:
            page = page_of_json(shape, snapshot)
            pages[_PLACES.get(key) or _meeting_page(page, _TEAMS.get(key, ""))] = page
    notes = held.get("notes")
    kept = notes if isinstance(notes, str) and _kept(name, at, notes) == notes else ""
    said = _head(name, at, kept) | _snapshots(pages)
    left = {key: value for key, value in held.items() if key not in said or not alike(said[key], value)}
    rows = [other((key,), value) for key, value in left.items()]
    return Snapshots(
        name=name,
        at=at,
        pages=pages,
        notes=kept,
        others=(
            *((str(row.key), str(row.value)) for row in rows),
            *((key, _UNTOLD) for key in said if key not in held),
        ),
    )


# What stands for a value that the file does not tell, and the checkpoint does.
_UNTOLD = "-"
_USUAL = "The usual name is checkpoint_YYYYMMDD_HHMMSS.json"


def _meeting_page(page: Meeting, team: str) -> str:
    key = page.meeting_id or ""
    return page_of(MEETING, key if is_file_name(key) else team)


def is_file_name(key: str) -> bool:
    """Whether a page may be called by that id everywhere."""
    if not key or "/" in key or key.startswith("."):
        return False
    try:
        check_path(f"{key}.md", new=True)
    except Unsafe:
        return False
    return True


def _kept(name: str, at: int, notes: str) -> str | None:
    """The notes as the manifest gives them back."""
    told = Manifest(
        name=name, created=at, actor="", status="", phase="", agents="", before="", notes=notes, files=()
    )
    found = read_manifest(name, manifest_text(told))
    return found.notes if found is not None else None


def keep_checkpoint(memory: Reader, told: Snapshots) -> Manifest:
    """The checkpoint made among those of the memory; only under its lock."""
    texts = {
        path: encode_text(page_text(memory, _kind(path), entered(None, page)))
        for path, page in sorted(told.pages.items())
    }
    manifest = Manifest(
        name=told.name,
        created=told.at,
        actor=memory.actor,
        status="",
        phase="",
        agents="",
        before="",
        notes=told.notes,
        files=tuple(digested(io.BytesIO(data), path) for path, data in texts.items()),
        others=told.others,
    )
    files = [*texts.items(), (MANIFEST, encode_text(manifest_text(manifest)))]
    memory.store.copies(SHELF).keep(told.name, ((path, io.BytesIO(data)) for path, data in files))
    return manifest


def as_it_stands(memory: Reader, name: str) -> Snapshots | None:
    """The checkpoint ``name`` that the memory has already, as its file would tell it; None where there is none.

    One that no file could tell of, or that is damaged, is another than any.
    """
    copies = memory.store.copies(SHELF)
    at = made_at(name)
    if at is None or name not in copies.names():
        return None
    held = json_of_checkpoint(memory, Checkpoint(name=name, shelf=SHELF, at=at))
    return checkpoint_of_json(name, held or {})


def _kind(path: str) -> Kind:
    kind = kind_of(path)
    assert kind is not None
    return kind


def json_of_checkpoint(memory: Reader, checkpoint: Checkpoint) -> dict[str, Any] | None:
    """What the file of a checkpoint says; None for one that no such file could tell of, or that is damaged."""
    copies = memory.store.copies(checkpoint.shelf)
    manifest = manifest_of(copies, checkpoint.name)
    if manifest is None:
        return None
    pages: dict[str, Any] = {}
    for each in manifest.files:
        kind = kind_of(each.path)
        if each.path in _PLACES.values() or kind is MEETING:
            with reading(copies, checkpoint.name, each.path) as file:
                stored = Stored(path=each.path, data=file.read(), revision=each.revision)
            pages[each.path] = read_page(stored).document
    found = _snapshots(pages)
    if not found:
        return None
    head = _head(checkpoint.name, manifest.created, manifest.notes)
    for key, value in manifest.others:
        path = path_of(KeyedValue(key=key))
        if path is not None and value == _UNTOLD:
            head.pop(path[0], None)
        elif path is not None:
            found[path[0]] = read_data(value).value.value
    first: dict[str, Any] = {
        key: found.pop(key, head[key]) for key in ("checkpoint_id", "timestamp") if key in head
    }
    return {**first, **found, **{key: head[key] for key in head if key not in {*first, *found}}}


def _head(name: str, at: int, notes: str) -> dict[str, Any]:
    head = {"checkpoint_id": name, "timestamp": clock.format_time(at)}
    return head | ({"notes": notes} if notes else {})


def _snapshots(pages: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, shape in SNAPSHOTS.items():
        place = _PLACES.get(key)
        page = pages.get(place) if place else last_meeting(pages.values(), _TEAMS[key])
        if page is not None:
            found[key] = json_of_page(shape, page)
    return found


def last_meeting(pages: Iterable[Any], team: str) -> Meeting | None:
    """The last of the meetings of a team that were concluded."""
    over = [
        page for page in pages if isinstance(page, Meeting) and page.team == team and page.status == CONCLUDED
    ]
    return max(over, key=_when, default=None)


def _when(meeting: Meeting) -> tuple[str, str]:
    at = meeting.timestamp
    return write_time(at) if isinstance(at, datetime) else "", meeting.meeting_id or ""
