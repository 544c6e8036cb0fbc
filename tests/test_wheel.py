"""What is shipped is whole: a wheel made from the source archive works outside the checkout."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import cosmemory


def _python(*arguments: str, folder: Path) -> str:
    result = subprocess.run(
        [sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def source(checkout, tmp_path_factory) -> Path:
    """The unpacked source archive."""
    folder = tmp_path_factory.mktemp("source archive")
    _python("-m", "hatchling", "build", "--target", "sdist", "--directory", str(folder), folder=checkout)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        # By hand: extractall takes no filter before 3.11.4, and warns without one from 3.12 on.
        for member in filter(tarfile.TarInfo.isfile, archive):
            path = folder / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.extractfile(member).read())
    return folder / f"cosmemory-{cosmemory.__version__}"


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory) -> Path:
    """The wheel, built from the source archive alone."""
    folder = tmp_path_factory.mktemp("wheel")
    _python("-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), folder=source)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A folder that the wheel is installed in, away from the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", "--target", str(folder)]
    _python("-m", "pip", "install", *options, str(wheel), folder=folder)
    return folder


def test_the_source_archive_holds_what_a_build_and_a_test_run_need(checkout, source):
    for folder in ("cosmemory", "templates", "plugin", "tests"):
        assert _files(source / folder) == _files(checkout / folder)
    for name in (
        "pyproject.toml",
        "LICENSE",
        "requirements.lock",
        "requirements-dev.lock",
        "scripts/environment",
    ):
        assert (source / name).read_bytes() == (checkout / name).read_bytes()


def test_the_wheel_holds_the_package_what_is_packaged_with_it_and_nothing_else(checkout, wheel):
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}
    package = {f"cosmemory/{name}": data for name, data in _files(checkout / "cosmemory").items()}
    beside = {
        f"cosmemory/{folder}/{name}": data
        for folder in ("templates", "plugin")
        for name, data in _files(checkout / folder).items()
    }
    assert shipped == package | beside
    assert "cosmemory/py.typed" in shipped


def test_an_installed_wheel_has_its_templates_outside_the_checkout(checkout, installed, tmp_path):
    program = f"""
import sys
sys.path.insert(0, {str(installed)!r})
import cosmemory
from cosmemory.resources import plugin_text, template_names, template_text
assert plugin_text("skills/cosmemory/SKILL.md").startswith("---")
assert cosmemory.__file__.startswith({str(installed)!r}), cosmemory.__file__
for name in template_names():
    print(name, len(template_text(name).encode()))
"""
    # -S: the checkout's own editable install must not answer for the wheel.
    listed = _python("-I", "-S", "-c", program, folder=tmp_path)
    assert dict(line.split() for line in listed.splitlines()) == {
        name: str(len(data)) for name, data in _files(checkout / "templates").items()
    }


def test_the_wheel_offers_the_command(wheel):
    with zipfile.ZipFile(wheel) as archive:
        scripts = archive.read(f"cosmemory-{cosmemory.__version__}.dist-info/entry_points.txt").decode()
    assert "cosmemory = cosmemory.__main__:main" in scripts


def test_the_commit_hooks_run_the_command(checkout):
    hooks = yaml.safe_load((checkout / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in hooks] == ["cosmemory-validate", "cosmemory-fix"]
    assert all(hook["entry"].split()[0] == "cosmemory" for hook in hooks)


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_what_is_declared_by_hash_and_names_no_place(checkout, lock):
    settings = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
    declared = settings["project"]["dependencies"]
    if lock == "requirements-dev.lock":
        declared = [*declared, *settings["dependency-groups"]["dev"], *settings["build-system"]["requires"]]
    text = (checkout / lock).read_text(encoding="utf-8")
    entries = text.replace("\\\n", " ").splitlines()
    pinned = {entry.split("==")[0]: entry.split("==")[1].split()[0] for entry in entries}
    assert all(" --hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    for requirement in map(Requirement, declared):
        assert requirement.specifier.contains(pinned[requirement.name.lower()]), requirement
