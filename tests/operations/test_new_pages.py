"""New pages come from the user's own template where there is one, as long as nothing gets lost in it."""

from __future__ import annotations

import pytest

from cosmemory.config import Settings
from cosmemory.engines.ephemeral import EphemeralStore
from cosmemory.errors import ConfigError, ReadOnly
from cosmemory.maintenance import deploying
from cosmemory.memory import Memory
from cosmemory.operations import agents, handoffs
from cosmemory.operations.first_pages import initialise
from cosmemory.operations.state import set_focus
from cosmemory.resources import template_text

ALERTS = "active-alerts.md.j2"


def memory_with(**templates: str) -> Memory:
    return Memory(EphemeralStore({f".templates/{name}": text.encode() for name, text in templates.items()}))


def test_a_template_of_the_memory_replaces_the_packaged_one():
    own = template_text(ALERTS) + "\n## How we work\n\nPage the owner first.\n"
    memory = memory_with(**{ALERTS: own})
    initialise(memory)
    page = memory.store.read("alerts/active-alerts.md")
    assert page.data.decode().endswith("## How we work\n\nPage the owner first.\n")
    assert memory.read("active-alerts").critical == ()


def test_a_folder_of_templates_may_be_named_in_the_settings(tmp_path):
    (tmp_path / ALERTS).write_text(template_text(ALERTS) + "\nOurs.\n", encoding="utf-8")
    memory = Memory(EphemeralStore(), settings=Settings(templates=str(tmp_path)))
    initialise(memory)
    assert memory.store.read("alerts/active-alerts.md").data.endswith(b"\nOurs.\n")


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("# Active Alerts\n", "last updated is lost"),
        ("{{ page.nothing }}", "cannot be rendered"),
        ("{% for %}", "cannot be rendered"),
        ("{{ page.__class__.__mro__ }}", "cannot be rendered"),
    ],
)
def test_a_template_that_loses_something_is_refused_and_nothing_is_written(template, said):
    memory = memory_with(**{ALERTS: template})
    before = memory.store.paths()
    with pytest.raises(ConfigError, match=said):
        initialise(memory)
    assert memory.store.paths() == before


def test_a_memory_of_a_newer_format_is_read_but_not_written():
    memory = Memory(EphemeralStore())
    initialise(memory)
    newer = Memory(memory.store, settings=Settings(format=2))
    assert newer.read("cos-state").session_info.status == "active"
    with pytest.raises(ReadOnly, match="its format is 2"):
        set_focus(newer, "anything")


FEW = """# Handoff

## Context

Half done

## Next Steps
1. Test it

## Notes

None

## Remarks

None
"""


def test_a_new_handoff_has_no_section_that_says_nothing():
    memory = Memory(EphemeralStore(), now=lambda: 1_795_262_400, actor="kim")
    initialise(memory)
    handoffs.create(
        memory, "pay", from_agent="a", to_agent="b", key="pay-1", context="Half done", next_steps=["Test it"]
    )
    page = memory.store.read("handoffs/pay-1.md").data.decode()
    assert page.partition("---\n\n")[2] == FEW
    (checked,) = memory.validate(["handoffs/pay-1.md"]).pages
    assert checked.diagnostics == ()
    assert memory.read("handoffs/pay-1").next_steps == ("Test it",)
    assert handoffs.verify(memory, "pay-1").whole


@pytest.mark.parametrize("path", ["agents/L2.1.md", "deployment.md"])
def test_values_from_elsewhere_have_a_section_where_there_are_some(path):
    memory = Memory(EphemeralStore(), now=lambda: 1_795_262_400, actor="kim")
    initialise(memory)
    agents.register(memory, "L2.1")
    deploying.begin(memory, "v2")
    assert b"## Other Values" not in memory.store.read(path).data
