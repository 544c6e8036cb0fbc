"""The packaged templates are found by name, wherever the package lies."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cosmemory.errors import NotFound
from cosmemory.resources import plugin_names, plugin_text, template_names, template_text

LISTING = "from cosmemory.resources import template_names; print(*template_names(), sep='\\n')"


def _run(code: str, *, path: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    program = f"import sys; sys.path.insert(0, {str(path)!r}); {code}"
    # -S: the checkout's own editable install must not answer for the package under test.
    command = [sys.executable, "-I", "-S", "-c", program]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_file_of_the_templates_folder_has_a_name(checkout):
    folder = checkout / "templates"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert set(template_names()) == {name for name in files if not name.rpartition("/")[2].startswith(".")}


def test_names_are_sorted():
    assert list(template_names()) == sorted(template_names())


def test_a_template_is_read_as_it_stands(checkout):
    for name in template_names():
        assert template_text(name) == (checkout / "templates" / name).read_bytes().decode("utf-8")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../pyproject.toml", "/etc/hostname", "no-such.md.j2", "C:x", "a\0b"]
)
def test_a_name_that_is_not_packaged_is_not_found(name):
    with pytest.raises(NotFound, match="was not found") as caught:
        template_text(name)
    assert all(name in caught.value.hint for name in template_names())


def test_an_installed_package_prefers_the_templates_inside_it(checkout, tmp_path):
    shutil.copytree(
        checkout / "cosmemory", tmp_path / "cosmemory", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "cosmemory/templates/parts").mkdir(parents=True)
    (tmp_path / "cosmemory/templates/a.md.j2").write_bytes(b"a\r\n")
    (tmp_path / "cosmemory/templates/parts/b.md.j2").write_bytes(b"b\n")
    (tmp_path / "cosmemory/templates/.hidden").write_bytes(b"")
    (tmp_path / "pyproject.toml").write_bytes(b"")
    assert _run(LISTING, path=tmp_path, folder=tmp_path).stdout.split() == ["a.md.j2", "parts/b.md.j2"]


def test_a_zipped_package_has_its_templates(checkout, tmp_path):
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as package:
        for path in sorted((checkout / "cosmemory").rglob("*.py")):
            package.write(path, path.relative_to(checkout).as_posix())
        package.writestr("cosmemory/templates/parts/b.md.j2", "b\n")
    assert _run(LISTING, path=archive, folder=tmp_path).stdout.split() == ["parts/b.md.j2"]


def test_a_package_without_templates_says_what_to_do(checkout, tmp_path):
    shutil.copytree(
        checkout / "cosmemory", tmp_path / "cosmemory", ignore=shutil.ignore_patterns("__pycache__")
    )
    result = _run(LISTING, path=tmp_path, folder=tmp_path)
    assert "The folder of packaged templates was not found." in result.stderr


def test_a_package_without_plugin_files_says_what_to_do(checkout, tmp_path):
    shutil.copytree(
        checkout / "cosmemory", tmp_path / "cosmemory", ignore=shutil.ignore_patterns("__pycache__")
    )
    code = "from cosmemory.resources import plugin_text; plugin_text('section.md')"
    assert "plugin files was not found." in _run(code, path=tmp_path, folder=tmp_path).stderr


def test_a_text_of_the_plugin_is_read_as_it_stands(checkout):
    for name in plugin_names("skills"):
        assert plugin_text(f"skills/{name}") == (checkout / "plugin/skills" / name).read_bytes().decode(
            "utf-8"
        )
