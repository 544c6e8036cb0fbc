"""The commands, a noun or a family a file."""
