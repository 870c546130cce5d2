"""The picture that a training scene is drawn on, with its label planes, and labelled photographs seen in other ways.

Whatever is pasted, hand or not, gets the same treatment (edge, light, shadow, blur), so that the treatment itself says
nothing about where the hands are.
"""
import math

import cv2
import numpy as np

from . import pieces
from .augment import motion_kernel, slope
from .geometry import centred, linear, view, warp
from .pack import HAND, IGNORE


class Canvas:
    """`image` H x W x 3 BGR 0..255; `hand` H x W x 2, 0..1: hand with its bare arm, hand alone; `valid` H x W x 2, 0 =
    not judged; all float32."""

    def __init__(self, image, hand=None, valid=None):
        self.image = image.astype(np.float32)
        self.size = image.shape[1::-1]
        self.hand = np.zeros((*image.shape[:2], 2), np.float32) if hand is None else hand
        self.valid = np.ones((*image.shape[:2], 2), np.float32) if valid is None else valid

    def paste(self, rng, colour, alpha, hand=None, match=True):
        """Lays `colour` (H x W x 3) over the picture by `alpha` (H x W, 0..1), fitted to the light around it. `hand`:
        what of a hand with its arm is the hand alone, H x W label plane; None for all other things."""
        inset = rng.uniform(0, 0.35)
        if inset > 0.05:
            alpha = np.clip((cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.7, 1.6)) - inset) / (1 - inset), 0, 1)
        alpha = cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.5, 1.5))
        if match and rng.random() < 0.7:
            colour = matched(colour, alpha, self.image, rng.uniform(0, 0.6))
        if rng.random() < 0.5:
            colour = colour * slope(alpha.shape, rng, rng.uniform(0, 0.9))
        if rng.random() < 0.25:
            colour = cv2.GaussianBlur(colour, (0, 0), rng.uniform(0.4, 1.5))
        if rng.random() < 0.14:  # it moves, the room does not
            k = motion_kernel(rng, rng.uniform(3, 0.06 * max(self.size)))
            colour, alpha = cv2.filter2D(colour, -1, k), cv2.filter2D(alpha, -1, k)
        if match and rng.random() < 0.4:
            self.cast(rng, alpha)
        self.image += (np.clip(colour, 0, 255) - self.image) * alpha[..., None]
        covered = alpha > 0.02
        self.hand *= 1 - alpha[..., None]
        self.valid[covered] = 1
        if hand is not None:
            self.hand += np.dstack([alpha, alpha * (hand == HAND)])
            self.valid[..., 1][covered & (hand == IGNORE)] = 0

    def cast(self, rng, alpha, spared=None):
        """Darkens the picture by the shadow of what `alpha` covers, H x W, 0..1, but where `spared` is 1: soft, or as hard
        and dark as a flash makes it."""
        flash = rng.random() < (0.35 if spared is None else 0.6)
        d, t = rng.uniform(2, 0.15 * min(self.size) if flash else 18), rng.uniform(0, 2 * math.pi)
        shift = np.float32([[1, 0, d * math.cos(t)], [0, 1, d * math.sin(t)]])
        shadow = cv2.GaussianBlur(
            cv2.warpAffine(alpha, shift, self.size), (0, 0), rng.uniform(*((0.6, 2.5) if flash else (1.5, 10)))
        )
        if spared is not None:
            shadow *= 1 - spared
        self.image *= 1 - (shadow * rng.uniform(*((0.55, 0.93) if flash else (0.15, 0.65))))[..., None]


def matched(colour, alpha, around, k):
    """Moves mean and spread of the piece towards those of the picture by 0..1; brightness more than the cast."""
    inside = alpha > 0.5
    if inside.sum() < 30:
        return colour
    part, room = colour[inside], around.reshape(-1, 3)
    m, s, rm, rs = part.mean(0), part.std(0) + 2, room.mean(0), room.std(0) + 2
    target = m * (1 - k) + m / max(m.mean(), 1) * rm.mean() * k
    target = target * (1 - 0.35 * k) + rm / max(rm.mean(), 1) * target.mean() * 0.35 * k
    gain = 1 - 0.5 * k + 0.5 * k * np.clip(rs / s, 0.6, 1.5)
    return (colour - m) * gain + target


def cover(rng, picture, size, low=0.9, high=2.5, degrees=20):
    """Any picture as a full background, float32."""
    return warp(picture, view(rng, picture.shape[1::-1], size, low, high, degrees), size).astype(np.float32)


def look(rng, item, size, low, high, degrees, border=cv2.BORDER_REFLECT_101):
    """A view of a labelled photograph, rather at its hand when close."""
    ys, xs = np.nonzero(item.label[::4, ::4] == HAND)
    k = rng.integers(len(ys)) if len(ys) else None
    focus = None if k is None else (xs[k] * 4, ys[k] * 4)
    return seen(item, view(rng, item.image.shape[1::-1], size, low, high, degrees, focus, 0.12), size, border)


def plain(rng, item, size, zoom, degrees, shift, shear, flip):
    """The whole photograph, moved as the published augmentations move it and nothing more."""
    w, h = item.image.shape[1::-1]
    scale = max(size[0] / w, size[1] / h) * rng.uniform(1 - zoom, 1 + zoom)
    a = linear(rng, scale, math.radians(rng.uniform(-degrees, degrees)), shear, flip, stretch=0)
    matrix = centred(a, (w / 2, h / 2), size)
    matrix[:, 2] += rng.uniform(-shift, shift, 2) * np.array(size)
    return seen(item, matrix, size, cv2.BORDER_REFLECT_101)


def classes(rng, item, size, zoom, degrees, shift, shear, flip, count):
    """As `plain`, for a picture whose label holds class numbers: (image float32, numbers H x W uint8 below `count`). Void
    is the last of them, and so is what lies beyond the picture."""
    w, h = item.image.shape[1::-1]
    scale = max(size[0] / w, size[1] / h) * rng.uniform(1 - zoom, 1 + zoom)
    a = linear(rng, scale, math.radians(rng.uniform(-degrees, degrees)), shear, flip, stretch=0)
    matrix = centred(a, (w / 2, h / 2), size)
    matrix[:, 2] += rng.uniform(-shift, shift, 2) * np.array(size)
    numbers = np.minimum(item.label, count - 1)
    numbers = cv2.warpAffine(numbers, matrix, size, flags=cv2.INTER_NEAREST, borderValue=count - 1)
    return warp(item.image, matrix, size).astype(np.float32), numbers


def seen(item, m, size, border):
    """A labelled picture through a matrix."""
    planes = item.planes()
    hand, doubt = (
        np.dstack([warp((p == value).astype(np.float32), m, size, border) for p in planes]) for value in (HAND, IGNORE)
    )
    return Canvas(warp(item.image, m, size, border), hand, (doubt < 0.2).astype(np.float32))


def elsewhere(rng, canvas, world):
    """The same hand in other surroundings; its own edge pixels stay."""
    near = cv2.GaussianBlur(cv2.dilate(canvas.hand[..., 0], np.ones((3, 3), np.uint8)), (0, 0), rng.uniform(0.6, 1.5))[
        ..., None
    ]
    doubt = canvas.valid == 0
    behind = pieces.vivid(rng) if rng.random() < 0.2 else world.thing(rng)
    canvas.image = canvas.image * near + cover(rng, behind, canvas.size) * (1 - near)
    # what was in doubt is gone with the old surroundings, but for a rim that may still show
    canvas.valid = 1 - (doubt & (near > 0.02)).astype(np.float32)
