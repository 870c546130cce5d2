"""What the earlier work tried on pictures before the network sees them: trials for `ablate`, not for the program, which
shows a network the picture itself ("none").

Every method turns H x W x 3 RGB uint8 into H x W x C float32, C = 3 but for the edges, which are a channel more.
"""
import cv2
import numpy as np


def none(x):
    """Codes to -1..1, as the card of a shipped network says."""
    return x.astype(np.float32) / 127.5 - 1


def raw(x):
    """The codes as they are, 0..255: what a network gets when nobody normalises."""
    return x.astype(np.float32)


def standard(x):
    """Each picture to mean 0 and variance 1, all channels together."""
    f = x.astype(np.float32)
    return (f - f.mean()) / max(float(f.std()), 1.0)


def bilateral(x):
    return none(cv2.bilateralFilter(np.ascontiguousarray(x), 5, 50, 50))


def clahe(x):
    """Contrast evened out in tiles, in the lightness of Lab."""
    lab = cv2.cvtColor(np.ascontiguousarray(x), cv2.COLOR_RGB2Lab)
    lab[..., 0] = cv2.createCLAHE(2.0, (8, 8)).apply(np.ascontiguousarray(lab[..., 0]))
    return none(cv2.cvtColor(lab, cv2.COLOR_Lab2RGB))


def canny(x):
    """A fourth channel: 1 on Canny's edges, -1 elsewhere."""
    edges = cv2.Canny(cv2.cvtColor(np.ascontiguousarray(x), cv2.COLOR_RGB2GRAY), 60, 150)
    return np.dstack([none(x), none(edges)])


def dilation(x):
    """Each pixel the brightest of its 3 x 3."""
    return none(cv2.dilate(np.ascontiguousarray(x), np.ones((3, 3), np.uint8)))


METHODS = {f.__name__: f for f in (none, raw, standard, bilateral, clahe, canny, dilation)}


def channels(name):
    return 4 if name == "canny" else 3
