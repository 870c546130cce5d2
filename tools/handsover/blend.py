"""`hands blend`: the mean of two checkpoints' weights, of one shape and one descent.

A network and what further training made of it are often joined by networks that are better than both (Wortsman and others
2022, "Model soups"): here one that was pruned and one that was trained on from it.
"""
import argparse

import torch

from .train import commit


def mean(a, b, share):
    """The state dict (1 - share) a + share b; whole numbers are a's."""
    if {k: v.shape for k, v in a.items()} != {k: v.shape for k, v in b.items()}:
        raise SystemExit("these networks are not of one shape: only what was trained on from the same start can be blended")
    return {k: torch.lerp(a[k], b[k], share) if a[k].dtype.is_floating_point else a[k] for k in a}


def main(argv):
    p = argparse.ArgumentParser(prog="hands blend", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--model", required=True, help="checkpoint")
    p.add_argument("--other", required=True, help="checkpoint that was trained on from it, or the other way round")
    p.add_argument("--share", type=float, default=0.5, help="of the other, 0..1")
    p.add_argument("--out", required=True, help="the checkpoint to write")
    a = p.parse_args(argv)
    one, two = (torch.load(path, map_location="cpu") for path in (a.model, a.other))
    kept = {k: two[k] for k in ("recipe", "step", "seconds", "best")}
    torch.save(dict(kept, ema=mean(one["ema"], two["ema"], a.share), commit=commit()), a.out)
    print(f"{a.out}: {1 - a.share:.2f} of {a.model}, {a.share:.2f} of {a.other}")
