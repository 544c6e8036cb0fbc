"""The manifest of a copy of a memory: what it was made for, and every file with its length and checksum."""

from __future__ import annotations

import re
from hashlib import sha256

from cosmemory import clock
from cosmemory.frozen import frozen
from cosmemory.pattern import pattern
from cosmemory.store import Readable
from cosmemory.syntax.escape import (
    escape_cell,
    escape_field,
    quote_prose,
    unescape,
    unescape_cell,
    unquote_prose,
)
from cosmemory.text.digest import TAIL, log_revision

MANIFEST = "manifest.md"
_FIELD = pattern(r"^- \*\*([A-Za-z]+):\*\* ?(.*)$", re.MULTILINE)
_ROW = pattern(r"^\| (.+) \| (\d+) \| ([0-9a-f]{64}) \| ([0-9a-f-]+) \|$", re.MULTILINE | re.ASCII)
_OTHERS = "\n## Other Values\n"
_OTHER = pattern(r"^\| ((?:[^|\\\n]|\\.)+) \| ((?:[^|\\\n]|\\.)+) \|$", re.MULTILINE)
_NOTES = pattern(r"^## Notes\n\n(.*?)\n*(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@frozen(kw_only=True)
class Listed:
    """A file of a copy as its manifest tells of it."""

    path: str
    size: int
    sha256: str
    revision: str


@frozen(kw_only=True)
class Manifest:
    """What a copy was made for and before which operation, how things stood, and its files.

    ``others`` is what a file that it was imported from says besides, by its keys.
    """

    name: str
    created: int
    actor: str
    status: str
    phase: str
    agents: str
    before: str
    notes: str
    files: tuple[Listed, ...]
    others: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(each.size for each in self.files)

    def of(self, path: str) -> Listed | None:
        """One of the files."""
        return next((each for each in self.files if each.path == path), None)


def manifest_text(manifest: Manifest) -> str:
    """The page that tells of a copy."""
    fields = {
        "Created": clock.format_time(manifest.created),
        "By": manifest.actor,
        "Before": manifest.before,
        "Status": manifest.status,
        "Phase": manifest.phase,
        "Agents": manifest.agents,
        "Files": str(len(manifest.files)),
        "Bytes": str(manifest.size),
    }
    head = "".join(f"- **{label}:** {escape_field(value) or '-'}\n" for label, value in fields.items())
    rows = "".join(
        f"| {escape_cell(each.path)} | {each.size} | {each.sha256} | {each.revision} |\n"
        for each in manifest.files
    )
    others = "".join(f"| {escape_cell(key)} | {escape_cell(value)} |\n" for key, value in manifest.others)
    if others:
        others = f"{_OTHERS[1:]}\n| Key | Value |\n|-----|-------|\n{others}\n"
    return (
        f"# Checkpoint {manifest.name}\n\n{head}\n## Notes\n\n{quote_prose(manifest.notes) or 'None'}\n\n{others}"
        f"## Files\n\n| File | Bytes | SHA-256 | Revision |\n|---|---|---|---|\n{rows}"
    )


def read_manifest(name: str, text: str) -> Manifest | None:
    """What the manifest of the copy called ``name`` says; None for a text that is none, or not all of one."""
    head, heading, table = text.replace("\r\n", "\n").partition("\n## Files\n")
    fields = head.partition("\n## Notes\n")[0]
    found = {label: unescape(value.strip()) for label, value in _FIELD.findall(fields)}
    created = clock.read_time(found.get("Created", ""))
    files = tuple(
        Listed(path=unescape_cell(path), size=int(size), sha256=digest, revision=revision)
        for path, size, digest, revision in _ROW.findall(table)
    )
    notes = _NOTES.search(head)
    others = _OTHER.findall(head.rpartition(_OTHERS)[2])[1:] if _OTHERS in head else []
    if not heading or created is None or found.get("Files") != str(len(files)):
        return None
    manifest = Manifest(
        name=name,
        created=created[0],
        actor=_said(found.get("By", "")),
        status=_said(found.get("Status", "")),
        phase=_said(found.get("Phase", "")),
        agents=_said(found.get("Agents", "")),
        before=_said(found.get("Before", "")),
        notes=_said(unquote_prose(notes[1]) if notes else ""),
        files=files,
        others=tuple((unescape_cell(key), unescape_cell(value)) for key, value in others),
    )
    return manifest if found.get("Bytes") == str(manifest.size) else None


def _said(value: str) -> str:
    return "" if value == "-" else value


class Digesting:
    """A file that is digested while somebody else reads it; its text is held on to where that is ``held``."""

    def __init__(self, file: Readable, held: list[bytes] | None = None, *, log: bool = False) -> None:
        self._file = file
        self.fileno = file.fileno
        self._log = log
        self._held = held
        self._digest = sha256()
        self._size = 0
        self._tail = b""

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes more."""
        data = self._file.read(size)
        if data:
            self._digest.update(data)
            self._size += len(data)
            if self._held is not None:
                self._held.append(data)
            if self._log:
                self._tail = (self._tail + data)[-TAIL:]
        return data

    def listed(self, path: str) -> Listed:
        """What was read so far, as a manifest tells of it."""
        digest = self._digest.hexdigest()
        revision = log_revision(self._size, self._tail) if self._log else digest
        return Listed(path=path, size=self._size, sha256=digest, revision=revision)


def digested(file: Readable, path: str) -> Listed:
    """A whole file, as a manifest tells of it."""
    reading = Digesting(file)
    while reading.read(1 << 20):
        pass
    return reading.listed(path)
