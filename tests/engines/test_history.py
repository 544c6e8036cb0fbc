"""What a store remembers: every change with its number, its pages, who made it and why, and every text again."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.engines.files import past
from cosmemory.engines.files.engine import FilesStore
from cosmemory.errors import Conflict, CosmemoryError, Damaged, NotFound
from cosmemory.store import Append, Attribution, Remove, Replace, revision_of
from tests.engines.saves import STYLES
from tests.engines.scenarios import entry

A, B, LOG, ONE = "a.md", "b.md", "log.md", "agents/one.md"
HEAD = b"# Log\n\n" + entry("first")
PAGES = {A: b"# A\n", B: b"# B\n", LOG: HEAD}
NOW = int(time.time())  # what is long ago is forgotten
STEPS = int(os.environ.get("COSMEMORY_HISTORY", "500"))


class Kept:
    """A store of either kind with a few pages, and a person's way to change them behind its back."""

    def __init__(self, root: Path | None) -> None:
        self.root = root
        if root is None:
            self.store = EphemeralStore(PAGES)
        else:
            for path, data in PAGES.items():
                (root / path).write_bytes(data)
            self.store = FilesStore(str(root))
        self.store.notice()

    def commit(self, *changes, **told):
        with self.store.writing() as writer:
            return writer.commit(changes, Attribution(**{"actor": "Ann", "at": NOW, **told}))

    def replace(self, path: str, data: bytes, **told: object) -> None:
        stored = self.store.read(path)
        expected = stored.revision if stored else None
        self.commit(Replace(path=path, data=data, expected=expected), **told)

    def save_by_hand(self, path: str, data: bytes | None) -> None:
        if self.root is not None:
            (self.root / path).unlink() if data is None else (self.root / path).write_bytes(data)
        elif data is None:
            del self.store._pages[path]
        else:
            self.store._pages[path] = data
        self.store.notice(thoroughly=True)

    def numbers(self, path: str | None = None, **bounds: int) -> list[int]:
        return [change.number for change in self.store.history().revisions(path, **bounds)]

    def text(self, path: str, number: int) -> bytes | None:
        return self.store.history().text(path, number)

    def newest(self):
        return self.store.history().revisions(limit=1)[0]


@pytest.fixture(params=["files", "files, a new process each time", "files, taken over at once", "ephemeral"])
def kept(request, root, monkeypatch):
    monkeypatch.setattr(past, "AGAIN", 0.0)
    if request.param == "ephemeral":
        return Kept(None)
    if "taken" in request.param:
        monkeypatch.setattr(past, "FULL", 0)
    made = Kept(root)
    if "new" in request.param:
        made.__class__ = type("Anew", (Kept,), {"store": property(lambda kept: FilesStore(str(kept.root)))})
    return made


def steps(change):
    return [(step.path, step.before, step.after) for step in change.pages]


def test_the_pages_that_were_there_are_the_first_change(kept):
    (first,) = kept.store.history().revisions()
    assert (first.number, first.by_hand) == (1, True)
    assert steps(first) == [(path, None, revision_of(data)) for path, data in sorted(PAGES.items())]
    assert [kept.text(path, 1) for path in PAGES] == list(PAGES.values())


def test_a_page_that_is_replaced_is_remembered_with_both_texts(kept):
    kept.replace(A, b"# A\n\nnew\n", operation="set", message="because", at=NOW - 5)
    change = kept.newest()
    assert (change.number, change.by_hand) == (2, False)
    assert change.attribution == Attribution(actor="Ann", operation="set", message="because", at=NOW - 5)
    assert steps(change) == [(A, revision_of(b"# A\n"), revision_of(b"# A\n\nnew\n"))]
    assert (kept.text(A, 1), kept.text(A, 2)) == (b"# A\n", b"# A\n\nnew\n")
    assert kept.text(B, 2) == b"# B\n"


def test_several_pages_that_change_together_are_one_change(kept):
    kept.commit(
        Replace(path=A, data=b"# A2\n", expected=revision_of(PAGES[A])),
        Replace(path=ONE, data=b"# One\n", expected=None),
        Remove(path=B, expected=revision_of(PAGES[B])),
        Append(path=LOG, data=entry("together")),
    )
    change = kept.newest()
    assert change.number == 2
    assert {step.path for step in change.pages} == {A, B, ONE, LOG}
    assert change.step(ONE).before is None
    assert change.step(B).after is None
    assert [kept.text(path, 1) for path in (A, B, ONE, LOG)] == [b"# A\n", b"# B\n", None, HEAD]
    assert [kept.text(path, 2) for path in (A, B, ONE, LOG)] == [
        b"# A2\n",
        None,
        b"# One\n",
        HEAD + entry("together"),
    ]


def test_appended_entries_are_remembered_one_by_one(kept):
    kept.store.append(LOG, entry("second"), Attribution(actor="Bob", operation="log", at=NOW))
    kept.store.append(LOG, entry("third"), Attribution(actor="Ann", operation="log", at=NOW))
    newest, before, _ = kept.store.history().revisions(LOG)
    assert (newest.attribution.actor, before.attribution.actor) == ("Ann", "Bob")
    assert (newest.step(LOG).before, newest.step(LOG).after) == (
        before.step(LOG).after,
        newest.step(LOG).after,
    )
    texts = [HEAD, HEAD + entry("second"), HEAD + entry("second") + entry("third")]
    assert [kept.text(LOG, number) for number in (1, 2, 3)] == texts


def test_a_page_that_was_removed_and_made_again_has_no_text_between(kept):
    kept.commit(Remove(path=A, expected=revision_of(PAGES[A])), operation="remove")
    kept.replace(B, b"# B2\n")
    kept.replace(A, b"# A again\n")
    assert [kept.text(A, number) for number in (1, 2, 3, 4)] == [b"# A\n", None, None, b"# A again\n"]
    assert steps(kept.newest()) == [(A, None, revision_of(b"# A again\n"))]
    assert kept.numbers(A) == [4, 2, 1]


def test_an_edit_by_hand_is_a_change_of_nobody(kept):
    kept.save_by_hand(A, b"# A\n\nby a person\n")
    change = kept.newest()
    assert (change.number, change.by_hand, change.attribution.actor) == (2, True, "")
    assert steps(change) == [(A, revision_of(b"# A\n"), revision_of(b"# A\n\nby a person\n"))]
    kept.replace(A, b"# A\n\nby a person\nand a verb\n")
    kept.save_by_hand(B, None)
    kept.save_by_hand("c.md", b"# C\n")
    assert [change.by_hand for change in kept.store.history().revisions()] == [True, True, False, True, True]
    assert [kept.text(A, number) for number in (1, 2, 3)] == [
        b"# A\n",
        b"# A\n\nby a person\n",
        b"# A\n\nby a person\nand a verb\n",
    ]
    assert [kept.text(B, number) for number in (3, 4, 5)] == [b"# B\n", None, None]
    assert [kept.text("c.md", number) for number in (4, 5)] == [None, b"# C\n"]


def test_an_edit_by_hand_that_nobody_noticed_yet_stands_at_the_end(kept, monkeypatch):
    monkeypatch.setattr(kept.store.__class__, "notice", lambda *_, **__: False)
    kept.save_by_hand(A, b"# A\n\nunnoticed\n")
    assert (kept.newest().number, kept.newest().by_hand) == (2, True)
    assert kept.text(A, 2) == b"# A\n\nunnoticed\n"
    kept.replace(B, b"# B2\n")
    assert (kept.newest().number, kept.text(A, 2), kept.text(B, 2)) == (3, b"# A\n\nunnoticed\n", b"# B\n")


def test_an_edit_of_a_log_before_its_next_entry_is_a_change_of_its_own(kept):
    edited = HEAD.replace(b"first", b"FIRST, and more words")
    kept.save_by_hand(LOG, edited)
    kept.store.append(LOG, entry("second"))
    assert [change.by_hand for change in kept.store.history().revisions(LOG)] == [False, True, True]
    assert [kept.text(LOG, number) for number in (1, 2, 3)] == [HEAD, edited, edited + entry("second")]


def test_entries_may_leave_the_log_for_another_page(kept):
    kept.store.append(LOG, entry("second"))
    log = kept.store.read(LOG)
    kept.commit(
        Replace(path="log-2026-W47.md", data=entry("first"), expected=None),
        Replace(path=LOG, data=b"# Log\n\n" + entry("second"), expected=log.revision),
        operation="rotate",
    )
    kept.store.append(LOG, entry("third"))
    assert kept.text(LOG, 2) == HEAD + entry("second")
    assert kept.text(LOG, 3) == b"# Log\n\n" + entry("second")
    assert kept.text(LOG, 4) == b"# Log\n\n" + entry("second") + entry("third")
    assert kept.text("log-2026-W47.md", 4) == entry("first")


def test_a_part_of_the_history_is_asked_for_by_page_number_and_amount(kept):
    for step in range(6):
        kept.replace((A, B)[step % 2], b"# %d\n" % step)
    assert kept.numbers() == [7, 6, 5, 4, 3, 2, 1]
    assert kept.numbers(A) == [6, 4, 2, 1]
    assert kept.numbers(limit=2) == [7, 6]
    assert kept.numbers(below=4) == [3, 2, 1]
    assert kept.numbers(B, below=7, limit=2) == [5, 3]
    assert kept.numbers(below=1) == kept.numbers(limit=0) == kept.numbers("nothing.md") == []
    assert [kept.store.history().revision(number) for number in (0, -1, 8)] == [None, None, None]
    assert kept.store.history().revision(3) == kept.store.history().revisions(below=4, limit=1)[0]


@pytest.mark.parametrize(
    "words",
    [
        "a\tb",
        "two\nlines\r\n",
        "\\",
        "\\n is not a line",
        "\\\\t\t\\",
        "ünï – 😀",
        "R 10 abc\nK\n",
        "\udcff bad",
    ],
)
def test_any_words_may_tell_who_and_why(kept, words):
    kept.replace(A, b"# A2\n", actor=words, operation=words, message=words)
    told = kept.newest().attribution
    said = words.replace("\udcff", "\\udcff")
    assert {told.actor, told.operation, told.message} in ({words}, {said})
    assert kept.text(A, 2) == b"# A2\n"


BYTES = [
    b"",
    b"\n",
    b"\0\xff\xfe\r\n",
    b"K\nR 4 abcd\n",
    b"cosmemory-spool 1 0123\n",
    b"x" * 70_000,
    os.urandom(40_000),
]


@pytest.mark.parametrize("data", BYTES, ids=range(len(BYTES)))
def test_any_bytes_may_stand_on_a_page(kept, data):
    kept.replace(A, data)
    kept.save_by_hand(A, data + b"\x80 by hand")
    kept.replace(A, b"short\n")
    kept.replace(A, data)
    found = [kept.text(A, number) for number in (1, 2, 3, 4, 5)]
    assert found == [b"# A\n", data, data + b"\x80 by hand", b"short\n", data]


def test_a_change_that_is_refused_is_not_remembered(kept):
    with pytest.raises(Conflict):
        kept.commit(Replace(path=A, data=b"lost", expected=revision_of(b"another text")))
    with pytest.raises(NotFound):
        kept.commit(Append(path="nothing.md", data=entry("lost")))
    assert kept.numbers() == [1]


class Life:
    """Random changes of a folder's pages by several processes and a person, and what stood on the disk after each."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.random = random.Random(seed)
        self.clock = NOW
        self.names = [f"p{number}.md" for number in range(4)] + ["agents/deep.md"]
        (root / "agents").mkdir()
        (root / LOG).write_bytes(HEAD)
        (root / "p0.md").write_bytes(b"# There before anybody came\n")
        self.stores = [FilesStore(str(root)) for _ in range(3)]
        self.after: dict[str, dict[str, bytes]] = {"": self.on_disk()}  # what stood there, by message

    def store(self) -> FilesStore:
        chosen = self.random.randrange(len(self.stores))
        if self.random.random() < 0.1:
            self.stores[chosen] = FilesStore(str(self.root))  # another process in the place of one that ended
        return self.stores[chosen]

    def on_disk(self) -> dict[str, bytes]:
        return {path: (self.root / path).read_bytes() for path in FilesStore(str(self.root)).paths()}

    def step(self) -> None:
        self.clock += 1
        verbs = [self.log, self.rewrite, self.rotate, self.remove, self.by_hand, self.edit_log]
        verb = self.random.choices(verbs, [6, 8, 1, 1, 3, 2])[0]
        past.FULL = self.random.choice([0, 3_000, 40_000])
        self.make(verb)

    def make(self, verb: Callable[[Attribution], None]) -> None:
        words = f"m{self.clock}"
        verb(Attribution(actor="a\tb", operation=verb.__name__, message=words, at=self.clock))
        self.after[words] = self.on_disk()

    def some(self) -> bytes:
        return bytes(self.random.choices(b"abc\n\r\0\xff #|-", k=self.random.choice([0, 3, 60, 3_000])))

    def changed(self, data: bytes) -> bytes:
        begin = self.random.randrange(len(data) + 1)
        return data[:begin] + self.some() + data[begin + self.random.randrange(40) :]

    def log(self, told: Attribution) -> None:
        self.store().append(LOG, entry(f"entry {self.clock}"), told)

    def rewrite(self, told: Attribution) -> None:
        with self.store().writing() as writer:
            changes: list[Replace | Append] = []
            for path in self.random.sample(self.names, self.random.randint(1, 3)):
                stored = writer.read(path)
                data = self.changed(stored.data if stored else b"")
                changes.append(Replace(path=path, data=data, expected=stored.revision if stored else None))
            if self.random.random() < 0.3:
                changes.append(Append(path=LOG, data=entry(f"with {self.clock}")))
            writer.commit(changes, told)

    def rotate(self, told: Attribution) -> None:
        with self.store().writing() as writer:
            stored = writer.read(LOG)
            changed = stored.data.replace(b"\n---\n\n", b"\n", 1) + self.some()
            writer.commit([Replace(path=LOG, data=changed, expected=stored.revision)], told)

    def remove(self, told: Attribution) -> None:
        path = self.random.choice(self.names)
        with self.store().writing() as writer:
            stored = writer.read(path)
            if stored is not None:
                writer.commit([Remove(path=path, expected=stored.revision)], told)

    def by_hand(self, _: Attribution) -> None:
        for path in self.random.sample(self.names, self.random.randint(1, 2)):
            place = self.root / path
            if place.exists() and self.random.random() < 0.1:
                place.unlink()
                continue
            text = place.read_bytes() if place.exists() else b""
            self.random.choice(STYLES)(place, self.changed(text))

    def edit_log(self, _: Attribution) -> None:
        place = self.root / LOG
        text = place.read_bytes()
        changed = [
            text.replace(b"entry", b"ENTRY", 1),  # of the same length
            text.replace(b"\n\n---\n\n", b"\nnote\n\n---\n\n", 1),
            text[:-20] + b"\n\n---\n\n",
            HEAD,
        ]
        self.random.choice(STYLES)(place, self.random.choice(changed))


def wrong_texts(history, states: dict[int, dict[str, bytes]], paths: list[str]) -> list[str]:
    """Every text that the history says otherwise than it stood on the disk."""
    return [
        f"#{number} {path}"
        for number, pages in states.items()
        for path in paths
        if history.text(path, number) != pages.get(path)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_text_that_stood_on_the_disk_is_told_again(root, monkeypatch, seed):
    monkeypatch.setattr(past, "AGAIN", 0.0)
    monkeypatch.setattr(past, "FULL", 0)
    life = Life(root, seed)
    states: dict[int, dict[str, bytes]] = {}
    for _ in range(STEPS // 2):
        life.step()
        life.store().notice(thoroughly=True)
        number = life.store().history().revisions(limit=1)[0].number
        states[number] = life.on_disk()
    history = FilesStore(str(root)).history()
    assert wrong_texts(history, states, [*life.names, LOG]) == []
    assert [change.number for change in history.revisions()] == list(range(max(states), 0, -1))
    by_verbs = [change.attribution.message for change in history.revisions() if not change.by_hand]
    assert by_verbs == sorted(by_verbs, reverse=True, key=lambda words: int(words[1:]))
    assert len(by_verbs) == len({*by_verbs})
    assert not any(store.notices() for store in life.stores)


HISTORY = ("spool", "heads", "journal.sqlite")
ROUNDS = int(os.environ.get("COSMEMORY_DAMAGES", "60"))


def lived(root: Path, seed: int, steps: int) -> Life:
    """A folder with a past."""
    life = Life(root, seed)
    for _ in range(steps):
        life.step()
        life.store().notice(thoroughly=True)
    return life


def every_verb_works(life: Life) -> None:
    for verb in (life.log, life.rewrite, life.rotate, life.remove, life.by_hand, life.log, life.rewrite):
        life.clock += 1
        life.make(verb)
        life.store().notice(thoroughly=True)


def untrue(life: Life) -> list[str]:
    """What the history says of pages that were never so, and where it does not know the present."""
    history = FilesStore(str(life.root)).history()
    stood = {path: {pages.get(path) for pages in life.after.values()} for path in [*life.names, LOG]}
    found = []
    newest = history.revisions(limit=1)
    for change in history.revisions():
        for step in change.pages:
            try:
                text = history.text(step.path, change.number)
            except NotFound:
                continue
            was = life.after[change.attribution.message].get(step.path)
            if not change.by_hand and text != was:
                found.append(f"#{change.number} {step.path} was never so by {change.attribution.message}")
            # What a repair left of a log was there only until the entry that it was made for.
            if text not in stood[step.path] and not (
                step.path == LOG and any(each.startswith(text) for each in stood[LOG])
            ):
                found.append(f"#{change.number} {step.path} was never so")
    for path, data in life.on_disk().items():
        if not newest or history.text(path, newest[0].number) != data:
            found.append(f"the present of {path} is not known")
    return found


@pytest.mark.parametrize("names", [*[(name,) for name in HISTORY], HISTORY, None], ids=str)
def test_what_is_deleted_of_the_history_leaves_every_page_and_verb(root, monkeypatch, names):
    monkeypatch.setattr(past, "AGAIN", 0.0)
    life = lived(root, 7, 40)
    pages = life.on_disk()
    for running in (True, False):
        if names is None:
            shutil.rmtree(root / ".cosmemory")
        for name in names or ():
            (root / ".cosmemory" / name).unlink(missing_ok=True)
        if not running:
            life.stores = [FilesStore(str(root)) for _ in life.stores]
        assert life.on_disk() == pages
        assert untrue(life) == []
        every_verb_works(life)
        assert untrue(life) == []
        pages = life.on_disk()


def damage(chance: random.Random, place: Path) -> str:
    """One damage done to a file of the history."""
    data = bytearray(place.read_bytes()) if place.exists() else bytearray()
    if not data:
        return "nothing"
    begin = chance.randrange(len(data))
    what = chance.choice(["cut", "flip", "hole", "garbage", "empty"])
    if what == "cut":
        del data[begin:]
    elif what == "flip":
        data[begin] ^= 1 << chance.randrange(8)
    elif what == "hole":
        data[begin : begin + 600] = bytes(len(data[begin : begin + 600]))
    elif what == "garbage":
        data[begin : begin + 50] = chance.randbytes(50)
    else:
        data.clear()
    place.write_bytes(data)
    return f"{what} at {begin}"


@pytest.mark.parametrize("name", HISTORY)
def test_what_is_damaged_of_the_history_is_never_told_wrong(root, tmp_path, monkeypatch, name):
    monkeypatch.setattr(past, "AGAIN", 0.0)
    life = lived(root, 8, 60)
    chance = random.Random(9)
    kept = tmp_path / "kept"
    shutil.copytree(root, kept)
    found = []
    for turn in range(ROUNDS):
        shutil.rmtree(root)
        shutil.copytree(kept, root)
        again = copy_of(life)
        told = damage(chance, root / ".cosmemory" / name)
        try:
            wrong = untrue_if_told(again)
            every_verb_works(again)
            wrong += untrue_if_told(again)
        except CosmemoryError as error:
            wrong = [repr(error)]
        found += [f"{turn}: {told}: {each}" for each in wrong]
    assert found == []


def untrue_if_told(life: Life) -> list[str]:
    """The same; a history may also say that it is damaged."""
    try:
        return untrue(life)
    except Damaged:
        return []


def copy_of(life: Life) -> Life:
    made = object.__new__(Life)
    made.root, made.names, made.clock = life.root, life.names, life.clock
    made.random = random.Random(3)
    made.after = dict(life.after)
    made.stores = [FilesStore(str(life.root)) for _ in range(3)]
    return made
