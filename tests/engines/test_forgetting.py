"""What the journal lets go: the far past, never a text of the time since, and nothing younger than a checkpoint."""

from __future__ import annotations

import time

import pytest

from cosmemory.engines.files import journal, past
from cosmemory.engines.files.engine import FilesStore
from cosmemory.engines.files.forgetting import DAY, forget
from cosmemory.errors import NotFound
from cosmemory.store import Append, Attribution, Remove, Replace
from tests.engines.scenarios import entry

LOG = "coordination-log.md"


@pytest.fixture
def store(root, monkeypatch):
    """A hundred days of changes, one a day, all of them taken over."""
    monkeypatch.setattr(past, "FULL", 0)
    (root / LOG).write_bytes(b"# Log\n\n---\n\n")
    (root / "old.md").write_bytes(b"old\n")
    store = FilesStore(str(root))
    for day in range(100):
        told = Attribution(actor="kim", operation=f"day {day}", at=int(time.time()) - (100 - day) * DAY)
        with store.writing() as writer:
            page = writer.read("cos-state.md")
            data = (page.data if page else b"# State\n") + b"day %d\n" % day
            writer.commit(
                [
                    Replace(path="cos-state.md", data=data, expected=page.revision if page else None),
                    Append(path=LOG, data=entry(f"day {day}")),
                ],
                told,
            )
            if day == 10:
                writer.commit([Remove(path="old.md", expected=writer.read("old.md").revision)], told)
    return store


def cut(store, days):
    with journal.writable(f"{store.root}/.cosmemory") as kept:
        return forget(kept, store.root, days)


def days(store):
    return [each.attribution.operation for each in store.history().revisions()]


def test_what_is_older_goes_and_every_later_text_stays(store):
    before = store.history()
    texts = {
        (change.number, step.path): before.text(step.path, change.number)
        for change in before.revisions()
        for step in change.pages
    }
    assert cut(store, 30) > 60
    after = store.history()
    left = after.revisions()
    assert [each.attribution.operation for each in left[:3]] == ["day 99", "day 98", "day 97"]
    assert 30 <= len(left) <= 33
    for change in left:
        for step in change.pages:
            assert after.text(step.path, change.number) == texts[change.number, step.path]
    assert after.text("old.md", left[0].number) is None


def test_what_went_is_not_made_up(store):
    number = store.history().revisions("cos-state.md")[-1].number
    cut(store, 30)
    with pytest.raises(NotFound):
        store.history().text("cos-state.md", number)


def test_twice_is_once(store):
    cut(store, 30)
    assert cut(store, 30) == 0


def test_a_day_is_the_least_that_goes(store):
    cut(store, 30)
    assert cut(store, 29) <= 2


def test_nothing_younger_than_a_checkpoint_goes(store, root):
    made = time.strftime("checkpoint_%Y%m%d_%H%M%S", time.gmtime(time.time() - 80 * DAY))
    (root / "checkpoints" / made).mkdir(parents=True)
    cut(store, 30)
    assert len(days(store)) >= 80


def test_a_change_lets_go_of_what_its_store_is_not_to_keep(store, root):
    short = FilesStore(str(root), keep_days=10)
    short.append(LOG, entry("today"))
    assert len(days(short)) <= 14
    assert short.read(LOG).data.count(b"\n---\n\n") == 102
