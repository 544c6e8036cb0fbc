"""The entry point: ``cosmemory`` and ``python -m cosmemory``."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Runs the command line and gives its exit code."""
    try:
        from cosmemory.interfaces.cli.app import main as run

        return run(argv)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader has gone; what is still buffered must not raise again when Python ends.
        sys.stderr.close()
        return 0


if __name__ == "__main__":
    sys.exit(main())
