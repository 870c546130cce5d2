"""What a camera, a lamp and a codec do to a picture. Pictures are H x W x 3 BGR, float32 0..255 unless said otherwise.

Every function takes a numpy Generator: the same seed gives the same picture.
"""
import math

import cv2
import numpy as np

# name: (probability, low, high) of each effect. A preset with "geometry" shows plain labelled pictures in that way,
# without pasting: zoom, degrees, shift (of the size), shear, how often mirrored. The published sets stand beside ours.
PRESETS = {
    "none": {"geometry": dict(zoom=0, degrees=0, shift=0, shear=0, flip=0)},
    "eva": {"geometry": dict(zoom=0.2, degrees=30, shift=0.1, shear=0.1, flip=0.5), "exposure": (1.0, 0.5, 1.5)},
    "portrait": {
        "geometry": dict(zoom=0, degrees=0, shift=0, shear=0, flip=0.5),
        "exposure": (0.5, 0.6, 1.4),
        "jpeg": (0.5, 40, 95),
    },
    "voc": {"geometry": dict(zoom=0, degrees=0, shift=0, shear=0, flip=0.5)},
    "handsover": {
        "hue": (0.6, -5, 5),
        "saturation": (0.7, 0.5, 1.4),
        "balance": (0.6, -0.16, 0.16),
        "exposure": (0.8, 0.5, 1.5),
        "contrast": (0.4, 0.6, 1.4),
        "slope": (0.3, 0.0, 0.9),
        "gamma": (0.45, 0.55, 1.8),
        "low_light": (0.08, 0.12, 0.4),
        "defocus": (0.18, 0.4, 2.2),
        "motion": (0.12, 3, 13),
        "halo": (0.12, 0.4, 1.6),
        "small": (0.12, 0.35, 0.8),
        "noise": (0.5, 1, 14),
        "gray": (0.05, 1, 1),
        "jpeg": (0.6, 25, 95),
    },
}


def slope(shape, rng, amount):
    """H x W factor about 1: light that falls off across the picture."""
    h, w = shape
    yy, xx = np.mgrid[:h, :w].astype(np.float32) / max(h, w) - 0.5
    a = rng.uniform(0, 2 * math.pi)
    return (1 + amount * (xx * math.cos(a) + yy * math.sin(a)))[..., None]


def motion_kernel(rng, length):
    """Normalised line of `length` pixels in any direction."""
    n = max(3, int(length) | 1)
    k, c, a = np.zeros((n, n), np.float32), n // 2, rng.uniform(0, math.pi)
    x, y = c * math.cos(a), c * math.sin(a)
    cv2.line(k, (round(c - x), round(c - y)), (round(c + x), round(c + y)), 1)
    return k / k.sum()


def hue_saturation(f, hue, saturation):
    hsv = cv2.cvtColor(np.clip(f, 0, 255).astype(np.uint8), cv2.COLOR_BGR2HSV).astype(np.float32)
    hsv[..., 0] = (hsv[..., 0] + hue) % 180
    hsv[..., 1] = np.minimum(hsv[..., 1] * saturation, 255)
    return cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2BGR).astype(np.float32)


def sensor_noise(f, rng, sigma):
    """Partly grey, partly coloured, and a little blotchy, as after a webcam's own filtering."""
    h, w = f.shape[:2]
    z = rng.standard_normal((h, w, 3 if rng.random() < 0.6 else 1), np.float32)
    if rng.random() < 0.3:
        z = 1.8 * cv2.GaussianBlur(z, (0, 0), 0.8).reshape(h, w, -1)
    return f + sigma * z


def jpeg(f, quality):
    code = cv2.imencode(".jpg", np.clip(f, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1]
    return cv2.imdecode(code, cv2.IMREAD_COLOR).astype(np.float32)


def photometric(f, rng, preset):
    """The preset's effects in the order in which light, lens, sensor and codec apply them. Returns uint8."""
    return sensed(*lit(f, rng, preset), rng, preset)


def draw(rng, preset, name):
    """An effect's amount, None where it is left out."""
    p, low, high = preset.get(name, (0, 0, 0))
    return rng.uniform(low, high) if rng.random() < p else None


def lit(f, rng, preset):
    """What light and lens do: (picture, darkness or None, whether the camera is without colour)."""

    def drawn(name):
        return draw(rng, preset, name)

    h, w = f.shape[:2]
    if (t := drawn("hue")) is not None:
        f = hue_saturation(f, t, drawn("saturation") or 1.0)
    if (t := drawn("balance")) is not None:
        f = f * np.array([1 - t, 1 + rng.uniform(-0.05, 0.05), 1 + t], np.float32)
    if (t := drawn("exposure")) is not None:
        f = f * t
    if (t := drawn("contrast")) is not None:
        m = f.mean()
        f = (f - m) * t + m
    if (t := drawn("slope")) is not None:
        f = f * slope((h, w), rng, t)
    if (t := drawn("gamma")) is not None:
        f = 255 * (np.clip(f, 0, 255) / 255) ** t
    dark = drawn("low_light")
    if dark is not None:
        dark = max(dark, min(1.0, 14 / max(1.0, float(f.mean()))))  # in the dark, yet not to be guessed
        f = f * dark
    if (t := drawn("defocus")) is not None:
        f = cv2.GaussianBlur(f, (0, 0), t)
    if (t := drawn("motion")) is not None:
        f = cv2.filter2D(f, -1, motion_kernel(rng, t))
    if (t := drawn("small")) is not None:
        f = cv2.resize(cv2.resize(f, (int(w * t), int(h * t)), interpolation=cv2.INTER_AREA), (w, h))
    return f, dark, drawn("gray") is not None


def sensed(f, dark, gray, rng, preset):
    """What sensor and codec do, which differs from frame to frame: uint8."""

    def drawn(name):
        return draw(rng, preset, name)

    if (t := drawn("noise")) is not None:
        f = sensor_noise(f, rng, t)
    if dark is not None:  # the camera turns its gain up, and the noise with it
        f = sensor_noise(f, rng, 3) * min(2.0, 0.6 / dark)
    if (t := drawn("halo")) is not None:
        f = f + t * (f - cv2.GaussianBlur(f, (0, 0), 1.2))
    if gray:
        f = np.repeat(f.mean(2, keepdims=True), 3, 2)
    if (t := drawn("jpeg")) is not None:
        f = jpeg(f, t)
    return np.clip(f, 0, 255).astype(np.uint8)
