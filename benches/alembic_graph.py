#!/usr/bin/env python3
"""Alembic's revision map on the history of `migrate-core/benches/graph.rs`.

    python3 benches/alembic_graph.py [revisions]

Needs `pip install alembic`. Prints milliseconds, least of three. Plans are made and nothing is run.
"""

import sys
import time

from alembic.script.revision import Revision, RevisionMap

BLOCK, FORK = 25, 16


def place(at):
    """What a revision builds on, depends on and is labelled with."""
    start = at - at % BLOCK
    if at == 0:
        parents = []
    elif at % BLOCK == FORK:
        parents = [start]
    elif at % BLOCK == BLOCK - 1:
        parents = [start + FORK - 1, at - 1]
    else:
        parents = [at - 1]
    depends_on = [start + 10] if at % BLOCK == 20 else []
    return parents, depends_on, at % (100 * BLOCK) == 0


def revisions(count):
    for at in range(count):
        parents, depends_on, is_labelled = place(at)
        names = tuple(f"{parent:012x}" for parent in parents)
        yield Revision(
            f"{at:012x}",
            names if len(names) > 1 else names[0] if names else None,
            dependencies=tuple(f"{other:012x}" for other in depends_on),
            branch_labels=(f"label{at}",) if is_labelled else (),
        )


def build(count):
    known = RevisionMap(lambda: revisions(count))
    known.heads  # reads the generator
    return known


def measure(what, run, n_runs=3):
    least = None
    for _ in range(n_runs):
        started = time.perf_counter()
        run()
        taken = (time.perf_counter() - started) * 1e3
        least = taken if least is None else min(least, taken)
    print(f"{what:40} {least:10.1f}", flush=True)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    n_merges = sum(len(place(at)[0]) > 1 for at in range(count))
    print(f"{count} revisions, {n_merges} merges")
    measure("build", lambda: build(count))
    known = build(count)
    heads, inside = known.heads, (f"{count - BLOCK + FORK - 4:012x}",)

    def upgrade(target, rows):
        return lambda: list(known.iterate_revisions(target, rows, implicit_base=True))

    def downgrade(target):
        return lambda: list(known.iterate_revisions(heads, target, select_for_downgrade=True))

    measure("upgrade heads, nothing applied", upgrade("heads", ()))
    measure("upgrade heads, nothing to do", upgrade("heads", heads))
    measure("upgrade +1", upgrade("+1", inside))
    measure("downgrade base", downgrade("base"))
    measure("downgrade to the middle", downgrade(f"{count // 2:012x}"))


if __name__ == "__main__":
    main()
