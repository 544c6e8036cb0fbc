"""Checks, validators and constraints of a project's own: run by validate, heeded by every write, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest

from cosmemory import open_memory
from cosmemory.__main__ import main
from cosmemory.checks.project import check, project_of, validator
from cosmemory.checks.seen import Found
from cosmemory.config import Settings
from cosmemory.engines.files import listing
from cosmemory.errors import ConfigError, InvalidValue
from cosmemory.operations import board
from cosmemory.operations.pages import set_value
from cosmemory.operations.state import set_focus

CHECKS = '''\
from cosmemory import check, constraint, validator


@check(code="ACME001", name="focus-in-capitals", fix="safe", why="Nobody likes to be shouted at.")
def shouting(pages):
    """Finds a focus in capitals."""
    for page in pages.of("cos-state"):
        focus = page.document.current_focus
        if focus.primary_task and focus.primary_task.isupper():
            yield page.found("the focus shouts", focus, "primary_task", better=focus.primary_task.capitalize())


@validator("board:plan*")
def has_tasks(plan):
    return isinstance(plan, dict) and "tasks" in plan, ["it names no tasks"]


@validator("cos-state")
def not_secret(state):
    if "secret" in (state.current_focus.primary_task or ""):
        return "the focus gives a secret away"


@constraint("values on the board are short")
def short(name, value):
    return not name.startswith("board:") or len(str(value)) < 50
'''


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    root = tmp_path / "memory"
    monkeypatch.setenv("COSMEMORY_NOW", "2026-11-21T06:00:00Z")

    def call(*arguments):
        code = main(["--root", str(root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    call("init")
    call.root = root
    return call


@pytest.fixture
def project(run):
    """A memory whose settings name one file of checks, written anew by a call."""
    (run.root / "cosmemory.toml").write_text('[checks]\nfiles = ["checks.py"]\n', encoding="utf-8")

    def write(text):
        (run.root / "checks.py").write_text(textwrap.dedent(text), encoding="utf-8")

    write(CHECKS)
    return write


def test_a_check_finds_with_its_own_code_at_its_own_place_and_mends(run, project):
    run("focus", "SHIP IT")
    code, out, _ = run("validate")
    assert (code, out.split("\n")[0].rpartition("cos-state.md")[2]) == (
        0,
        ":10:21: ACME001 [*] the focus shouts",
    )
    assert run("validate", "--strict")[0] == 1
    assert run("validate", "--fix")[1].startswith("Fixed 1.")
    assert run("get", "cos-state", "current_focus.primary_task")[1] == "Ship it\n"


def test_its_rule_is_explained_and_selected(run, project):
    assert run("rule", "acme001")[1].startswith("# focus-in-capitals (ACME001)\n\nSeverity: warning.")
    assert "Nobody likes to be shouted at." in run("rule", "focus-in-capitals")[1]
    assert "ACME001" in run("rule", "--all")[1]
    run("focus", "SHIP IT")
    assert "ACME001" in run("validate", "--select", "ACME")[1]
    assert "ACME001" not in run("validate", "--ignore", "ACME001")[1]
    assert run("validate", "--select", "ACMX001")[0] == 2
    assert (
        json.loads(run("validate", "--output-format", "sarif")[1])["runs"][0]["results"][0]["ruleId"]
        == "ACME001"
    )


def test_its_findings_are_suppressed_like_any_other(run, project, monkeypatch):
    monkeypatch.setattr(listing, "SETTLED", 0)
    run("focus", "SHIP IT")
    page = run.root / "cos-state.md"
    text = page.read_text(encoding="utf-8")
    line = "- **Primary Task:** SHIP IT"
    page.write_text(text.replace(line, f"<!-- cosmemory-disable-next-line ACME001 -- meant -->\n{line}"))
    for _ in range(2):
        assert run("validate")[:2] == (0, "All checks passed.\n")
    assert run("validate", "--no-project-checks")[:2] == (0, "All checks passed.\n")
    run("focus", "ship it")
    assert "COS901" in run("validate")[1]
    project("")
    assert "COS902" in run("validate")[1]


def test_without_project_checks_none_is_run(run, project):
    project("raise SystemExit('this must not be run')")
    assert run("validate", "--no-project-checks")[:2] == (0, "All checks passed.\n")
    assert run("validate")[0] == 1
    (run.root / "cosmemory.toml").write_text(
        '[checks]\nfiles = ["checks.py"]\nrun = false\n', encoding="utf-8"
    )
    assert run("validate")[:2] == (0, "All checks passed.\n")
    assert run("board", "set", "plan", "anything")[0] == 0


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("x = 1\nraise KeyError('no')", 2, "checks.py cannot be loaded: KeyError: 'no'"),
        ("def x(:", 1, "checks.py cannot be loaded: SyntaxError: invalid syntax (checks.py, line 1)"),
        ("import sys\nsys.exit(3)", 2, "checks.py cannot be loaded: SystemExit: 3"),
        ("from cosmemory import check\n@check(code='COS999', name='x')\ndef f(p): ...", 2, "ValueError: 'COS999' is no code"),
        ("from cosmemory import check\n@check(code='AB001', name='stale-state')\ndef f(p): ...", 2, "'stale-state' is no name"),
        ("from cosmemory import check\n@check(code='AB001', name='x')\nasync def f(p): ...", 2, "TypeError: f is async"),
        ("from cosmemory import check\n@check(code='AB001', name='x')\ndef f(pages):\n    return 1 / 0", 4, "the check AB001 failed: ZeroDivisionError: division by zero"),
        ("from cosmemory import check\n@check(code='AB001', name='x')\ndef f(pages):\n    return [3]", 1, "TypeError: it gave int"),
        ("from cosmemory import check\n@check(code='AB001', name='x')\ndef f(pages):\n    for page in pages.of('cos-state'):\n        page.document.notes = 'x'", 5, "FrozenInstanceError: cannot assign to field 'notes'"),
    ],
)  # fmt: skip
def test_what_fails_is_a_finding_of_one_sentence(run, project, text, line, said):
    project(text)
    code, out, err = run("validate")
    assert code == 1
    assert f"checks.py:{line}:1: COS541 " in out.replace(":5:9:", ":5:1:").replace(":4:5:", ":4:1:")
    assert said in out.replace(str(run.root) + os.sep, "")
    assert "Traceback" not in out + err


def test_a_file_of_the_project_is_named_as_it_is_seen_from_here(run, project, tmp_path, monkeypatch):
    project("raise ValueError('no')")
    monkeypatch.chdir(run.root)
    for how in ("concise", "json", "github", "sarif"):
        assert ".." not in run("validate", "--output-format", how)[1]
    assert run("validate")[1].startswith("checks.py:1:1: COS541 checks.py cannot be loaded")


def test_a_file_that_is_not_there_is_told_with_the_settings_that_name_it(run, project):
    project("")
    (run.root / "checks.py").unlink()
    code, out, _ = run("validate")
    assert (code, "checks.py is not there, and the settings name it below [checks]" in out) == (1, True)
    said = run("focus", "SHIP IT")[2]
    assert "checks.py is not there, and the settings name it below [checks]." in said


def test_one_failing_check_leaves_the_others_alone(run, project):
    project(CHECKS + "\n\n@check(code='ACME002', name='y')\ndef broken(pages):\n    yield 1 / 0\n")
    run("focus", "SHIP IT")
    out = run("validate")[1]
    assert "ACME001" in out
    assert "the check ACME002 failed" in out


def test_a_code_is_registered_once(run, project):
    project(CHECKS + "\n\n@check(code='ACME001', name='y')\ndef again(pages):\n    return ()\n")
    assert "ACME001 or y is registered twice" in run("validate")[1]


def test_a_validator_refuses_whatever_door_the_change_comes_by(run, project):
    memory = open_memory(str(run.root))
    with pytest.raises(InvalidValue, match="plan on the board is not valid: it names no tasks"):
        board.set(memory, "plan", {"done": True})
    assert not (run.root / "board.md").exists()
    board.set(memory, "plan", {"tasks": []})
    before = (run.root / "board.md").read_bytes()
    for line in (
        ["board", "set", "plan", "3"],
        ["set", "board", "entries.plan.value", "3"],
        ["add", "board", "entries", "key=plan-b", "value=3"],
    ):
        code, out, err = run(*line)
        assert (code, out) == (1, "")
        assert "on the board is not valid: it names no tasks" in err
    assert (run.root / "board.md").read_bytes() == before
    with pytest.raises(InvalidValue, match="not valid: values on the board are short"):
        board.set(memory, "other", "x" * 60)


def test_a_validator_of_a_kind_sees_the_whole_document(run, project):
    memory = open_memory(str(run.root))
    before = (run.root / "cos-state.md").read_bytes()
    with pytest.raises(InvalidValue, match=r"cos-state\.md is not valid: the focus gives a secret away"):
        set_focus(memory, "the secret plan")
    with pytest.raises(InvalidValue):
        set_value(memory, "cos-state", "current_focus.primary_task", "a secret")
    assert (run.root / "cos-state.md").read_bytes() == before
    set_focus(memory, "ship it")


def test_what_was_written_by_hand_is_found(run, project):
    board.set(open_memory(str(run.root)), "plan", {"tasks": []})
    page = run.root / "board.md"
    page.write_text(page.read_text().replace('{"tasks": []}', "soon"))
    assert "board.md:9:10: COS540 it names no tasks" in run("validate")[1]
    # What stands there already is told, and does not keep anybody from writing something else.
    assert run("board", "set", "other", "1")[0] == 0


def test_validators_that_cannot_be_loaded_let_nothing_through(run, project):
    project("raise KeyError('no')")
    with pytest.raises(ConfigError, match=r"checks\.py cannot be loaded: KeyError: 'no'"):
        set_focus(open_memory(str(run.root)), "anything")


def test_a_validator_that_raises_refuses(run, project):
    project(
        "from cosmemory import validator\n@validator('board:*')\ndef odd(value):\n    return value['x']\n"
    )
    with pytest.raises(InvalidValue, match="judging it by odd failed: TypeError"):
        board.set(open_memory(str(run.root)), "plan", 3)


def test_a_changed_file_is_run_again(run, project):
    memory = open_memory(str(run.root))
    with pytest.raises(InvalidValue):
        board.set(memory, "plan", 3)
    project("")
    board.set(memory, "plan", 3)


def test_nothing_is_left_beside_the_file_and_nothing_is_run_for_reading(run, project):
    project("import pathlib\npathlib.Path(__file__).with_name('ran').touch()\n")
    run("show", "cos-state")
    run("get", "cos-state", "session_info.status")
    run("log", "decision", "--action", "x")
    assert not (run.root / "ran").exists()
    run("validate")
    assert (run.root / "ran").exists()
    assert not (run.root / "__pycache__").exists()


def test_a_check_that_hangs_on_other_pages_is_done_again_though_its_page_is_clean(run, project, monkeypatch):
    monkeypatch.setattr(listing, "SETTLED", 0)
    project("""\
        from cosmemory import check


        @check(code="ACME001", name="roster-needs-a-focus")
        def both(pages):
            focus = pages.page("cos-state.md").document.current_focus.primary_task
            if focus == "none at all":
                yield pages.page("team-roster.md").found("nobody knows what for")
    """)
    run("focus", "ship it")
    assert "ACME001" not in run("validate")[1] + run("validate")[1]
    run("focus", "none at all")
    assert "team-roster.md:1:1: ACME001 nobody knows what for" in run("validate")[1]
    run("focus", "ship it")
    assert "ACME001" not in run("validate")[1]


def test_a_package_registers_by_its_entry_point(tmp_path):
    root, site = tmp_path / "memory", tmp_path / "site"
    info = site / "acme_checks-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "acme_checks.py").write_text(CHECKS)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-checks\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[cosmemory.checks]\nacme = acme_checks\n")

    def call(*words):
        env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(site), *sys.path])}
        line = [sys.executable, "-m", "cosmemory", "--root", str(root), *words]
        ran = subprocess.run(line, env=env, capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout, ran.stderr

    call("init")
    call("focus", "SHIP IT")
    assert "ACME001" not in call("validate")[1]
    (root / "cosmemory.toml").write_text('[checks]\npackages = ["acme-checks"]\n')
    assert "ACME001 [*] the focus shouts" in call("validate")[1]
    assert "it names no tasks" in call("board", "set", "plan", "3")[2]
    (root / "cosmemory.toml").write_text('[checks]\npackages = ["acme-chekcs"]\n')
    assert "the checks of acme-chekcs cannot be loaded: PackageNotFoundError" in call("validate")[1]


def test_two_memories_of_one_process_have_each_its_own(tmp_path):
    for name, code in (("one", "ONE001"), ("two", "TWO001")):
        (tmp_path / f"{name}.py").write_text(
            f"from cosmemory import check\n@check(code='{code}', name='x')\ndef f(pages): return ()\n"
        )
    settings = [Settings(check_files=(str(tmp_path / f"{name}.py"),)) for name in ("one", "two")]
    assert [[rule.code for rule in project_of(each).rules] for each in settings] == [["ONE001"], ["TWO001"]]
    assert project_of(Settings()).rules == ()


def test_a_decorated_function_stays_what_it_is():
    @validator("board:x")
    @check(code="ACME001", name="x")
    def both(pages):
        return [Found(path="x", message="y")]

    assert both(None)[0].message == "y"


LOUD = """\
print("loaded")
from cosmemory import check, validator


@check(code="ACME001", name="loud", why="To be heard.")
def loud(pages):
    print("checked")
    return ()


@validator("cos-state")
def louder(state):
    print("judged")
"""


def test_what_a_project_prints_is_no_part_of_an_answer(tmp_path, monkeypatch, capsys):
    root = str(tmp_path)
    assert main(["--root", root, "init"]) == 0
    (tmp_path / "cosmemory.toml").write_text('[checks]\nfiles = ["loud.py"]\n')
    (tmp_path / "loud.py").write_text(LOUD)
    heard = []
    for line in (["validate"], ["focus", "Ship"], ["status"]):
        capsys.readouterr()
        assert main(["--root", root, *line, "--json"]) == 0
        said = capsys.readouterr()
        assert json.loads(said.out)["schema"] == 1
        heard += said.err.split()
    assert {"loaded", "checked", "judged"} <= set(heard)
