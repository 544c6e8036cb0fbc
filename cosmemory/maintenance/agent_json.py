"""``state/ID.json`` of an agent as its page and back, with what it was asked for and what was answered beside it."""

from __future__ import annotations

from cosmemory.kinds import AGENT
from cosmemory.kinds.agent import STATUS, Entry
from cosmemory.maintenance.json_pages import Rows, Shape, Value
from cosmemory.maintenance.spellings import ANYTHING, COUNT, FLOAT, MOMENT, NUMBER, PROSE, WORDS, one_of

AGENT_STATE = Shape(
    kind=AGENT,
    places={
        ("agent_id",): Value("agent_id", WORDS),
        ("agent_name",): Value("agent_name", WORDS),
        ("agent_type",): Value("agent_type", WORDS),
        ("parent_agent_id",): Value("parent_agent_id", WORDS),
        ("model",): Value("model", WORDS),
        ("prompt",): Value("prompt", PROSE),
        ("load_percentage",): Value("load_percentage", FLOAT),
        ("estimated_duration",): Value("estimated_duration", NUMBER),
        ("metadata",): Rows("metadata", "key", "value", Entry, ANYTHING),
        ("status",): Value("status", one_of(STATUS.words)),
        ("pid",): Value("process.pid", COUNT),
        ("started_at",): Value("started_at", MOMENT),
        ("progress",): Value("progress.percent", NUMBER),
        ("progress_message",): Value("progress.message", WORDS),
        ("created_at",): Value("created_at", MOMENT),
        ("last_updated",): Value("last_updated", MOMENT),
        ("completed_at",): Value("completed_at", MOMENT),
        ("failed_at",): Value("failed_at", MOMENT),
        ("error",): Value("error", WORDS),
    },
)
