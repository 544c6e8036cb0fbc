"""The sorts of argument that tools take, and how long each may be: what stands in a page is read again and again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cosmemory.document.entered import LONGEST_ENTRY

LONGEST_PROSE = 50_000
MOST = 200  # things in one list

# People and programs write what they like on their pages; it is models that pour a file into a value. A bound in the
# verbs would also refuse to move what a person wrote.
Line = Annotated[str, Field(max_length=LONGEST_ENTRY)]
Prose = Annotated[str, Field(max_length=LONGEST_PROSE)]
Lines = Annotated[list[Line], Field(max_length=MOST)]
Labelled = Annotated[dict[Line, Line], Field(max_length=MOST)]
Expected = Annotated[
    str,
    Field(description="The page's revision that you read; the change is refused if it has another by now."),
]
Key = Annotated[
    str,
    Field(description="A random word of yours; repeat a call with the same one, and it is done only once."),
]
Number = Field(coerce_numbers_to_str=True, description="Its id, such as 3.")
