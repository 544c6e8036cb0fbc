"""Settings: what a file may say, from where it is read, and how a mistake in it is told."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from cosmemory.config import FORMAT, Settings, load_settings, settings_of
from cosmemory.errors import ConfigError

WHOLE = """
format = 1
templates = "pages"

[log]
event_types = ["deployment", "review"]

[bounds]
decisions = 5
ended_actions = 6
resolved_alerts = 7
team_changes = 8

[targets]
"On-Time Rate" = 90

[target_roles]
Developer = 3

[storage]
durability = "file"
lock_timeout = 2.5
"""


def memory_in(project: Path) -> Path:
    root = project / "design" / "memory"
    root.mkdir(parents=True)
    return root


def test_every_setting_is_read(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "cosmemory.toml").write_text(WHOLE)
    assert load_settings(str(memory_in(tmp_path))) == Settings(
        event_types=("deployment", "review"),
        decisions=5,
        ended_actions=6,
        resolved_alerts=7,
        team_changes=8,
        targets={"On-Time Rate": 90.0},
        target_roles={"Developer": 3},
        templates=str(tmp_path / "pages"),
        durability="file",
        lock_timeout=2.5,
    )


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert load_settings(str(memory_in(tmp_path))) == Settings()


def test_the_file_beside_the_pages_comes_before_that_of_the_project(tmp_path: Path) -> None:
    root = memory_in(tmp_path)
    (tmp_path / "cosmemory.toml").write_text("[bounds]\ndecisions = 3\n")
    assert load_settings(str(root)).decisions == 3
    (root / "cosmemory.toml").write_text("[bounds]\nteam_changes = 4\n")
    assert load_settings(str(root)) == Settings(team_changes=4)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ({"bounds": {"decision": 3}}, "bounds.decision: no such setting"),
        ({"colour": "red"}, "colour: no such setting"),
        ({"bounds": {"decisions": 0}}, "bounds.decisions: expected a number of rows from 1 on"),
        (
            {"bounds": {"decisions": "many"}},
            "bounds.decisions: expected a number of rows from 1 on, not 'many'",
        ),
        (
            {"storage": {"durability": "mostly"}},
            "storage.durability: expected full, file or none, not 'mostly'",
        ),
        ({"storage": {"lock_timeout": 0}}, "storage.lock_timeout: expected seconds above 0 and up to 3600"),
        ({"log": ["review"]}, "log: expected a table"),
    ],
)
def test_a_mistake_is_told_with_its_place(held: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError) as refused:
        settings_of(held)
    assert told in str(refused.value)


def test_a_key_that_is_nearly_right_gets_a_hint() -> None:
    with pytest.raises(ConfigError) as refused:
        settings_of({"bounds": {"decision": 3}})
    assert refused.value.hint == "Did you mean bounds.decisions?"


def test_a_newer_format_is_told_apart_whatever_else_the_file_says() -> None:
    assert settings_of({"format": FORMAT + 1, "unheard": {"of": 1}}) == Settings(format=FORMAT + 1)


def test_a_folder_of_templates_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "cosmemory.toml").write_text('templates = "pages"\n')
    with pytest.raises(ConfigError, match=r"templates: there is no folder .*pages"):
        load_settings(str(memory_in(tmp_path)))


def bind(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(file))


@pytest.mark.parametrize("name", ["cosmemory.toml", "cosmemory.local.toml"])
@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Path.mkdir, "it is a folder, not a file"),
        (os.mkfifo, "it is a pipe, not a file"),
        (bind, "it is a socket, not a file"),
        (lambda file: file.symlink_to("/dev/zero"), "it is a device, not a file"),
        (lambda file: file.symlink_to("nowhere"), "No such file or directory"),
    ],
    ids=["folder", "pipe", "socket", "device", "link to nowhere"],
)
def test_what_bears_the_name_and_is_no_file_is_told_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, make: Callable[[Path], None], said: str
) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket may not be long
    make(Path(name))
    with pytest.raises(ConfigError, match=rf"{name}: {said}\.$"):
        load_settings(str(memory_in(tmp_path)))


def test_a_file_that_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "cosmemory.toml"
    file.write_text("[bounds]\ndecisions = = 3\n")
    with pytest.raises(ConfigError, match="line 2"):
        load_settings(str(memory_in(tmp_path)))
