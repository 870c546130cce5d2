"""Affine views and placements. Matrices are 2 x 3, from source to output pixels; sizes are width, height."""
import math

import cv2
import numpy as np


def log_uniform(rng, low, high):
    return math.exp(rng.uniform(math.log(low), math.log(high)))


def linear(rng, scale, angle, shear=0.1, flip=0.5, stretch=0.12):
    """2 x 2: turn by `angle` radians, shear, stretch, mirror with probability `flip`."""
    sx, sy = rng.uniform(-shear, shear, 2)
    e = math.exp(rng.uniform(-stretch, stretch))
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    a = turn @ np.array([[1, sx], [sy, 1]]) @ np.diag([scale * e, scale / e])
    return a @ np.diag([-1, 1]) if rng.random() < flip else a


def centred(a, centre, size):
    """The matrix that brings `centre` of the source to the middle of the output."""
    t = np.array(size) / 2 - a @ np.array(centre)
    return np.hstack([a, t[:, None]]).astype(np.float32)


def view(rng, source, size, low, high, degrees=20, focus=None, shear=0.1, flip=0.5):
    """A look at a picture: zoom 1 just covers the output. `focus` (x, y) is looked at the more, the closer the zoom."""
    (w, h), (W, H) = source, size
    zoom = log_uniform(rng, low, high)
    scale = max(W / w, H / h) * zoom
    angle = math.radians(rng.uniform(-degrees, degrees))
    if focus is None:
        free = np.maximum(0, np.array([w - W / scale, h - H / scale]) / 2)
        centre = np.array([w, h]) / 2 + rng.uniform(-1, 1, 2) * free
    else:
        t = min(1.0, max(0.0, (zoom - 0.9) / 0.8))
        jitter = rng.uniform(-0.3, 0.3, 2) * np.array([W, H]) / scale
        centre = np.array([w, h]) / 2 * (1 - t) + np.array(focus) * t + jitter
    return centred(linear(rng, scale, angle, shear, flip), centre, size)


def warp(picture, matrix, size, border=cv2.BORDER_REFLECT_101):
    """Bilinear; what is shrunk by more than 1.7 is blurred first, against aliasing."""
    k = int(round(1 / max(1e-3, math.sqrt(abs(np.linalg.det(matrix[:, :2]))))))
    if k >= 2:
        picture = cv2.blur(picture, (k, k))
    return cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border)
