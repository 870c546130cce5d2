"""What hands wear and hold: rings, nail polish, gloves; pens, cups, telephones, books, balls."""
import math
from dataclasses import dataclass

import numpy as np

from . import pieces
from .studio import HAND, OTHER, Layer, plain


@dataclass
class Palm:
    """A hand's frame: `centre` of the palm, unit vectors `across` the knuckles, `out` of the palm and `along` to the
    fingers; `length` from the wrist to the knuckles."""

    centre: np.ndarray
    across: np.ndarray
    out: np.ndarray
    along: np.ndarray
    length: float

    @staticmethod
    def of(wrist, first, last, sign):
        """From the places of the wrist and of the first and last finger's knuckle; `sign` 1 for a left hand."""
        middle = (first + last) / 2
        along, across = unit(middle - wrist), unit(last - first)
        length = np.linalg.norm(middle - wrist)
        return Palm(0.4 * wrist + 0.6 * middle, across, unit(sign * np.cross(across, along)), along, length)


def unit(v):
    return v / np.linalg.norm(v)


def turned(rows, columns, points, normals, texture, part, tint=(0, 0, 0, 0)):
    """A Layer of a grid of rows x columns points that is closed along the columns."""
    grid = np.arange(rows * columns).reshape(rows, columns)
    a, b = grid[:-1], np.roll(grid, -1, 1)[:-1]
    c, d = grid[1:], np.roll(grid, -1, 1)[1:]
    triangles = np.stack([np.stack([a, c, b], -1), np.stack([b, c, d], -1)], 2).reshape(-1, 3)
    v, u = np.mgrid[0 : 1 : rows * 1j, 0 : 1 : columns * 1j]
    uv = np.stack([u.ravel(), v.ravel()], 1)
    return Layer(points.reshape(-1, 3), normals.reshape(-1, 3), uv, triangles, part, texture, tint)


def lathe(axis, side, centre, profile, texture, part=OTHER, sides=20):
    """What turns about `axis`: `profile` rows of (place along the axis, radius)."""
    third = np.cross(axis, side)
    angle = np.arange(sides) * 2 * math.pi / sides
    round_ = np.cos(angle)[:, None] * side + np.sin(angle)[:, None] * third
    profile = np.asarray(profile, float)
    points = centre + profile[:, :1, None] * axis + profile[:, 1:, None] * round_
    slope = np.gradient(profile, axis=0)
    normals = slope[:, :1, None] * round_ - slope[:, 1:, None] * axis
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-9)
    return turned(len(profile), sides, points, normals, texture, part)


def about_finger(head, end, off):
    """(centre, axis, radius) of a ring about the bone from `head` to `end`, whose finger's vertices lie at `off` from a
    little before its middle; None where there are none."""
    length = np.linalg.norm(end - head)
    axis = (end - head) / length
    along = off @ axis
    around = (off - along[:, None] * axis)[np.abs(along) < 0.25 * length]
    if not len(around):
        return None
    middle = (around.max(0) + around.min(0)) / 2  # the bone does not run in the finger's middle
    return 0.55 * head + 0.45 * end + middle, axis, np.median(np.linalg.norm(around - middle, axis=1))


def ring(centre, axis, radius, thick, colour):
    """A ring about a finger: part of the hand, as it stays on it."""
    angle = np.linspace(0, 2 * math.pi, 9)
    profile = np.stack([thick * np.sin(angle), radius + thick * np.cos(angle)], 1)
    return lathe(axis, unit(np.cross(axis, [0.3, 0.5, 0.8])), centre, profile, plain(colour), HAND)


def slab(centre, axes, size, texture):
    """A box with the half edges `size` along the three `axes`."""
    points, normals, uv, triangles = [], [], [], []
    for k in range(3):
        u, v = axes[(k + 1) % 3] * size[(k + 1) % 3], axes[(k + 2) % 3] * size[(k + 2) % 3]
        for sign in (-1, 1):
            first = len(points)
            for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                points.append(centre + sign * axes[k] * size[k] + a * u + b * v)
                normals.append(sign * axes[k])
                uv.append(((a + 1) / 2, (b + 1) / 2))
            triangles += [(first, first + 1, first + 2), (first, first + 2, first + 3)]
    return Layer(*(np.array(x, float) for x in (points, normals, uv)), np.array(triangles), OTHER, texture)


def held(rng, palm):
    """Something in the hand: a stick, a cup, a ball, or something flat. Never kept."""
    n = palm.length
    texture = rgba(pieces.texture(rng, 128)) if rng.random() < 0.6 else plain(rng.uniform(0.02, 0.95, 3))
    kind = rng.choice(["stick", "cup", "ball", "flat"])
    if kind == "flat":
        thick, wide, high = rng.uniform(0.02, 0.15) * n, rng.uniform(0.3, 0.8) * n, rng.uniform(0.5, 1.3) * n
        at = palm.centre + palm.out * (thick + 0.22 * n) + palm.along * rng.uniform(0.2, 0.8) * n
        return slab(at, (palm.out, palm.across, palm.along), (thick, wide, high), texture)
    if kind == "ball":
        r = rng.uniform(0.25, 0.55) * n
        angle = np.linspace(0, math.pi, 12)
        at = palm.centre + palm.out * (r + 0.15 * n) + palm.along * 0.4 * n
        return lathe(palm.across, palm.out, at, np.stack([-r * np.cos(angle), r * np.sin(angle)], 1), texture)
    r = rng.uniform(0.04, 0.12) * n if kind == "stick" else rng.uniform(0.2, 0.42) * n
    far = rng.uniform(0.8, 2.2) * n if kind == "stick" else rng.uniform(0.5, 1.1) * n
    axis = unit(palm.across + rng.normal(0, 0.15, 3))
    side = unit(np.cross(axis, palm.along))
    at = palm.centre + palm.out * (r + 0.18 * n) + palm.along * 0.45 * n + axis * rng.uniform(-0.5, 0.5) * far
    return lathe(axis, side, at, [(-far, 0), (-far, r), (-far, r), (far, r), (far, r), (far, 0)], texture)


def rgba(image):
    """A picture (BGR uint8) as a texture."""
    return np.dstack([image[..., ::-1], np.full(image.shape[:2], 255, np.uint8)])


def metal(rng):
    return np.array([[0.85, 0.7, 0.35], [0.75, 0.75, 0.78], [0.2, 0.2, 0.22]])[rng.integers(3)] * rng.uniform(0.8, 1.1)


def polish(rng):
    """Colour of the nails and how much of it: bare ones are a little lighter than the skin."""
    if rng.random() < 0.75:
        return np.array([0.93, 0.78, 0.74, rng.uniform(0.1, 0.35)])
    return np.array([*rng.uniform(0.02, 0.95, 3), 0.95])
