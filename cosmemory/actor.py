"""Who changes things when nobody says so."""

from __future__ import annotations

import os


def default_actor() -> str:
    """The name in COSMEMORY_ACTOR, else the user's."""
    named = os.environ.get("COSMEMORY_ACTOR")
    if named:
        return named
    # As getpass does it, which takes longer to load.
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        if user := os.environ.get(name):
            return user
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError, OSError):  # a user id without an entry, or no user table at all
        return "unknown"
