"""What keeps a memory healthy, one concern a file."""
