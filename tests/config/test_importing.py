"""The configuration of an orchestrator taken over: what goes where, and that nothing is lost."""

from __future__ import annotations

import tomllib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cosmemory.config import Settings, settings_of
from cosmemory.config.editing import changed, with_value
from cosmemory.config.importing import NAMES, imported
from cosmemory.config.settings import Verification
from cosmemory.syntax.front_matter import read_yaml

WHOLE = """\
execution:
  max_retries: 4
  retry_delay_seconds: 2
  backoff_multiplier: 1.5
  copilot_mode: true
findings_thresholds:
  critical: 0
  major: 1
  max_medium: 6
  minor_threshold: 10
verification:
  build_command: make
  test: {command: pytest -q, timeout: 900}
  lint: ruff check
  security: {enabled: false, command: bandit}
  custom_tests:
    - {name: contract, command: pytest tests/contract, timeout: 120, owner: qa}
rag:
  chunk_size: 1000
  search: {top_k: 5, kinds: [page, log]}
git:
  auto_pull: true
  auto_commit: false
  branch_per_phase: true
artifacts:
  base_path: data/artifacts
  retention_days: 14
  compress: false
logging:
  level: WARN
  file: logs/orchestrator.log
  max_size_mb: 10
  backup_count: 5
model_overrides:
  planner: {temperature: 0.2}
"""


def taken(text: str):
    held, problem = read_yaml(text)
    assert problem == ""
    return imported(held)


def written(text: str, file: str = "") -> str:
    for each in taken(text):
        if each.path:
            file = with_value(file, each.path, each.value)
    return file


def test_what_means_something_here_is_a_setting():
    found = settings_of(tomllib.loads(written(WHOLE)))
    assert found == Settings(
        phase_retries=4,
        retry_delay=2.0,
        retry_backoff=1.5,
        major_findings=1,
        medium_findings=6,
        minor_findings=10,
        verification={
            "build": Verification(command="make"),
            "test": Verification(command="pytest -q", timeout=900.0),
            "lint": Verification(command="ruff check"),
            "security": Verification(command="bandit", enabled=False),
            "contract": Verification(command="pytest tests/contract", timeout=120.0),
        },
        artifacts="data/artifacts",
        artifact_days=14,
        artifact_gzip=False,
        log_level="warning",
        log_file="logs/orchestrator.log",
        log_bytes=10 * 1024 * 1024,
        log_backups=5,
        extra={
            "execution": {"copilot_mode": True},
            "findings_thresholds": {"critical": 0},
            "verification": {"custom_tests": {"0": {"owner": "qa"}}},
            "rag": {"chunk_size": 1000, "search": {"top_k": 5, "kinds": ["page", "log"]}},
            "git": {"auto_pull": True, "auto_commit": False, "branch_per_phase": True},
            "model_overrides": {"planner": {"temperature": 0.2}},
        },
    )


def test_every_value_is_named_in_the_report():
    named = {each.name for each in taken(WHOLE)}
    held = yaml.safe_load(WHOLE)
    tests = held["verification"].pop("custom_tests")
    leaves = {".".join(path) for path, _ in leaves_of(held)}
    leaves |= {f"verification.custom_tests[0].{key}" for key in tests[0] if key != "name"}
    assert named == leaves


def test_a_second_import_changes_nothing():
    file = written(WHOLE)
    assert written(WHOLE, file) == file


@pytest.mark.parametrize(("path", "names"), NAMES.items())
def test_every_name_that_a_setting_has_had_leads_to_it(path, names):
    value = {("execution", "backoff"): 2, ("logging", "level"): "info"}.get(path, 5)
    if path in {("artifacts", "folder"), ("logging", "file")}:
        value = "named"
    if path == ("artifacts", "gzip"):
        value = True
    if path == ("runs", "phase_retries"):
        value = {"build": 1}
    for name in names:
        found = imported(changed({}, tuple(name.split(".")), value))
        assert [(each.path[:2], each.note) for each in found] == [(path, "")]


@pytest.mark.parametrize(
    ("text", "key", "note"),
    [
        (
            "logging: {level: LOUD}",
            "extra.logging.level",
            "expected debug, info, warning or error, not 'loud'",
        ),
        (
            "execution: {max_retries: many}",
            "extra.execution.max_retries",
            "expected a whole number from 0 on, not 'many'",
        ),
        (
            "verification: {lint_enabled: true}",
            "extra.verification.lint_enabled",
            "verification.lint.command is missing",
        ),
        (
            "verification: {custom_tests: [nameless]}",
            "extra.verification.custom_tests.0",
            "it is no test with a name",
        ),
        ("rag: {weights: [1, null]}", "extra.rag.weights", "it means nothing here; kept as JSON"),
        ("git: {auto_commit: null}", "", "it says nothing"),
        ("artifacts: 5", "extra.artifacts", "it means nothing here"),
        ("seen: 2026-11-21", "extra.seen", "it means nothing here"),
    ],
)
def test_what_does_not_fit_is_kept_and_the_reason_told(text, key, note):
    (found,) = taken(text)
    assert (".".join(found.path), found.note) == (key, note)


def test_of_two_names_for_one_thing_the_first_counts_and_the_other_is_kept():
    first, second = taken("execution: {max_retries: 4}\nmax_retries: 9\n")
    assert (first.path, first.value) == (("runs", "retries"), 4)
    assert (second.path, second.note) == (("extra", "max_retries"), "execution.max_retries says it already")


def test_a_file_that_is_no_yaml_is_told_with_its_line():
    assert read_yaml("a: 1\nb: [\n")[1].startswith("The file cannot be read at line 3")
    assert read_yaml("- 1\n")[1] == "The file is not a list of `key: value` lines."


values = (
    st.integers(-5, 10**6)
    | st.booleans()
    | st.none()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.lists(st.integers() | st.none() | st.text(max_size=3), max_size=2)
)
groups = st.sampled_from(
    [
        "execution",
        "findings_thresholds",
        "verification",
        "rag",
        "git",
        "artifacts",
        "logging",
        "model_overrides",
    ]
)
keys = st.sampled_from(
    [
        "max_retries",
        "major",
        "build",
        "build_command",
        "custom_tests",
        "path",
        "level",
        "file",
        "max_size_mb",
        "x.y",
        "é",
    ]
)
configurations = st.dictionaries(
    groups | keys, values | st.dictionaries(keys, values, max_size=4), max_size=5
)


@given(configurations)
def test_whatever_is_imported_gives_settings_that_are_right_and_keeps_every_value(held):
    found = imported(held)
    file: dict = {}
    for each in found:
        if each.path:
            file = changed(file, each.path, each.value)
    settings_of(file)
    count = sum(
        len(value)
        if isinstance(value, list) and path[0] == "verification" and path[-1] == "custom_tests"
        else 1
        for path, value in leaves_of(held)
    )
    assert len(found) == count
    places = [each.path for each in found if each.path]
    assert len(places) == len(set(places))


@given(configurations)
def test_whatever_is_imported_can_be_written_and_read_again(held):
    text = ""
    wanted: dict = {}
    for each in imported(held):
        if each.path:
            text = with_value(text, each.path, each.value)
            wanted = changed(wanted, each.path, each.value)
    assert repr(sorted_deep(tomllib.loads(text))) == repr(sorted_deep(wanted))


def leaves_of(held, path=()):
    for key, value in held.items():
        if isinstance(value, dict) and value:
            yield from leaves_of(value, (*path, key))
        else:
            yield (*path, key), value


def sorted_deep(held):
    if isinstance(held, dict):
        return {key: sorted_deep(held[key]) for key in sorted(held)}
    return [sorted_deep(each) for each in held] if isinstance(held, list) else held
