"""Arithmetic of the figures. p: probability H x W float; truth: bool H x W; judged: bool H x W (False = not
counted)."""
from dataclasses import dataclass

import cv2
import numpy as np


@dataclass
class Counts:
    """Pixels of one or many pictures at one threshold; sums are kept, so that figures are global over a set."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    def __add__(self, o):
        return Counts(self.tp + o.tp, self.fp + o.fp, self.fn + o.fn, self.tn + o.tn)

    @property
    def iou(self):
        return ratio(self.tp, self.tp + self.fp + self.fn)

    @property
    def precision(self):
        return ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self):
        return ratio(self.tp, self.tp + self.fn)

    @property
    def f1(self):
        return ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def share(self):
        """Part of the pixels that is called hand."""
        return ratio(self.tp + self.fp, self.tp + self.fp + self.fn + self.tn)


def ratio(a, b):
    return float(a) / float(b) if b else float("nan")


def count(p, truth, judged, threshold=0.5):
    mask = p > threshold
    return Counts(
        int((mask & truth & judged).sum()),
        int((mask & ~truth & judged).sum()),
        int((~mask & truth & judged).sum()),
        int((~mask & ~truth & judged).sum()),
    )


def edge(mask):
    """The pixels of a mask that touch its outside (the picture's border is no edge)."""
    m = mask.astype(np.uint8)
    return (m - cv2.erode(m, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_REPLICATE)) > 0


def boundary_f(p, truth, judged, threshold=0.5, tolerance=0.0075):
    """F-measure of the edges, matched within `tolerance` of the diagonal (DAVIS). NaN where neither has an edge."""
    reach = max(1, round(tolerance * float(np.hypot(*truth.shape))))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    mine, real = edge(p > threshold) & judged, edge(truth) & judged
    if not mine.any() and not real.any():
        return float("nan")
    if not mine.any() or not real.any():
        return 0.0
    precision = (mine & (cv2.dilate(real.astype(np.uint8), disc) > 0)).sum() / mine.sum()
    recall = (real & (cv2.dilate(mine.astype(np.uint8), disc) > 0)).sum() / real.sum()
    return ratio(2 * precision * recall, precision + recall) if precision + recall else 0.0


def mae(p, truth, judged):
    """Mean absolute error of the probability over the judged pixels, 0..1."""
    return float(np.abs(p - truth)[judged].mean()) if judged.any() else float("nan")


def sweep(p, truth, judged, bins=101):
    """Histograms of the probability over hand and over background pixels: all threshold figures follow from them."""
    k = np.minimum((p[judged] * bins).astype(int), bins - 1)
    t = truth[judged]
    return np.stack([np.bincount(k[t], minlength=bins), np.bincount(k[~t], minlength=bins)])


def curve(histograms):
    """Precision, recall and IoU at each threshold k / bins, from `sweep`'s sums."""
    hit = histograms[:, ::-1].cumsum(1)[:, ::-1].astype(float)
    total = histograms[0].sum()
    called = hit.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return hit[0] / called, hit[0] / total, hit[0] / (total + hit[1])


def calibration(histograms, groups=10):
    """(mean probability, share that is really hand, pixels) for each of `groups` equal bins, and the expected error."""
    bins = histograms.shape[1]
    centre = (np.arange(bins) + 0.5) / bins
    rows, total, error = [], histograms.sum(), 0.0
    for part in np.array_split(np.arange(bins), groups):
        n = histograms[:, part].sum()
        said = ratio((centre[part] * histograms[:, part].sum(0)).sum(), n)
        real = ratio(histograms[0, part].sum(), n)
        rows.append((said, real, int(n)))
        error += 0 if not n else n / total * abs(said - real)
    return rows, float(error)


def interval(values, seed=0, draws=1000):
    """95 % bootstrap interval of a mean over pictures; NaN values are left out."""
    v = np.asarray([x for x in values if x == x], float)
    if len(v) < 2:
        return float("nan"), float("nan")
    means = v[np.random.default_rng(seed).integers(len(v), size=(draws, len(v)))].mean(1)
    return tuple(float(q) for q in np.quantile(means, (0.025, 0.975)))


def ita(image, hand):
    """Individual typology angle of the skin in degrees: atan((L* - 50) / b*) of the hand's median colour (BGR
    uint8)."""
    if hand.sum() < 50:
        return float("nan")
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)[hand]
    light, _, yellow = np.median(lab, axis=0)
    return float(np.degrees(np.arctan2(light - 50, yellow)))


def tone(angle):
    """The usual five groups by ITA (Chardon 1991, del Bino 2013), from the picture's light, so of the photograph, not
    of the person."""
    for limit, name in ((55, "very light"), (41, "light"), (28, "intermediate"), (10, "tan"), (-30, "brown")):
        if angle > limit:
            return name
    return "dark" if angle == angle else "-"
