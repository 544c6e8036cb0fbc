"""What is to be said to a harness, before it is put into the words that the harness takes."""

from __future__ import annotations

from cosmemory.frozen import frozen


@frozen(kw_only=True)
class Answer:
    """One answer; all of it empty says nothing.

    ``context`` is for the model, ``deny`` refuses a tool and ``hold`` keeps the agent from stopping, both with the reason
    that the model reads; ``notice`` is a line on stderr, ``watch`` are files of which the harness is to tell.
    """

    context: str = ""
    deny: str = ""
    hold: str = ""
    notice: str = ""
    watch: tuple[str, ...] = ()


NOTHING = Answer()
