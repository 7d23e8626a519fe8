"""`python -m domains.matching.solving`: a snapshot on standard input, a proposal on its output."""

import argparse
import resource
import sys

from domains.matching.solving import arranging
from domains.matching.solving.snapshot import Snapshot


def main() -> None:
    """Read a snapshot, arrange it, write the proposal."""
    parser = argparse.ArgumentParser(prog="python -m domains.matching.solving", description=__doc__)
    parser.add_argument("--memory", type=int, default=0, metavar="BYTES", help="no more than this")
    parser.add_argument("--greedily", default="", metavar="WHY", help="without a solver, and why")
    given = parser.parse_args()
    if given.memory:
        resource.setrlimit(resource.RLIMIT_AS, (given.memory, given.memory))
    snapshot = Snapshot.from_bytes(sys.stdin.buffer.read())
    if given.greedily:
        proposal = arranging.arrange_greedily(snapshot, given.greedily)
    else:
        proposal = arranging.arrange(snapshot)
    sys.stdout.buffer.write(proposal.to_bytes())


if __name__ == "__main__":
    main()
