"""What looks after a memory: one look by every watcher, and all that a process in the foreground does besides."""

from cosmemory.maintenance.watching.watchers import watch as watch
