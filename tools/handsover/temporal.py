"""`hands temporal`: flicker and lag of networks on clips with exact masks (as `hands synth --frames N` writes them).

Flicker: mean |p(t) - p(t-1)| where the truth stands still, in probability; lag: the delay in frames at which the
masks fit the truth best. A network that sees one frame at a time has no lag; a filter behind it may.
"""
import argparse
import glob
import os
from collections import defaultdict

import cv2
import numpy as np

from . import infer, metrics
from .evaluate import KEEP

# sigma of the sensor noise added to each frame, of 255: rendered frames alone would hide the flicker of real ones
NOISE = 3.0


def flicker(before, now, truth_before, truth_now, margin=5):
    """Mean |difference| of two probability planes where both truths agree for `margin` pixels around; NaN where they
    never do."""
    moved = (truth_before != truth_now).astype(np.uint8)
    still = cv2.dilate(moved, np.ones((2 * margin + 1,) * 2, np.uint8)) == 0
    return float(np.abs(now - before)[still].mean()) if still.any() else float("nan")


def lag(predicted, truth, most=4):
    """The delay k in frames, 0..most, at which predicted[t] fits truth[t - k] best by IoU over the clip."""
    scores = []
    for k in range(min(most, len(truth) - 1) + 1):
        c = metrics.Counts()
        for p, t in zip(predicted[k:], truth[: len(truth) - k]):
            c += metrics.count(p, t, np.ones_like(t))
        scores.append(c.iou)
    return int(np.argmax(scores))


def clips(folder, keep="arm"):
    """{clip: [(picture path, mask path)]} in order; `keep`: of hand with its bare arm, or of the hand alone."""
    masks = "masks" if keep == "arm" else "hands"
    out = defaultdict(list)
    for path in sorted(glob.glob(f"{folder}/images/*_*.jpg")):
        name = os.path.splitext(os.path.basename(path))[0]
        out[name.rsplit("_", 1)[0]].append((path, f"{folder}/{masks}/{name}.png"))
    return out


def measure(predict, frames, rng):
    """(flicker, lag, IoU) of one clip."""
    predicted, truth, changes, counts = [], [], [], metrics.Counts()
    for picture, mask in frames:
        image = cv2.imread(picture).astype(np.float32)
        image = np.clip(image + rng.normal(0, NOISE, image.shape), 0, 255).astype(np.uint8)
        p, t = predict(image), cv2.imread(mask, 0) > 127
        counts += metrics.count(p, t, np.ones_like(t))
        if predicted:
            changes.append(flicker(predicted[-1], p, truth[-1], t))
        predicted.append(p)
        truth.append(t)
    return float(np.nanmean(changes)), lag(predicted, truth), counts.iou


def main(argv):
    p = argparse.ArgumentParser(prog="hands temporal", description=__doc__)
    p.add_argument("--model", action="append", required=True, metavar="[NAME=]CHECKPOINT")
    p.add_argument("--clips", required=True, help="folder that `hands synth --frames N` wrote")
    p.add_argument("--keep", default="arm", choices=KEEP, help="hand with its bare arm, or hand alone to the wrist")
    a = p.parse_args(argv)
    found, channel = clips(a.clips, a.keep), KEEP.index(a.keep)
    if not found:
        raise SystemExit(f"{a.clips}: no clips there (images/NAME_0000.jpg ...)")
    print("| model | clips | flicker | lag, frames | IoU |\n| --- | --- | --- | --- | --- |")
    for model in a.model:
        name, _, path = model.rpartition("=")
        net = infer.load_checkpoint(path)
        rows = np.array(
            [
                measure(lambda i: infer.probability(net, i, channel=channel), f, np.random.default_rng(k))
                for k, f in enumerate(found.values())
            ]
        )
        mean = rows.mean(0)
        print(f"| {name or os.path.basename(path)} | {len(rows)} | {mean[0]:.4f} | {mean[1]:.2f} | {mean[2]:.3f} |")
