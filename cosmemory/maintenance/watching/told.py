"""What a look has to tell: one line, and of which sort it is."""

from __future__ import annotations

from cosmemory.frozen import frozen

ALERT, ENDED, DONE, FINDING, CLEAN, WRONG = "alert", "ended", "done", "finding", "clean", "wrong"


@frozen(kw_only=True)
class Told:
    """A line of one ``sort``, with the ``hint`` of what went wrong.

    An alert was raised or became graver, one ended or became less grave, something was done, a page has a finding or
    is clean again.
    """

    sort: str
    text: str
    hint: str = ""
