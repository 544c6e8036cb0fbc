"""Every command by name, what the help says of it, and where it is loaded from when it is called."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cosmemory.interfaces.cli.declared import Declared

# name: (module in this package, attribute, what the top-level help says)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "init": ("init", "init", "Create the pages that are missing."),
    "status": ("status", "status", "Show everything that matters on one screen."),
    "brief": ("brief", "brief", "Tell all that matters after the context was lost."),
    "show": ("pages", "show", "Show a page, or its typed content as JSON."),
    "get": ("pages", "get", "Show one value."),
    "set": ("pages", "set_", "Change one value."),
    "add": ("pages", "add", "Add a record."),
    "remove": ("pages", "remove", "Remove a record."),
    "new": ("pages", "new", "Make a page of a kind of the project's own."),
    "history": ("history", "history", "Show what was changed, when, by whom and why."),
    "diff": ("history", "diff", "Show what differs between two moments."),
    "blame": ("history", "blame", "Show who set each value of a page."),
    "undo": ("history", "undo", "Take back a change; what came later stays."),
    "log": ("events", "log", "Append an event to the coordination log."),
    "events": ("events", "events", "Find events in the log and its archives."),
    "search": ("search", "search", "Find words on all pages and in what is gone."),
    "focus": ("state", "focus", "Say what is being worked on."),
    "action": ("state", "action", "Add, move and list pending actions."),
    "decision": ("state", "decision", "Record a decision and why it was made."),
    "resources": ("state", "resources", "Record memory used and load of the machine."),
    "team": ("team", "team", "List the team; say who joins, leaves and does what."),
    "alert": ("alerts", "alert", "Raise, acknowledge, resolve and list alerts."),
    "metrics": ("metrics", "metrics", "Record what agents did and what was measured."),
    "deploy": ("deploy", "deploy", "Take a version live stage by stage, and back."),
    "hook": ("hook", "hook", "Answer the events of a coding agent."),
    "session": ("session", "session", "Start, pause, resume and end the session."),
    "meeting": ("meeting", "meeting", "Hold the meetings of planning and execution team."),
    "agent": ("agents", "agent", "Spawn agents and follow them."),
    "recover": ("recover", "recover", "Find what was interrupted, and go on with it."),
    "watch": ("watch", "watch", "Look after agents, and raise an alert when one is lost."),
    "board": ("board", "board", "Share values by key between agents."),
    "handoff": ("handoffs", "handoff", "Hand work over, acknowledge it by its hash, follow its chain."),
    "onboard": ("onboard", "onboard", "Bring an agent on board, task by task."),
    "run": ("runs", "run", "Plan runs, drive their phases, and tell how they fare."),
    "report": ("report", "report", "Write the report of a week or a month, with charts."),
    "validate": ("validate", "validate", "Check pages, and mend what is safe to mend."),
    "mcp": ("mcp", "mcp", "Serve the memory to agents over MCP."),
    "rule": ("rule", "rule", "Explain a rule that validate checks."),
    "rotate": ("rotate", "rotate", "Move past weeks of the log to archives."),
    "reconcile": ("reconcile", "reconcile", "Bring back what an older copy of a page overwrote."),
    "conflict": ("reconcile", "conflict", "Show and settle what two sides changed differently."),
    "health": ("health", "health", "Tell how the memory fares, and what mends it."),
    "repair": ("repair", "repair", "Mend damaged pages from copies, history and log."),
    "rebuild": ("rebuild", "rebuild", "Write a page again from what the log tells."),
    "merge": ("merge", "merge", "Merge two versions of a page by meaning."),
    "git": ("git", "git", "Let git merge pages by meaning."),
    "setup": ("setup", "setup", "Plug the memory into a coding agent, or take it out."),
    "checkpoint": ("checkpoint", "checkpoint", "Keep copies of all pages, and go back to one."),
    "backup": ("backup", "backup", "Copy all pages to a folder elsewhere."),
    "config": ("config", "config", "Show, check and change the settings."),
    "export": ("export", "export", "Write pages and events out, for any other system."),
    "import": ("export", "import_", "Take in what was written out, or kept by another system."),
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
