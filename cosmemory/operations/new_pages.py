"""The text of a new page: from the user's own template where there is one, else from the packaged one."""

from __future__ import annotations

import os

from cosmemory.document.decode import decode
from cosmemory.errors import ConfigError, NotRead
from cosmemory.kinds import COORDINATION_LOG, Kind
from cosmemory.plain_files import read_plain
from cosmemory.reader import Reader
from cosmemory.syntax.parse import parse
from cosmemory.text.source import decode_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

OWN_TEMPLATES = ".templates"


def page_text(memory: Reader, kind: Kind, document: Any, **more: str) -> str:
    """The page of ``document``; ``more`` is what its template needs besides.

    A template of the same name in the memory's ``.templates/``, or in the folder that the setting
    ``templates`` names, is used instead of the packaged one. Raises ConfigError when it cannot be rendered,
    or when what it makes does not read back as the document (law 2).
    """
    # Most changes of a page make none, and should not wait for the load of Jinja.
    from cosmemory.document.render import render

    own = own_template(memory, kind) or (
        (f"the template of {kind.name}", kind.source) if kind.source else None
    )
    if own is None:
        return render(document, kind.template, **more)
    place, template = own
    try:
        text = render(document, kind.template, template, **more)
    except Exception as error:  # noqa: BLE001 - a template is a program of the user's, and may fail in any way
        reason = f"the template cannot be rendered: {' '.join(str(error).split())}"
        raise ConfigError(place, "", reason, "Compare it with the packaged template of that name.") from None
    _refuse_loss(place, kind, document, text)
    return text


def own_template(memory: Reader, kind: Kind) -> tuple[str, str] | None:
    """Where the user's own template of a kind stands, and its text; None where there is none."""
    path = f"{OWN_TEMPLATES}/{kind.template}"
    stored = memory.store.read(path)
    if stored is not None:
        return path, decode_text(stored.data)
    if not memory.settings.templates:
        return None
    place = os.path.join(memory.settings.templates, kind.template)
    try:
        return place, decode_text(read_plain(place))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotRead(place, error.strerror or str(error)) from None


def _refuse_loss(place: str, kind: Kind, document: Any, text: str) -> None:
    tree = parse(text)
    read = kind.module.decode_log(tree) if kind is COORDINATION_LOG else decode(tree, kind.document)
    if read.document == document:
        return
    lost = next(name for name in _names(document) if getattr(read.document, name) != getattr(document, name))
    raise ConfigError(
        place,
        "",
        f"a page made from it does not read back: {lost.replace('_', ' ')} is lost or changed",
        "Keep every section, label and column of the packaged template.",
    )


def _names(document: Any) -> list[str]:
    from cosmemory.frozen import fields

    return [each.name for each in fields(document) if each.compare]
