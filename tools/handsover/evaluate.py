"""`hands evaluate`: figures of one or more models on pictures with labels that they were not trained on. A checkpoint is
judged by what it answers; a model of the program (.onnx, .json or a name) by what the program makes of it, matte and all.

Writes OUT/figures.json, OUT/figures.md and OUT/report.html, one self-contained page with plots and the worst 24
pictures. IoU is global over a set: the sum of the pixels in both over the sum of the pixels in either. In brackets in
the table: 95 % bootstrap interval of the mean IoU by picture.
"""
import argparse
import json
import os
import subprocess
import tempfile

import cv2
import numpy as np

from . import infer, metrics, pack, report

PROGRAM = os.path.join(os.path.dirname(__file__), "..", "..", "handsover")
KEEP = ("arm", "hand")  # the label planes of an Item, in their order

SIZES = ((0.02, "small (< 2 % of the picture)"), (0.08, "middle (2-8 %)"), (2.0, "large (> 8 %)"))


def groups(item, label):
    """The names of the groups whose figures this picture counts in."""
    if item.kind in ("face", "background"):
        return [f"no hands: {item.kind}s"]
    hand = label == pack.HAND
    share = hand.mean()
    luma = float(cv2.cvtColor(item.image, cv2.COLOR_BGR2GRAY).mean())
    return [
        f"set: {item.source}",
        "size: " + next(n for limit, n in SIZES if share < limit),
        "light: " + ("dark (mean luma < 70)" if luma < 70 else "bright (> 150)" if luma > 150 else "middle"),
        "skin as photographed: " + metrics.tone(metrics.ita(item.image, hand)),
    ]


class Group:
    """Sums over the pictures of one group."""

    def __init__(self):
        self.judged, self.strict = metrics.Counts(), metrics.Counts()
        self.ious, self.boundaries, self.errors = [], [], []
        self.histograms = np.zeros((2, 101), np.int64)

    def add(self, p, label):
        truth, judged = label == pack.HAND, label != pack.IGNORE
        c = metrics.count(p, truth, judged)
        self.judged += c
        self.strict += metrics.count(p, truth, np.ones_like(truth))
        self.errors.append(metrics.mae(p, truth, judged))
        self.histograms += metrics.sweep(p, truth, judged)
        if truth.any():
            self.ious.append(c.iou)
            self.boundaries.append(metrics.boundary_f(p, truth, judged))
        return c

    def figures(self):
        """Everything about the group as plain numbers. Without hands only the false alarms are given."""
        out = {"pictures": len(self.errors), "called_hand": self.judged.share, "mae": float(np.nanmean(self.errors))}
        if self.ious:
            precision, recall, iou = metrics.curve(self.histograms)
            best = int(np.nanargmax(iou))
            out.update(
                iou=self.judged.iou,
                iou_all_pixels=self.strict.iou,
                f1=self.judged.f1,
                precision=self.judged.precision,
                recall=self.judged.recall,
                boundary_f=float(np.nanmean(self.boundaries)),
                picture_iou=float(np.mean(self.ious)),
                interval=metrics.interval(self.ious),
                best_threshold=best / 101,
                best_iou=float(iou[best]),
                calibration_error=metrics.calibration(self.histograms)[1],
                confusion={k: getattr(self.judged, k) for k in ("tp", "fp", "fn", "tn")},
            )
        return out


def evaluate(predict, items, keep="arm"):
    """({group: Group}, [(IoU or -share, item, probability)] sorted from the worst). `predict`: BGR picture to
    probability of what `keep` says; pictures in which nobody labelled that are left out."""
    found, pictures = {}, []
    for item in items:
        label = item.planes()[KEEP.index(keep)]
        if keep != "arm" and item.label is not None and not (label == pack.HAND).any():
            continue
        p = predict(item.image)
        names = groups(item, label)
        if item.label is not None:
            names = ["all with hands", *names]
        for name in names:
            counts = found.setdefault(name, Group()).add(p, label)
        pictures.append((counts.iou if (label == pack.HAND).any() else 1 - 20 * counts.share, item, p))
    pictures.sort(key=lambda t: t[0])
    return dict(sorted(found.items())), pictures


def shipped(model, items, keep="arm"):
    """As `predict` of `evaluate`, of a model that the program runs: it is asked once for all pictures. What was trained for
    the hand alone is told by `keep`, all else is the model's own choice."""
    mattes = {}
    with tempfile.TemporaryDirectory() as folder:
        for k, item in enumerate(items):
            cv2.imwrite(f"{folder}/p{k:06d}.png", item.image)
        argv = [PROGRAM, "eval", model, "--data", folder, "--mattes", f"{folder}/mattes", "--json"]
        argv += ["--keep", keep] if keep != "arm" else []
        done = subprocess.run(argv, capture_output=True, text=True)
        if done.returncode or json.loads(done.stdout)[model]["skipped"]:
            raise SystemExit(f"the program does not judge {model}: {done.stderr.strip()}")
        for k, item in enumerate(items):
            matte = cv2.imread(f"{folder}/mattes/p{k:06d}.pgm", cv2.IMREAD_GRAYSCALE)
            mattes[id(item.image)] = matte.astype(np.float32) / 255
    return lambda image: mattes[id(image)]


def predictor(model, items, pixels, keep):
    if not model.endswith(".pt"):
        return shipped(model, items, keep)
    net = infer.load_checkpoint(model)
    return lambda image: infer.probability(net, image, pixels, channel=KEEP.index(keep))


def table(results):
    """Markdown: one row a group, one column a model, and the group's size."""
    names = list(results)
    rows = ["| group | pictures | " + " | ".join(names) + " |", "| --- | --- | " + "--- | " * len(names)]
    for group in results[names[0]]:
        cells = []
        for name in names:
            f = results[name][group].figures()
            if "iou" in f:
                low, high = f["interval"]
                spread = f" (by picture {low:.3f}-{high:.3f})" if low == low else ""
                cells.append(f"IoU {f['iou']:.3f}{spread}, edge F {f['boundary_f']:.3f}")
            else:
                cells.append(f"{f['called_hand']:.2%} called hand")
        rows.append(f"| {group} | {results[names[0]][group].figures()['pictures']} | " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def main(argv):
    p = argparse.ArgumentParser(prog="hands evaluate", description=__doc__)
    p.add_argument(
        "--model", action="append", required=True, metavar="[NAME=]MODEL", help="checkpoint (.pt) or a model of the program; "
        "may be given more than once"
    )
    p.add_argument("--pack", required=True)
    p.add_argument("--use", default="validate", choices=("train", "validate", "test"))
    p.add_argument("--every", type=int, default=1, help="only every n-th picture")
    p.add_argument("--pixels", type=int, help="budget of the model input, instead of each network's own")
    p.add_argument("--keep", default="arm", choices=KEEP, help="hand with its bare arm, or hand alone to the wrist")
    p.add_argument("--out", required=True)
    a = p.parse_args(argv)
    os.makedirs(a.out, exist_ok=True)
    items = pack.load(a.pack, a.use)[:: a.every]
    results, last = {}, None
    for model in a.model:
        name, _, path = model.rpartition("=")
        predict = predictor(path, items, a.pixels, a.keep)
        results[name or os.path.basename(path)], last = evaluate(predict, items, a.keep)
    text = table(results)
    print(text)
    with open(f"{a.out}/figures.md", "w") as f:
        f.write(text)
    with open(f"{a.out}/figures.json", "w") as f:
        json.dump({n: {g: v.figures() for g, v in r.items()} for n, r in results.items()}, f, indent=1)
    report.write(f"{a.out}/report.html", results, last[:24], KEEP.index(a.keep))
