"""The command line: a plain call is read at once, click reads every other."""

from __future__ import annotations

import os
import sys

from cosmemory.errors import CosmemoryError
from cosmemory.interfaces.cli.output import tell_error
from cosmemory.interfaces.cli.plain import Unsure, read_call
from cosmemory.interfaces.cli.table import COMMANDS, load
from cosmemory.trace import trace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosmemory.interfaces.cli.declared import Declared


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line ``argv`` and gives its exit code; no exception of ours gets past it."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    try:
        code = _run(arguments, as_json=as_json)
    except CosmemoryError as error:
        trace("%s: %s", error.code, error, level="ERROR")
        tell_error(error.code, str(error), error.hint, as_json=as_json)
        return error.exit_code
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader has gone; what is still buffered must not raise again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        tell_error("io", f"{error.filename or 'the output'}: {error.strerror or error}.", "", as_json=as_json)
        return 2
    return code if isinstance(code, int) else 0


def _run(arguments: list[str], *, as_json: bool) -> object:
    # A shell that asks for completions, and a wish for a debug log, are click's to serve.
    if "_COSMEMORY_COMPLETE" not in os.environ and "COSMEMORY_LOG" not in os.environ:
        try:
            declared, values, root, before = read_call(arguments, _loaded)
        except Unsure:
            pass
        else:
            return declared.call(values, root, before)
    from cosmemory.interfaces.cli.with_click import run

    return run(arguments, as_json=as_json)


def _loaded(name: str) -> Declared:
    if name not in COMMANDS:
        raise Unsure
    return load(name)
