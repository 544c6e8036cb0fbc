"""The table of PERFORMANCE: every goal, what was measured, and the verdict."""

from __future__ import annotations

import argparse
import compileall
import json
import sys
from dataclasses import asdict

import cosmemory
from tests.benchmarks import agents, copies, finds, merges, past, peers, processes, reads, runs, writes

PARTS = {
    "P1": writes.updates,
    "P2": writes.appends,
    "P3": writes.appends,
    "P4": writes.appends,
    "P5": writes.contention,
    "P6": processes.commands,
    "P7": processes.commands,
    "P8": reads.logs,
    "P9": reads.logs,
    "P10": reads.checks,
    "P11": reads.checks,
    "P12": agents.recovery,
    "P13": reads.checks,
    "P14": peers.peers,
    "P15": copies.checkpoints,
    "P16": past.remembering,
    "P17": past.looking_back,
    "P18": merges.merges,
    "P19": past.looking_back,
    "P20": finds.searches,
    "P21": runs.findings,
}


def main() -> int:
    """Measures what was asked for, and prints it as it comes."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure cosmemory against its goals.")
    parser.add_argument("--only", choices=PARTS, action="append", help="one figure; may be given again")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    given = parser.parse_args()
    chosen = given.only or list(PARTS)
    # As every installation is: where PYTHONDONTWRITEBYTECODE is set, each process would compile it all again.
    compileall.compile_dir(cosmemory.__path__[0], quiet=1)
    for part in dict.fromkeys(PARTS[name] for name in chosen):
        for figure in part():
            if given.only and figure.name not in chosen:
                continue
            if given.json:
                print(json.dumps({**asdict(figure), "met": figure.met}), flush=True)
            else:
                bound = "at least" if figure.least else "at most"
                verdict = "met" if figure.met else "MISSED"
                goal = f"{bound} {figure.goal:g}{figure.unit}"
                told = f"{figure.measured:.2f}{figure.unit}"
                print(f"{figure.name:4} {figure.what:52} {goal:>16} {told:>12}  {verdict}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
