"""The JSON files of plugin/, as setup's own facts make them: ``python -m tests.plugin_files`` writes them."""

from __future__ import annotations

import json
from pathlib import Path

import cosmemory
from cosmemory.interfaces.cli.setup.facts import plugin_files
from cosmemory.interfaces.cli.setup.program import Program

PLUGIN = Path(__file__).parents[1] / "plugin"


def made() -> dict[str, str]:
    """The text of every JSON file of the plugin folder, by its path there."""
    files = plugin_files(Program(), cosmemory.__version__)
    return {name: json.dumps(held, indent=2, ensure_ascii=False) + "\n" for name, held in files.items()}


if __name__ == "__main__":
    for name, text in made().items():
        (PLUGIN / name).parent.mkdir(parents=True, exist_ok=True)
        (PLUGIN / name).write_bytes(text.encode("utf-8"))
