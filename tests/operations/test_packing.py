"""Old artifacts of runs that are over, packed or removed, and what is never touched."""

from __future__ import annotations

import gzip

import pytest

from cosmemory.errors import Refused
from cosmemory.operations import runs
from tests.operations.runs_at_hand import memory_at_hand


@pytest.fixture
def project(tmp_path):
    (tmp_path / "made" / "deep").mkdir(parents=True)
    (tmp_path / "made" / "deep" / "report.txt").write_text("all is well\n" * 100)
    (tmp_path / "made" / "log.txt").write_text("one\n")
    (tmp_path / "own.py").write_text("print()\n")
    return tmp_path


def finished(project, **settings):
    """A memory with a run that has registered three files, one of them outside of the folder, and is over."""
    memory = memory_at_hand(artifacts=str(project / "made"), **settings)
    runs.create(memory, "demo", goal="Ship it")
    runs.start(memory, "demo")
    for path in ("made/deep/report.txt", "made/log.txt", "own.py"):
        runs.register_artifact(memory, "demo", path, project=str(project), data={"by": "kim"})
    return memory


def states(memory, project):
    return {each.path: each.state for each in runs.verify_artifacts(memory, "demo", project=str(project))}


def test_they_are_packed_beside_where_they_were_and_known_to_be(project):
    memory = finished(project)
    runs.complete(memory, "demo")
    before = (project / "made" / "deep" / "report.txt").read_bytes()
    done = runs.clean_artifacts(memory, days=0, project=str(project)).result
    assert [(each.path, each.becomes) for each in done] == [
        ("made/deep/report.txt", "packed"),
        ("made/log.txt", "packed"),
    ]
    assert gzip.decompress((project / "made" / "deep" / "report.txt.gz").read_bytes()) == before
    assert not (project / "made" / "deep" / "report.txt").exists()
    assert states(memory, project) == {
        "made/deep/report.txt": "packed",
        "made/log.txt": "packed",
        "own.py": "sound",
    }
    assert runs.artifacts(memory, "demo")[0].more.value == {"by": "kim", "cleaned": "packed"}
    assert runs.clean_artifacts(memory, days=0, project=str(project)).result == ()
    (project / "made" / "log.txt.gz").write_bytes(b"no gzip")
    assert states(memory, project)["made/log.txt"] == "missing"


def test_they_are_removed_where_the_settings_want_none_kept(project):
    memory = finished(project, artifact_gzip=False)
    runs.complete(memory, "demo")
    runs.clean_artifacts(memory, "demo", days=0, project=str(project))
    assert sorted(each.name for each in (project / "made").rglob("*")) == ["deep"]
    assert states(memory, project)["made/log.txt"] == "removed"


def test_one_that_was_changed_since_or_is_not_old_enough_stays(project):
    memory = finished(project, artifact_days=1)
    runs.complete(memory, "demo")
    assert runs.old_artifacts(memory, project=str(project)) == ()
    (project / "made" / "log.txt").write_text("two\n")
    (kept,) = [each for each in runs.old_artifacts(memory, days=0, project=str(project)) if not each.becomes]
    assert (kept.path, kept.state) == ("made/log.txt", "changed")
    runs.clean_artifacts(memory, days=0, project=str(project))
    assert (project / "made" / "log.txt").read_text() == "two\n"


def test_a_link_that_leads_out_of_the_folder_leads_to_nothing_that_is_cleaned_up(project):
    memory = finished(project)
    (project / "outside").mkdir()
    (project / "outside" / "far.txt").write_text("far\n")
    (project / "made" / "way").symlink_to(project / "outside")
    runs.register_artifact(memory, "demo", "made/way/far.txt", project=str(project))
    runs.complete(memory, "demo")
    runs.clean_artifacts(memory, days=0, project=str(project))
    assert (project / "outside" / "far.txt").exists()


def test_it_is_refused_without_a_folder_and_for_a_run_that_lasts(project):
    memory = finished(project)
    with pytest.raises(Refused, match="is executing"):
        runs.clean_artifacts(memory, "demo", days=0, project=str(project))
    assert runs.clean_artifacts(memory, days=0, project=str(project)).result == ()
    with pytest.raises(Refused, match="name no folder"):
        runs.old_artifacts(memory_at_hand())
