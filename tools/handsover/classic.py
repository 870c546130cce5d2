"""`hands classic`: what was done before networks, in the same evaluation: thresholds, skin colour models, random
walker.

Every method is a function from a BGR picture (H x W x 3 uint8) to a probability of hand (H x W float 0..1). The
thresholds and the mixtures also run in the program (cards of kind classic), which is held to these functions by tests.
"""
import argparse
import json
import os
import re

import cv2
import numpy as np
from skimage.filters import threshold_isodata, threshold_otsu
from skimage.segmentation import random_walker
from sklearn.mixture import GaussianMixture

from . import evaluate, pack, report
from .prepare import shrink

SIDE = 160  # long side at which the slow methods work, pixels


def red_chroma(image):
    """Cr of YCbCr, smoothed: the one channel in which skin stands out from most rooms."""
    return cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb)[..., 1], (5, 5), 0)


def threshold(rule):
    def method(image):
        c = red_chroma(image)
        return (c > rule(c)).astype(np.float32) if c.min() < c.max() else np.zeros(c.shape, np.float32)

    return method


def colours(image):
    """H*W x 4: Cr, Cb, hue's sine and saturation, 0..1 or -1..1; brightness is left out, it is the lamp's and not the
    skin's."""
    ycc = cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb).reshape(-1, 3)[:, 1:] / 255.0
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV).reshape(-1, 3)
    return np.column_stack([ycc, np.sin(hsv[:, 0] * (np.pi / 90)), hsv[:, 1] / 255.0])


def samples(items, each=150, seed=0):
    """(skin colours, other colours) of labelled pictures and cut-outs, `each` pixels of either from every picture; where a
    cut-out is transparent it shows nothing at all."""
    rng, skin, other = np.random.default_rng(seed), [], []
    for item in items:
        cut = item.image.shape[2] == 4
        c = colours(np.ascontiguousarray(item.image[..., :3]))
        label = np.where(item.image[..., 3] > 250, pack.HAND, pack.IGNORE).ravel() if cut else item.label.ravel()
        for value, out in ((pack.HAND, skin), (0, other)):
            where = np.nonzero(label == value)[0]
            if len(where):
                out.append(c[rng.choice(where, min(each, len(where)), replace=False)])
    return np.concatenate(skin), np.concatenate(other)


def restore(p, image):
    return cv2.resize(p.astype(np.float32), image.shape[1::-1], interpolation=cv2.INTER_LINEAR)


class Gmm:
    """Two Gaussian mixtures fitted by EM, skin and not skin; Bayes with the share of hand in the training pixels."""

    def __init__(self, skin, other, prior=0.1):
        self.skin, self.other, self.prior = skin, other, prior

    @classmethod
    def fit(cls, skin, other, components=4, seed=0):
        return cls(*(GaussianMixture(components, random_state=seed).fit(c) for c in (skin, other)))

    @classmethod
    def of(cls, card):
        """The model of a card, as `write_card` wrote it."""
        return cls(*(mixture(card["method"][k]) for k in ("skin", "other")), card["method"]["prior"])

    def cells(self, image):
        """Each pixel by itself."""
        c = colours(image)
        ratio = self.skin.score_samples(c) - self.other.score_samples(c) + np.log(self.prior / (1 - self.prior))
        return (1 / (1 + np.exp(-np.clip(ratio, -30, 30)))).reshape(image.shape[:2])

    def __call__(self, image):
        return restore(self.cells(shrink(image, SIDE)), image)


def mixture(rows):
    """A mixture from [{weight, mean, covariance}]."""
    m = GaussianMixture(len(rows))
    m.weights_, m.means_, m.covariances_ = (np.array([r[k] for r in rows]) for k in ("weight", "mean", "covariance"))
    m.precisions_cholesky_ = np.stack([np.linalg.inv(np.linalg.cholesky(c)).T for c in m.covariances_])
    return m


def write_card(path, gmm):
    """Puts the mixtures into the program's card, an existing JSON file: five figures of each number are kept."""

    def rows(m):
        five = np.vectorize(lambda x: float(f"{x:.5g}"))
        return [
            {"weight": float(five(w)), "mean": five(mean).tolist(), "covariance": five(c).tolist()}
            for w, mean, c in zip(m.weights_, m.means_, m.covariances_)
        ]

    with open(path) as f:
        card = json.load(f)
    card["method"] = {"name": "skin-gmm", "prior": gmm.prior, "skin": rows(gmm.skin), "other": rows(gmm.other)}
    text = json.dumps(card, indent=2, ensure_ascii=False)
    text = re.sub(r"\[[^\[\]{}]*\]", lambda m: "[" + " ".join(m[0][1:-1].split()) + "]", text)  # rows in a line
    with open(path, "w") as f:
        f.write(text + "\n")


class Som:
    """Self-organising map of colours (Kohonen): a grid learns the colours, each node then says how often it was
    skin."""

    def __init__(self, skin, other, side=8, steps=20000, seed=0):
        rng = np.random.default_rng(seed)
        c = np.concatenate([skin, other])
        self.nodes = c[rng.choice(len(c), side * side)].copy()
        place = np.stack(np.meshgrid(np.arange(side), np.arange(side)), -1).reshape(-1, 2)
        for t in range(steps):
            done = t / steps
            x = c[rng.integers(len(c))]
            best = ((self.nodes - x) ** 2).sum(1).argmin()
            reach = side / 2 * (1 - done) + 0.5
            pull = 0.5 * (1 - done) * np.exp(-((place - place[best]) ** 2).sum(1) / (2 * reach**2))
            self.nodes += pull[:, None] * (x - self.nodes)
        hits = [np.bincount(self.nearest(part), minlength=side * side) / len(part) for part in (skin, other)]
        self.skin = (0.1 * hits[0] + 1e-6) / (0.1 * hits[0] + 0.9 * hits[1] + 2e-6)

    def nearest(self, c):
        return ((c**2).sum(1)[:, None] - 2 * c @ self.nodes.T + (self.nodes**2).sum(1)).argmin(1)

    def __call__(self, image):
        small = shrink(image, SIDE)
        return restore(self.skin[self.nearest(colours(small))].reshape(small.shape[:2]), image)


class Walker:
    """Random walker (Grady 2006) from seeds where a colour model is sure."""

    def __init__(self, colour_model):
        self.model = colour_model

    def __call__(self, image):
        small = shrink(image, SIDE)
        p = self.model(small)
        seeds = np.where(p > 0.85, 1, np.where(p < 0.05, 2, 0))
        if set(np.unique(seeds)) != {0, 1, 2}:  # nothing is open, or one side has no seeds
            return self.model(image)
        lab = cv2.cvtColor(small, cv2.COLOR_BGR2Lab) / 255.0
        q = random_walker(lab, seeds, beta=300, mode="cg_j", channel_axis=-1, return_full_prob=True)[0]
        return restore(np.clip(np.nan_to_num(q), 0, 1), image)  # the solver stops a little outside 0..1


def methods(items, names=None):
    """{name: method}, fitted on training pictures where the method learns anything."""
    skin, other = samples(items)
    gmm = Gmm.fit(skin, other)
    every = {
        "otsu": threshold(threshold_otsu),
        "ridler-calvard": threshold(threshold_isodata),
        "gmm": gmm,
        "som": Som(skin, other),
        "random-walker": Walker(gmm),
    }
    return {n: m for n, m in every.items() if not names or n in names}


def main(argv):
    p = argparse.ArgumentParser(prog="hands classic", description=__doc__)
    p.add_argument("--pack", required=True)
    p.add_argument(
        "--method", action="append", help="otsu, ridler-calvard, gmm, som or random-walker; all if not given"
    )
    p.add_argument("--use", default="validate", choices=("validate", "test"))
    p.add_argument("--every", type=int, default=1)
    p.add_argument("--out", help="folder of the figures")
    p.add_argument("--card", help="instead: fits the mixtures and puts them into this card of the program, e.g. skin-gmm.json")
    p.add_argument("--open-only", action="store_true", help="learn from openly licensed pictures and cut-outs only")
    a = p.parse_args(argv)
    if not a.out and not a.card:
        p.error("say --out or --card")
    train = pack.load(a.pack, "train", ("pair", "room", "cutout") if a.open_only else ("pair", "room"))
    train = [i for i in train if i.open] if a.open_only else train
    if not any(i.label is not None for i in train):
        raise SystemExit("there are no labelled pictures in that pack to learn from")
    if a.card:
        write_card(a.card, Gmm.fit(*samples(train[::4])))
        return
    os.makedirs(a.out, exist_ok=True)
    items = pack.load(a.pack, a.use)[:: a.every]
    results, last = {}, []
    for name, method in methods(train[::4], a.method).items():
        results[name], last = evaluate.evaluate(method, items)
    text = evaluate.table(results)
    print(text)
    with open(f"{a.out}/figures.md", "w") as f:
        f.write(text)
    with open(f"{a.out}/figures.json", "w") as f:
        json.dump({n: {g: v.figures() for g, v in r.items()} for n, r in results.items()}, f, indent=1)
    report.write(f"{a.out}/report.html", results, last[:24])
