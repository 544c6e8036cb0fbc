"""The ids of records that have a page of their own: what may be one, which are taken, and the next with a time in it."""

from __future__ import annotations

from datetime import datetime

from cosmemory.errors import InvalidValue, NotFound, Unsafe, did_you_mean
from cosmemory.kinds import Kind
from cosmemory.reader import Reader, made_at
from cosmemory.store import check_path
from cosmemory.syntax.escape import is_empty, normalise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.transaction import Transaction

ARCHIVE = "archive"
COMMANDS = {"onboarding": "onboard"}  # of the kinds whose commands are called by another name


def page_of(kind: Kind, key: str) -> str:
    """Where the page of the record ``key`` stands."""
    return kind.path.replace("{id}", key)


def id_on(kind: Kind, path: str) -> str:
    """The id of the record whose page stands at ``path``."""
    found = kind.pattern.fullmatch(path)
    return found[1] if found else ""


def ids_of(memory: Reader, kind: Kind) -> tuple[str, ...]:
    """The ids of all live records of ``kind``, sorted."""
    return tuple(key for path in memory.store.paths() if (key := id_on(kind, path)))


def ids_by_age(memory: Reader, kind: Kind) -> list[str]:
    """The ids of all live records of ``kind``, oldest first; a page is read only where its id tells no moment."""

    def age(key: str) -> tuple[str, str]:
        moment, _ = made_at(key)
        if not moment:
            started = memory.read(page_of(kind, key)).started
            moment = f"{started:%Y%m%d_%H%M%S}" if isinstance(started, datetime) else ""
        return moment, key

    return sorted(ids_of(memory, kind), key=age)


def id_named(memory: Reader, kind: Kind, key: str) -> str:
    """The id of the live record that ``key`` names, whatever the case of its letters.

    Raises NotFound.
    """
    known = ids_of(memory, kind)
    found = key if key in known else next((each for each in known if each.lower() == key.lower()), None)
    if found is None:
        listing = f"cosmemory {COMMANDS.get(kind.name, kind.name)} list names them."
        raise NotFound(f"The {kind.name} {key!r}", did_you_mean(key, known, listing))
    return found


def new_id(transaction: Transaction, kind: Kind, key: str) -> str:
    """``key`` as the id of a new record of ``kind``.

    Raises InvalidValue for what cannot be the name of a file everywhere, and for an id that was given before: what
    the log and the history say of it must go on meaning one record.
    """
    key = normalise(key)
    what = f"the id of the {kind.name}"
    if is_empty(key) or "/" in key or key.startswith("."):
        raise InvalidValue(what, f"{key!r} cannot be one", "Use letters, digits, dots, - and _.")
    path = page_of(kind, key)
    try:
        check_path(path, new=True)
    except Unsafe as unsafe:
        raise InvalidValue(what, f"{key!r} cannot be the name of a page", unsafe.hint) from None
    # Where letters have no case, two ids that differ in nothing else would be one page.
    archived = {each.lower() for each in transaction.memory.store.paths(archived=True)}
    known = {each.lower() for each in ids_of(transaction.memory, kind)}
    if key.lower() in known or f"{ARCHIVE}/{path}".lower() in archived or is_archived(transaction, path):
        raise InvalidValue(what, f"{key} was used before", "Choose another id; none is ever used again.")
    return key


def stamped_id(transaction: Transaction, kind: Kind, prefix: str, joint: str = "_") -> str:
    """The next free id made of ``prefix`` and the present second: ``prefix_YYYYMMDD_HHMMSS``, then ``…_2``."""
    first = f"{prefix}{joint}{_moment(transaction.now)}"
    key, number = first, 1
    while transaction.exists(page_of(kind, key)) or is_archived(transaction, page_of(kind, key)):
        number += 1
        key = f"{first}_{number}"
    return key


def is_archived(transaction: Transaction, path: str) -> bool:
    """Whether a page that stood at ``path`` was moved out of the way."""
    return any(transaction.exists(f"{ARCHIVE}/{path}{packed}") for packed in ("", ".gz"))


def to_archive(transaction: Transaction, path: str) -> str:
    """The page at ``path`` moved below ``archive/``, byte for byte; where it stands then."""
    stored = transaction.stored(path)
    if stored is None:
        raise NotFound(f"The page {path}")
    place = archive_place(transaction, path)
    transaction.move(path, place)
    return place


def archive_place(transaction: Transaction, path: str) -> str:
    """Where below ``archive/`` there is room for the page at ``path``."""
    bare = path.removesuffix(".md")
    place, number = f"{ARCHIVE}/{path}", 1
    while transaction.exists(place):
        number += 1
        place = f"{ARCHIVE}/{bare}_{number}.md"
    return place


def _moment(at: datetime) -> str:
    return f"{at:%Y%m%d_%H%M%S}"
