"""The power cut at any instant, whatever the disk had kept back: every page old or new, and nothing said in vain."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from cosmemory.engines.files import clearing, copies, intent, past, staged
from cosmemory.engines.files.engine import FilesStore
from cosmemory.store import Append, Replace
from tests.engines.cuts import AMOUNT, booted_again, empty, judged, recorded, some, without_exchange
from tests.engines.power import Recording, lay_out, trees
from tests.engines.scenarios import (
    HEAD,
    LOG,
    NEW,
    PAGE,
    SCENARIOS,
    Operation,
    Pages,
    Scenario,
    appending,
    commit,
    creating,
    entry,
    replacing,
)

by_name = {scenario.name: scenario for scenario in SCENARIOS}
# After how many first cuts the second one during recovery is tried.
AGAIN = 40 if AMOUNT == "all" else 3
LEAST_STATES = {scenario.name: 10 for scenario in SCENARIOS} | {
    "together": 900,
    "sequence": 1_000,
    "long-pages": 900,
}


def cut_campaign(scenario: Scenario, root: Path, *, deaf: str = "") -> tuple[int, list[str]]:
    """The number of states that a power cut may leave, and every violation found in those that are judged."""
    states, left, _ = recorded(scenario, root, deaf=deaf)
    found = [each for tree, done in some(left) for each in judged(tree, states, done, root)]
    return len(left), found


def take_over(root: Path) -> None:
    """Whatever a next writer does before it writes."""
    with FilesStore(str(root)).writing():
        pass


def recovery_campaign(scenario: Scenario, root: Path, most: int) -> tuple[int, list[str]]:
    """The same for a second power cut while the next writer recovers, for some states after the first one."""
    states, left, _ = recorded(scenario, root)
    chance = random.Random(2)
    count, found = 0, []
    for tree, done in chance.sample(sorted(left.items()), min(most, len(left))):
        lay_out(tree, root)
        recording = Recording(root)
        with booted_again():
            recording.record(lambda _: take_over(root))
        empty(root)
        again = sorted(trees(recording, chance))
        again = chance.sample(again, min(150 if AMOUNT == "all" else 20, len(again)))
        count += len(again)
        found += [each for after in again for each in judged(after, states, done, root, b"third-boot")]
    return count, found


@pytest.mark.parametrize("name", by_name)
def test_the_power_may_go_at_any_instant(name, root):
    count, found = cut_campaign(by_name[name], root)
    print(f"{name}: {count} states after a power cut")
    assert found == []
    assert count >= LEAST_STATES[name]


@pytest.mark.parametrize(
    "name", ["replace", "remove", "together", "two-pages", "long-page", "long-pages", "rotation", "sequence"]
)
def test_the_power_may_go_where_names_cannot_be_exchanged(name, root):
    with without_exchange():
        count, found = cut_campaign(by_name[name], root)
    print(f"{name}: {count} states after a power cut, without an exchange")
    assert found == []
    assert count >= LEAST_STATES[name]


@pytest.mark.parametrize(
    "name",
    [
        "together",
        "sequence",
        "remove",
        "first-append",
        "rotation",
        "two-pages",
        "long-page",
        "long-pages",
        "restore",
    ],
)
def test_the_power_may_go_again_during_the_recovery(name, root):
    count, found = recovery_campaign(by_name[name], root, AGAIN)
    print(f"{name}: {count} states after a power cut during recovery")
    assert found == []
    assert count >= AGAIN


# Each fsync, taken away, is missed.

MISSED_IN = {
    "copies._finish": "checkpoint",
    "copies._fsync_or_take_back": "checkpoint",
    "copies._let_files_go": "checkpoint",
    "folder.make_folder": "new-page",
    "intent._fsync_or_withdraw": "together",
    "intent._record": "together",
    "intent._withdraw": "sequence",
    "log._write": "append",
    "replace._make_durable": "replace",
    "replace._write_beside": "replace",
    "disk.sync_folders": "long-pages",
}
# And each on the way of a page whose text stands beside it, not in the record. A record that comes back after all of
# it was done finds no such text any more, and makes nothing again: that its removal lasts is missed with others alone.
MISSED_WHERE_STAGED = (
    "intent._fsync_or_withdraw",
    "intent._record",
    "log._write",
    "replace._make_durable",
    "replace._write_beside",
)
MISSED_IN_REPAIRS = ("shelf.put_aside", "torn._put_over")
NOT_MISSED = {
    "copies.move": "a move that is lost leaves the copy where it was",
    "folder.enter": "what a writer made who did not die is durable already",
    "folder._create": "the first lock file is empty, and git's own file comes back with it",
    "folder.create_own_folder": "what has no name yet is made again",
}


@pytest.mark.parametrize("site", MISSED_IN)
def test_without_any_one_fsync_something_is_lost(site, root):
    states, left, _ = recorded(by_name[MISSED_IN[site]], root, deaf=site)
    assert any(judged(tree, states, done, root) for tree, done in left.items())


@pytest.mark.parametrize("site", MISSED_WHERE_STAGED)
def test_without_any_one_fsync_of_a_staged_text_something_is_lost(site, root):
    states, left, sites = recorded(by_name["long-page"], root, deaf=site)
    assert any(judged(tree, states, done, root) for tree, done in left.items())
    assert sites == {*MISSED_WHERE_STAGED, "intent._withdraw"}


def test_every_fsync_is_accounted_for(root):
    sites = {site for scenario in SCENARIOS for site in recorded(scenario, root)[2]}
    assert sites == {*MISSED_IN, *MISSED_IN_REPAIRS, *NOT_MISSED}


SPOOL = ".cosmemory/spool"


def test_the_power_may_go_while_many_files_are_made_durable_together(root, monkeypatch):
    monkeypatch.setattr(copies, "FEW", 2)
    assert cut_campaign(by_name["checkpoint"], root)[1] == []


def test_without_that_one_call_a_copy_of_many_files_is_not_whole(root, monkeypatch):
    monkeypatch.setattr(copies, "FEW", 2)
    states, left, sites = recorded(by_name["checkpoint"], root, deaf="copies.fill")
    assert "copies.fill" in sites
    assert any(judged(tree, states, done, root) for tree, done in left.items())


BAD = b"\xff\xfd\xfc damaged \xfb"
WORDS = b"a person's own words, longer than what was damaged before them\n"


def repair_campaign(root: Path, *, deaf: str = "", holes: bool = False) -> list[str]:
    """A log whose damaged bytes are put aside while the power goes: neither they nor a person's words get lost.

    Where the end of a write may reach the disk before its begin, the words may be whole in quarantine alone.
    """
    log_before = HEAD + b"### 2026-11-21T05:00:00Z\n**Action:** to" + BAD[:3] + WORDS
    scenario = Scenario(
        name="repair",
        operations=(lambda store: store.append(LOG, entry("second")),),
        before={LOG: log_before},
    )
    _, left, _ = recorded(scenario, root, deaf=deaf, holes=holes)
    found = []
    for tree in left:
        # What the history keeps of it does not count: no power cut may hang on that.
        texts = {path: text for path, _, text in tree if text is not None and path != SPOOL}
        standing = iter(texts[LOG])
        on_the_page = all(byte in standing for byte in WORDS)  # in their order; a torn write may double some
        aside = holes and any(WORDS in text for path, text in texts.items() if path != LOG)
        if not on_the_page and not aside:
            found.append("a person's words are gone")
        if not any(BAD[:3] in text for text in texts.values()):
            found.append("the damaged bytes are gone for good")
    return found


def test_the_power_may_go_while_damaged_bytes_are_put_aside(root):
    assert repair_campaign(root) == []
    assert repair_campaign(root, holes=True) == []


@pytest.mark.parametrize("site", MISSED_IN_REPAIRS)
def test_without_any_fsync_of_a_repair_bytes_are_lost(site, root):
    assert repair_campaign(root, deaf=site) != []


SHOULD_HAVE_BEEN = b"what the killed writer was about to make of it\n"


def edited_campaign(root: Path, *, deaf: str = "") -> list[str]:
    """A writer died with its change recorded, a person saved the page, and the power goes while the next one recovers.

    What the page should have been stays in the record of the change, in the history or beside the pages.
    """
    Scenario(name="edited", operations=()).prepare(root)
    with patch.object(intent, "_take", side_effect=KeyboardInterrupt), suppress(KeyboardInterrupt):
        commit(replacing(PAGE, SHOULD_HAVE_BEEN), appending(entry("together")))(FilesStore(str(root)))
    (root / PAGE).write_bytes(b"a person's\n")
    recording = Recording(root, deaf=deaf)
    recording.record(partial(followed_by, root, lambda store: store.append(LOG, entry("next"))))
    empty(root)
    found = []
    for tree in trees(recording, random.Random(1)):
        lay_out(tree, root)
        with booted_again():
            store = FilesStore(str(root))
            store.append(LOG, entry("after the cut"))
        history = store.history()
        told = [history.text(PAGE, change.number) for change in history.revisions(PAGE)]
        aside = [each.read_bytes() for each in root.glob(".cosmemory/conflicts/*")]
        if SHOULD_HAVE_BEEN not in (*told, *aside):
            found.append("what a killed writer changed is gone")
        if (root / PAGE).read_bytes() != b"a person's\n":
            found.append("what a person saved is gone")
        empty(root)
    return found


def test_the_power_may_go_while_a_killed_change_of_an_edited_page_goes_to_the_history(root):
    assert edited_campaign(root) == []


@pytest.mark.parametrize("site", ["spool.lasts"])
def test_without_the_fsync_of_the_history_a_killed_change_of_an_edited_page_is_lost(root, site):
    assert edited_campaign(root, deaf=site) != []


def succession(root: Path, first: Operation, second: Operation, path: str, *, before: Pages) -> list[str]:
    """A writer killed at any step, another who builds on what it left, and then the power cut.

    What the second one acknowledged must not hang on a name or folder that the first one had not made durable.
    """
    found = []
    step, killed = 0, True
    while killed:
        Scenario(name="succession", operations=(), before=before, fresh=True).prepare(root)
        recording = Recording(root)
        killed = recording.record_killed(step, lambda: first(FilesStore(str(root))))
        recording.record(partial(followed_by, root, second))
        expected = (root / path).read_bytes()
        for tree, acknowledged in trees(recording, random.Random(3)).items():
            texts = {place: text for place, _, text in tree}
            if acknowledged and texts.get(path) != expected:
                found.append(f"step {step}: {path} is {texts.get(path)!r}")
        empty(root)
        step += 1
    assert step > 8
    return found


def followed_by(root: Path, operation: Operation, acknowledge: Callable[[], None]) -> None:
    """An operation of a new writer, acknowledged."""
    operation(FilesStore(str(root)))
    acknowledge()


def write_over(store: FilesStore) -> None:
    """The new page once more, whether the writer before had come to make it or not."""
    with store.writing() as writer:
        stored = writer.read(NEW)
        revision = stored.revision if stored else None
        writer.commit([Replace(path=NEW, data=b"the second writer's\n", expected=revision)])


def begin_and_append(store: FilesStore) -> None:
    """An entry in a log that the writer before may have begun."""
    with store.writing() as writer:
        if writer.read(LOG) is None:
            writer.commit([Replace(path=LOG, data=HEAD, expected=None)])
        writer.commit([Append(path=LOG, data=entry("acknowledged"))])


def test_a_page_stays_that_was_written_over_one_of_a_dead_writer(root):
    first = commit(creating(NEW, b"the first writer's\n"))
    assert succession(root, first, write_over, NEW, before={PAGE: b"x"}) == []


def test_an_entry_stays_that_was_appended_to_the_log_of_a_dead_writer(root):
    first = commit(creating(LOG, HEAD))
    assert succession(root, first, begin_and_append, LOG, before={PAGE: b"x"}) == []


@pytest.mark.parametrize("path", [PAGE, LOG])
def test_a_staged_page_stays_that_a_dead_writer_began_and_another_one_finished(root, monkeypatch, path):
    monkeypatch.setattr(staged, "LONG", 0)
    first = commit(replacing(PAGE, b"# State\n\nnew\n"), appending(entry("together")))
    before = {PAGE: b"# State\n", LOG: HEAD}
    assert succession(root, first, lambda store: store.append(LOG, entry("next")), path, before=before) == []


def test_without_an_fsync_after_a_dead_writer_its_log_takes_our_entry_along(root, monkeypatch):
    monkeypatch.setattr(clearing, "clear", lambda *_, **__: [])
    first = commit(creating(LOG, HEAD))
    assert succession(root, first, begin_and_append, LOG, before={PAGE: b"x"}) != []


@pytest.mark.parametrize("name", ["replace", "append", "together", "two-pages"])
def test_the_power_may_go_while_the_journal_takes_the_spool_over(name, root, monkeypatch):
    """What SQLite writes is not seen, and lost every time: the pages hang on none of it."""
    monkeypatch.setattr(past, "FULL", 0)
    count, found = cut_campaign(by_name[name], root)
    assert found == []
    assert count >= 10
