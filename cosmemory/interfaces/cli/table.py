"""Every command by name, what the help says of it, and where it is loaded from when it is called."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.cli.declared import Declared

# name: (module in this package, attribute, what the top-level help says)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "init": ("init", "init", "Create the pages that are missing."),
    "status": ("status", "status", "Show everything that matters on one screen."),
    "show": ("pages", "show", "Show a page, or its typed content as JSON."),
    "get": ("pages", "get", "Show one value."),
    "set": ("pages", "set_", "Change one value."),
    "add": ("pages", "add", "Add a record."),
    "remove": ("pages", "remove", "Remove a record."),
    "history": ("history", "history", "Show what was changed, when, by whom and why."),
    "diff": ("history", "diff", "Show what differs between two moments."),
    "blame": ("history", "blame", "Show who set each value of a page."),
    "undo": ("history", "undo", "Take back a change; what came later stays."),
    "log": ("events", "log", "Append an event to the coordination log."),
    "events": ("events", "events", "Find events in the log and its archives."),
    "focus": ("state", "focus", "Say what is being worked on."),
    "action": ("state", "action", "Add and move pending actions."),
    "decision": ("state", "decision", "Record a decision and why it was made."),
    "resources": ("state", "resources", "Record memory used and load of the machine."),
    "team": ("team", "team", "Say who joins, leaves and does what."),
    "alert": ("alerts", "alert", "Raise, acknowledge and resolve alerts."),
    "run": ("runs", "run", "Plan runs, drive their phases, and tell how they fare."),
    "metrics": ("metrics", "metrics", "Record what agents did, day by day."),
    "report": ("report", "report", "Write the report of a week or a month, with charts."),
    "validate": ("validate", "validate", "Check pages, and mend what is safe to mend."),
    "rule": ("rule", "rule", "Explain a rule that validate checks."),
    "rotate": ("rotate", "rotate", "Move past weeks of the log to archives."),
    "reconcile": ("reconcile", "reconcile", "Bring back what an older copy of a page overwrote."),
    "conflict": ("reconcile", "conflict", "Show and settle what two sides changed differently."),
    "health": ("health", "health", "Tell how the memory fares, and what mends it."),
    "repair": ("repair", "repair", "Mend damaged pages from copies, history and log."),
    "rebuild": ("rebuild", "rebuild", "Write a page again from what the log tells."),
    "merge": ("merge", "merge", "Merge two versions of a page by meaning."),
    "git": ("git", "git", "Let git merge pages by meaning."),
    "checkpoint": ("checkpoint", "checkpoint", "Keep copies of all pages, and go back to one."),
    "backup": ("backup", "backup", "Copy all pages to a folder elsewhere."),
    "kinds": ("about", "kinds", "List the kinds of page."),
    "completion": ("about", "completion", "Print a shell's completion script."),
    "version": ("about", "version", "Print the version."),
}


def load(name: str) -> Declared:
    """The command called ``name``, one of those above."""
    from importlib import import_module

    module, attribute, _ = COMMANDS[name]
    found: Declared = getattr(import_module(f"cosmemory.interfaces.cli.commands.{module}"), attribute)
    return found
