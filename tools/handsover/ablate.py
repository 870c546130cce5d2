"""`hands ablate`: the same short training with one thing changed, over a few seeds, as a table with spread.

A grid file names the trials: {base: recipe.yaml, steps: 2000, seeds: [0, 1], trials: {bce: {loss: bce}, dice: {loss:
dice}}}. Each run has the same number of steps, so that it does not matter what else the machine does; a trial that is there
already is not run again.
"""
import argparse
import csv
import os

import numpy as np
import yaml

from . import train


def final(folder):
    """The last row of a run's curve as numbers."""
    with open(os.path.join(folder, "curve.csv")) as f:
        return {k: float(v) for k, v in list(csv.DictReader(f))[-1].items()}


def table(rows):
    """`rows`: {trial: [last row of each seed]}. Mean and half the range over the seeds, so that noise is seen for
    what it is."""
    names = [n for n in next(iter(rows.values()))[0] if n not in ("minutes", "loss")]
    out = ["| trial | seeds | " + " | ".join(names) + " |", "| --- " * (len(names) + 2) + "|"]
    for trial, runs in rows.items():
        cells = []
        for n in names:
            v = np.array([r[n] for r in runs])
            cells.append(f"{v.mean():.0f}" if n == "step" else f"{v.mean():.4f} ± {np.ptp(v) / 2:.4f}")
        out.append(f"| {trial} | {len(runs)} | " + " | ".join(cells) + " |")
    return "\n".join(out) + "\n"


def main(argv):
    p = argparse.ArgumentParser(prog="hands ablate", description=__doc__)
    p.add_argument("--grid", required=True)
    p.add_argument("--pack", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--init", help="checkpoint that every trial starts from")
    p.add_argument("--imagenet", help="encoder weights that every trial starts from, .npz")
    p.add_argument("--steps", type=int, help="of each run, instead of the grid's")
    p.add_argument("--only", action="append", help="this trial only; may be given more than once")
    p.add_argument("--threads", default="3")
    a = p.parse_args(argv)
    with open(a.grid) as f:
        grid = yaml.safe_load(f)
    if unknown := set(a.only or ()) - set(grid["trials"]):
        p.error(f"{a.grid} has no trial {', '.join(sorted(unknown))}")
    base, rows = os.path.join(os.path.dirname(a.grid), grid["base"]), {}
    steps = a.steps or grid["steps"]
    for trial, changes in grid["trials"].items():
        if a.only and trial not in a.only:
            continue
        for seed in grid["seeds"]:
            folder = os.path.join(a.out, f"{trial}-{seed}".replace("/", "-"))
            sets = {"steps": steps, "evaluate_minutes": 1e6, "seed": seed, **changes}
            argv = ["--recipe", base, "--pack", a.pack, "--out", folder, "--threads", a.threads]
            argv += ["--init", a.init] if a.init else []
            argv += ["--imagenet", a.imagenet] if a.imagenet else []
            for name, value in sets.items():
                argv += ["--set", f"{name}={yaml.safe_dump(value, default_flow_style=True).split(chr(10))[0]}"]
            train.main(argv)
            rows.setdefault(trial, []).append(final(folder))
            with open(os.path.join(a.out, "table.md"), "w") as f:
                f.write(table(rows))
    print(table(rows))
