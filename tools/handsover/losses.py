"""Losses on logits, for one class. z, y, v: N x H x W; z any real, y 0..1 (1 = hand), v 0 or 1 (0 = pixel not judged)."""
import torch
from torch.nn import functional as F


def mean(loss, v):
    return (loss * v).sum() / v.sum().clamp(min=1)


def bce(z, y, v):
    """Binary cross-entropy, mean over the judged pixels."""
    return mean(F.binary_cross_entropy_with_logits(z, y, reduction="none"), v)


def dice(z, y, v):
    """1 - Dice over the whole batch: a picture without hands then still counts, by its false alarms."""
    p, y = torch.sigmoid(z) * v, y * v
    return 1 - (2 * (p * y).sum() + 1) / (p.sum() + y.sum() + 1)


def edge_weight(y, radius=3, gain=3.0):
    """1 inside and outside, 1 + gain within `radius` pixels of the label's edge."""

    def largest(y):  # rows, then columns: a third of the time of the whole square
        y = F.max_pool2d(y, (2 * radius + 1, 1), 1, (radius, 0))
        return F.max_pool2d(y, (1, 2 * radius + 1), 1, (0, radius))

    y = y[:, None]
    return 1 + gain * (largest(y) + largest(-y))[:, 0]


def bce_dice(z, y, v):
    return bce(z, y, v) + dice(z, y, v)


def boundary(z, y, v):
    """BCE weighted towards the edge, and Dice: fingers stay apart."""
    w = edge_weight(y) * v
    return (F.binary_cross_entropy_with_logits(z, y, reduction="none") * w).sum() / w.sum().clamp(min=1) + dice(z, y, v)


def focal(z, y, v, gamma=2.0, alpha=0.25):
    """Lin et al. 2017, eq. 5; hard pixels count more."""
    p = torch.sigmoid(z)
    agree = p * y + (1 - p) * (1 - y)
    balance = alpha * y + (1 - alpha) * (1 - y)
    return mean(balance * (1 - agree) ** gamma * F.binary_cross_entropy_with_logits(z, y, reduction="none"), v)


def steadiness(a, b, shifts, reach):
    """Mean |difference| of two frames' probabilities, m x C x H x W, where `shifts` (m x 2: right, down) says how far
    the second is moved against the first; `reach` is the most that it may be. Both learn from it."""
    total = 0.0
    h, w = a.shape[2:]
    for p, q, (dx, dy) in zip(a, b, shifts):
        inner = slice(reach, h - reach), slice(reach, w - reach)
        moved = slice(reach + dy, h - reach + dy), slice(reach + dx, w - reach + dx)
        total = total + (p[:, inner[0], inner[1]] - q[:, moved[0], moved[1]]).abs().mean()
    return total / max(1, len(shifts))


def by_class(loss, z, y, v, weights):
    """A loss of each class's plane (z, y, v: N x C x H x W), averaged by `weights` (C numbers)."""
    return sum(w * loss(z[:, k], y[:, k], v[:, k]) for k, w in enumerate(weights)) / sum(weights)


def exclusive(z, numbers):
    """Cross-entropy of classes of which each pixel has one: z N x C x H x W, numbers N x H x W."""
    return F.cross_entropy(z, numbers)


LOSSES = {"bce": bce, "dice": dice, "bce+dice": bce_dice, "boundary": boundary, "focal": focal}
