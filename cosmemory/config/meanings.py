"""What each setting says and which values it takes: the source of error messages, the JSON Schema and the docs."""

from __future__ import annotations

from cosmemory.config.settings import STAGES
from cosmemory.frozen import frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# No date is so far away that this many days or hours lead out of the calendar.
MOST_DAYS = 36_500
MOST_HOURS = 24 * MOST_DAYS
# What a rule of watch may measure.
MEASURES = (
    "memory_percent",
    "cpu_load",
    "disk_free_bytes",
    "log_bytes",
    "history_bytes",
    "pages",
    "overdue_actions",
    "blocked_actions",
    "open_actions",
    "last_event_minutes",
    "last_checkpoint_minutes",
    "members_active",
    "members_idle",
    "members_busy",
    "members_blocked",
    "members_offline",
    "members_hibernated",
    "handoffs_waiting",
    "open_conflicts",
    "validate_errors",
    "validate_warnings",
)
LEVELS = ("debug", "info", "warning", "error")


@frozen(kw_only=True)
class Meaning:
    """One setting: what it says, what a value of it is called, and the bounds of that; ``above`` is not met.

    A table has its bounds for each of its values, and may have no other ``keys``.
    """

    says: str = ""
    what: str = ""
    least: float | None = None
    above: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def expected(self, otherwise: str) -> str:
        """What an error says that it expected; ``otherwise`` is what a value is called without a name of its own."""
        if self.choices:
            return f"{', '.join(self.choices[:-1])} or {self.choices[-1]}"
        told = self.what or otherwise
        if self.above is not None:
            return f"{told} above {self.above:g}" + (f" and up to {self.most:g}" if self.most else "")
        if self.least is None:
            return told
        return f"{told} from {self.least:g} " + ("on" if self.most is None else f"to {self.most:.0f}")

    def allows(self, value: object) -> bool:
        """Whether ``value``, which has the right type, is within the bounds; so must be each value of a table or list."""
        if isinstance(value, dict | tuple):
            return all(self.allows(each) for each in (value.values() if isinstance(value, dict) else value))
        if isinstance(value, str):
            return not self.choices or value in self.choices
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        # Put so that no bound lets a value through that is not a number at all.
        above = self.above is None or value > self.above
        least = self.least is None or value >= self.least
        return above and least and abs(value) < (float("inf") if self.most is None else self.most + 1e-9)


def _rows(says: str) -> Meaning:
    return Meaning(says=says, what="a number of rows", least=1)


def _limit(says: str, what: str = "a number", most: float | None = None) -> Meaning:
    return Meaning(says=says, what=what, least=1, most=most)


def _days(says: str) -> Meaning:
    return Meaning(says=says, what="a number of days", least=0, most=MOST_DAYS)


def _hours(says: str) -> Meaning:
    return Meaning(says=says, what="a number of hours", least=0, most=MOST_HOURS)


def _minutes(says: str) -> Meaning:
    return Meaning(says=says, what="a number of minutes", least=0, most=60 * MOST_HOURS)


def _findings(severity: str) -> Meaning:
    return Meaning(says=f"How many {severity} findings may stay open in a phase that passes.", least=0)


MEANINGS: dict[str, Meaning] = {
    "format": _limit("The format of the memory; one that is newer than the release is read but not written."),
    "event_types": Meaning(says="Types of event besides the known ones."),
    "decisions": _rows("Recent decisions that stay on the page of the state."),
    "ended_actions": _rows("Done and cancelled actions that stay on the page of the state."),
    "resolved_alerts": _rows("Resolved alerts that stay on the page of alerts."),
    "team_changes": _rows("Changes that stay on the page of the roster."),
    "targets": Meaning(says="What is aimed at by metric, for the monthly pages of agents."),
    "target_roles": Meaning(says="How many agents a new roster is to have by role.", least=0),
    "templates": Meaning(says="A folder of your own templates.", what="the name of a folder"),
    "durability": Meaning(
        says="What a write waits for: file and folder, the file alone, or nothing.",
        choices=("full", "file", "none"),
    ),
    "lock_timeout": Meaning(
        says="How long to wait for whoever holds the lock.", what="seconds", above=0, most=3600
    ),
    "stale_saves": Meaning(
        says="Whether an older copy saved over newer changes gets them back, or is only told of.",
        choices=("merge", "report"),
    ),
    "history_days": _limit("For how long every change is remembered.", "a number of days", MOST_DAYS),
    "page_bytes": _limit("How large a page gets before health speaks up.", "a number of bytes"),
    "idle_seconds": _limit(
        "How long a member with a task is not seen before health speaks up.", "a number of seconds"
    ),
    "stale_seconds": _limit(
        "How long an active session is not updated before health speaks up.", "a number of seconds"
    ),
    "incomplete_hours": _limit(
        "How long an action is open before health speaks up.", "a number of hours", MOST_HOURS
    ),
    "checkpoint_hours": _limit(
        "How old the last checkpoint gets before health speaks up.", "a number of hours", MOST_HOURS
    ),
    "own_bytes": _limit("How much .cosmemory/ may hold before health speaks up.", "a number of bytes"),
    "free_bytes": _limit("How little the disk may have left before health speaks up.", "a number of bytes"),
    "checkpoints_kept": _limit("Checkpoints that stay at hand, whatever their age."),
    "checkpoint_days": _days("For how many days the last checkpoint of each stays."),
    "checkpoint_fresh": Meaning(
        says="For how many minutes a checkpoint of the same pages does before something risky.",
        what="a number of minutes",
        least=0,
        most=60 * MOST_HOURS,
    ),
    "agent_checkpoints": _limit("Progress checkpoints that stay on the page of an agent."),
    "agent_keep_days": _days(
        "How long agents that have ended stay before a clean-up takes them to the archive."
    ),
    "agent_stale_minutes": _limit(
        "How long a running agent is not heard of before it is stale.", "a number of minutes", 60 * MOST_HOURS
    ),
    "agent_grace": Meaning(
        says="How long the process of an agent may take to end after it was asked to, before it is killed.",
        what="seconds",
        least=0,
        most=86_400,
    ),
    "agent_output_bytes": _limit("How large the file with an agent's output gets.", "a number of bytes"),
    "agent_outputs_kept": Meaning(says="How many such files that were set aside stay.", least=0),
    "phase_retries": Meaning(says="How often a phase that failed is tried again.", least=0),
    "phase_limits": Meaning(says="The same, for phases by name.", least=0),
    "failed_run_days": _days("How long a failed run stays before a clean-up takes it."),
    "retry_delay": Meaning(
        says="How long to wait before the first retry.", what="seconds", least=0, most=86_400
    ),
    "retry_backoff": Meaning(
        says="By what the wait is multiplied before each further retry.", least=1, most=100
    ),
    "retry_longest": Meaning(says="The longest wait between retries.", what="seconds", least=0, most=86_400),
    "major_findings": _findings("major"),
    "medium_findings": _findings("medium"),
    "minor_findings": _findings("minor"),
    "verification": Meaning(
        says="Commands that show whether work holds, by name: build, test, lint, security or your own.",
        what="a table by name, each with a command",
    ),
    "artifacts": Meaning(says="The folder for what runs produce.", what="the name of a folder"),
    "artifact_days": _limit(
        "How old an artifact gets before it is cleaned up.", "a number of days", MOST_DAYS
    ),
    "artifact_gzip": Meaning(says="Whether what is cleaned up is kept compressed."),
    "log_level": Meaning(says="From which level on the file of the logging tells.", choices=LEVELS),
    "log_file": Meaning(says="A file that is told what is done.", what="the name of a file"),
    "log_bytes": Meaning(
        says="How large that file gets before it is set aside; 0 for any size.",
        what="a number of bytes",
        least=0,
    ),
    "log_backups": Meaning(
        says="How many of those that were set aside stay.", what="a number of files", least=0, most=1000
    ),
    "slos": Meaning(says="What has to hold before a deployment goes on."),
    "minimum_hours": _hours("How long a deployment stays in each stage at least."),
    "stage_hours": Meaning(
        says="The same, by stage.", what="a number of hours", least=0, most=MOST_HOURS, keys=STAGES
    ),
    "stale_deployment_hours": _limit(
        "How old a deployment's page gets before it is stale.", "a number of hours", MOST_HOURS
    ),
    "lower_is_better": Meaning(says="Metrics of the system that get better by getting lower."),
    "stale_measurement_hours": _limit(
        "How old the last measurement gets before it is stale.", "a number of hours", MOST_HOURS
    ),
    "meetings_kept": _limit("Meetings of each sort that stay at hand, whatever their age."),
    "meeting_days": _days("How old other meetings get before they go to the archive."),
    "session_days": _days("How old ended sessions get before they go to the archive."),
    "hook_hold": Meaning(
        says="Whether a hook keeps an agent from stopping while a grave alert or a handoff waits for it."
    ),
    "hook_wait": Meaning(
        says="How long a hook waits for whoever holds the lock.", what="seconds", least=0, most=60
    ),
    "hook_guard": Meaning(
        says="What a hook does about an edit that would break a page: refuse it, warn of it, or nothing.",
        choices=("deny", "warn", "off"),
    ),
    "hook_checks": Meaning(says="Whether a hook runs the project's own checks on a page that is edited."),
    "onboarding": Meaning(says="The checklist of an onboarding, by phase."),
    "onboarding_roles": Meaning(says="What each role has to do besides."),
    "onboarding_days": _limit(
        "How long an onboarding is in progress before it is stale.", "a number of days", MOST_DAYS
    ),
    "brief_budget": _limit("How long a brief may be.", "a number of characters"),
    "kinds": Meaning(says="Kinds of page of the project's own, by name."),
    "check_files": Meaning(says="Python files that hold checks of the project's own."),
    "check_packages": Meaning(says="Installed packages whose checks are run."),
    "checks_run": Meaning(says="Whether the project's own checks are run."),
    "watch_interval": Meaning(
        says="How long watch waits between two looks, if nothing wakes it.",
        what="seconds",
        least=0.1,
        most=86_400,
    ),
    "watch_mend": Meaning(
        says="Whether watch brings derived values up to date that an edit by hand left behind."
    ),
    "watch_idle": Meaning(
        says="Whether watch marks members idle who were not seen for [health] idle_seconds."
    ),
    "watch_rotate": Meaning(says="Whether watch rotates past weeks of the log."),
    "watch_tidy": Meaning(
        says="Of what watch moves old pages to the archive each day, as the settings of each say how long they stay.",
        what="a list of agents, sessions, meetings, runs",
        choices=("agents", "sessions", "meetings", "runs"),
    ),
    "watch_checkpoint_minutes": _minutes(
        "How often watch makes a checkpoint of what was changed; 0 for never."
    ),
    "watch_resource_minutes": _minutes(
        "How often watch writes down memory and load of the machine; 0 for never."
    ),
    "watch_update_minutes": _minutes(
        "How often the value of an alert that stays open is brought up to date."
    ),
    "watch_prometheus": Meaning(
        says="A file that watch writes figures of the memory to, for Prometheus.", what="the name of a file"
    ),
    "watch_rules": Meaning(
        says="When watch raises an alert, by the name of the rule.",
        what="a table by name, each with a measure",
    ),
    "extra": Meaning(says="Anything that others keep here; it means nothing to cosmemory."),
}
# What stands in the tables of settings that hold tables, by the name of the record.
WITHIN: dict[str, dict[str, Meaning]] = {
    "Verification": {
        "command": Meaning(says="What a shell is to run.", what="a command"),
        "timeout": Meaning(says="For how long it may run.", what="seconds", above=0, most=86_400),
        "enabled": Meaning(says="Whether it is run at all."),
        "severity": Meaning(
            says="How grave it is where it fails.", choices=("critical", "major", "medium", "minor")
        ),
    },
    "WatchRule": {
        "measure": Meaning(says="What is measured.", choices=MEASURES),
        "when": Meaning(says="On which side of a threshold it holds.", choices=("above", "below")),
        "warning": Meaning(says="From which value on it is a warning.", least=-1),
        "critical": Meaning(says="From which value on it is critical.", least=-1),
        "clear": Meaning(says="Up to which value an alert stays open; else its threshold.", least=-1),
        "hold": Meaning(
            says="For how long it must hold before an alert is raised.",
            what="seconds",
            least=-1,
            most=60 * 60 * MOST_HOURS,
        ),
        "silence": Meaning(says="A span of each day in UTC, or the moment until which nothing is raised."),
        "enabled": Meaning(says="Whether the rule counts."),
    },
}
NOTHING = Meaning()


def meanings_within(record: str) -> dict[str, Meaning]:
    """What is said of the fields of a record called ``record``."""
    from collections import defaultdict

    return defaultdict(Meaning, WITHIN.get(record, {}))


def meaning_of(attribute: str) -> Meaning:
    """What is said of the setting kept in ``attribute``."""
    return MEANINGS.get(attribute, NOTHING)


def shown(value: Any) -> str:
    """A value as an error shows it, however long it is."""
    told = repr(value)
    return told if len(told) <= 60 else f"{told[:57]}…"
