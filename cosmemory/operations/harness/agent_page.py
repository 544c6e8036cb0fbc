"""The page of a new agent without Jinja, which takes longer to load than all else that a hook does."""

from __future__ import annotations

import re

from cosmemory.document.changes import changed
from cosmemory.document.entered import entered
from cosmemory.frozen import replace
from cosmemory.kinds import AGENT
from cosmemory.kinds.agent import Agent
from cosmemory.kinds.page import read_document
from cosmemory.operations.new_pages import own_template, page_text
from cosmemory.operations.page_ids import page_of
from cosmemory.pattern import pattern
from cosmemory.reader import Reader
from cosmemory.resources import template_text
from cosmemory.syntax.escape import escape_heading
from cosmemory.syntax.parse import parse

# What stands on a page only where there is something to tell, and once for each row.
_WHERE_TOLD = pattern(r"^\{% if .*?^\{% endif %\}\n", re.MULTILINE | re.DOTALL)
_LOOP = pattern(r"^\{% for .*?^\{% endfor %\}\n", re.MULTILINE | re.DOTALL)
_TITLE, _PROSE = "# Agent {{ page.agent_id }}", pattern(r"^\{\{ [^}]* \}\}$", re.MULTILINE)
_VALUE = pattern(r"\{\{ [^}]* \}\}")


def agent_text(memory: Reader, agent: Agent) -> str:
    """What `page_text` gives for ``agent``: the packaged template left empty, and its values written into that.

    A template of the user's own is a program, and is run; so is ours for values that have no place on most pages.
    """
    if agent.other_values or own_template(memory, AGENT) is not None:
        return page_text(memory, AGENT, agent)
    key = str(agent.agent_id)
    title = template_text(AGENT.template).replace(_TITLE, f"# Agent {escape_heading(key)}")
    tree = parse(_VALUE.sub("-", _PROSE.sub("None", _LOOP.sub("", _WHERE_TOLD.sub("", title)))))
    empty: Agent = read_document(AGENT, tree).document
    # Written into the records that were read, so that each value finds its place.
    process = replace(agent.process, origin=empty.process.origin)
    progress = replace(agent.progress, origin=empty.progress.origin)
    filled = replace(agent, origin=empty.origin, process=process, progress=progress)
    return changed(page_of(AGENT, key), tree, empty, entered(empty, filled)).tree.text
