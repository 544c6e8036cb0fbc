"""What the sessions, tools and teams of a coding agent's harness do to the memory, each event one transaction."""
