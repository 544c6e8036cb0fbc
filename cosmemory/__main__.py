"""The entry point: ``cosmemory`` and ``python -m cosmemory``."""

from __future__ import annotations

import sys

from cosmemory.errors import CosmemoryError


def main(argv: list[str] | None = None) -> int:
    """Runs the command line and gives its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    if "hook" in arguments and (given := _of_hook(arguments)) is not None:
        # Before anything that answers a slip with 2, which stops an agent.
        from cosmemory.interfaces.hook.entry import run

        return run(given)
    try:
        return 0 if _quickly(arguments) else _fully(arguments)
    except CosmemoryError as error:
        from cosmemory.interfaces.cli.output import tell_error

        tell_error(error.code, str(error), error.hint, as_json=False)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone; what is still buffered must not raise again when Python ends.
        sys.stderr.close()
        return 0
    except OSError as error:
        from cosmemory.interfaces.cli.output import tell_error

        tell_error("io", f"{error.filename or 'the output'}: {error.strerror or error}.", "", as_json=False)
        return 2


def _of_hook(arguments: list[str]) -> list[str] | None:
    """What is given to ``hook``, if that is the command, and not asked for its help."""
    at = 0
    while at < len(arguments) and arguments[at].startswith("-"):
        at += 2 if arguments[at] in ("--root", "--actor") else 1
    if arguments[at : at + 1] != ["hook"] or {"--help", "-h"} & {*arguments}:
        return None
    return [*arguments[:at], *arguments[at + 1 :]]


def _quickly(arguments: list[str]) -> bool:
    """Whether one of the two calls that must start at once was made, and done."""
    if arguments in (["--help"], ["-h"]):
        from cosmemory.interfaces.cli.top_help import TEXT

        sys.stdout.write(TEXT)
        return True
    if "log" in arguments[:3]:
        from cosmemory.interfaces.cli.fast_log import fast_log

        return fast_log(arguments)
    return False


def _fully(arguments: list[str]) -> int:
    from cosmemory.interfaces.cli.app import main as run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
