"""What ``cosmemory --help`` says, ready to print: loading every command to say it would take ten times as long."""

TEXT = """\
Usage: cosmemory [OPTIONS] COMMAND [ARGS]...

  State files for a Chief-of-Staff agent: plain Markdown, as trustworthy as a database.

Options:
  --root DIR     The memory folder, or a project that holds design/memory.
  --json         Answer with one JSON object.
  -v, --verbose  Log what is done to stderr.
  --version      Print the version.
  -h, --help     Show this message and exit.

Commands:
  init        Create the pages that are missing.
  status      Show everything that matters on one screen.
  brief       Tell all that matters after the context was lost.
  show        Show a page, or its typed content as JSON.
  get         Show one value.
  set         Change one value.
  add         Add a record.
  remove      Remove a record.
  new         Make a page of a kind of the project's own.
  history     Show what was changed, when, by whom and why.
  diff        Show what differs between two moments.
  blame       Show who set each value of a page.
  undo        Take back a change; what came later stays.
  log         Append an event to the coordination log.
  events      Find events in the log and its archives.
  search      Find words on all pages and in what is gone.
  focus       Say what is being worked on.
  action      Add, move and list pending actions.
  decision    Record a decision and why it was made.
  resources   Record memory used and load of the machine.
  team        List the team; say who joins, leaves and does what.
  alert       Raise, acknowledge, resolve and list alerts.
  metrics     Record what agents did and what was measured.
  deploy      Take a version live stage by stage, and back.
  hook        Answer the events of a coding agent.
  session     Start, pause, resume and end the session.
  meeting     Hold the meetings of planning and execution team.
  agent       Spawn agents and follow them.
  recover     Find what was interrupted, and go on with it.
  watch       Look after agents, and raise an alert when one is lost.
  board       Share values by key between agents.
  handoff     Hand work over, acknowledge it by its hash, follow its chain.
  onboard     Bring an agent on board, task by task.
  run         Plan runs, drive their phases, and tell how they fare.
  report      Write the report of a week or a month, with charts.
  validate    Check pages, and mend what is safe to mend.
  mcp         Serve the memory to agents over MCP.
  rule        Explain a rule that validate checks.
  rotate      Move past weeks of the log to archives.
  reconcile   Bring back what an older copy of a page overwrote.
  conflict    Show and settle what two sides changed differently.
  health      Tell how the memory fares, and what mends it.
  repair      Mend damaged pages from copies, history and log.
  rebuild     Write a page again from what the log tells.
  merge       Merge two versions of a page by meaning.
  git         Let git merge pages by meaning.
  setup       Plug the memory into a coding agent, or take it out.
  checkpoint  Keep copies of all pages, and go back to one.
  backup      Copy all pages to a folder elsewhere.
  config      Show, check and change the settings.
  export      Write pages and events out, for any other system.
  import      Take in what was written out, or kept by another system.
  kinds       List the kinds of page.
  completion  Print a shell's completion script.
  version     Print the version.
"""
