"""Things that can be pasted: hands with the direction of their wrist, heads, cloth, plain shapes."""
import math
from dataclasses import dataclass

import cv2
import numpy as np

from .geometry import log_uniform
from .pack import HAND, IGNORE

# how much of a cut-out's length, from the wrist's side, may be wrist or forearm; sets that are not named: all of it
WRIST = {"digits": 0.15, "h11k": 0.15, "massey": 0.2, "rps": 0.4}


@dataclass
class Cutout:
    """`bgra` h x w x 4 uint8, colours continued beyond the edge; `wrist` unit vector (x, y); `width` of the wrist,
    pixels; `hand` h x w uint8, what of it is the hand alone (a label plane, also defined around the alpha)."""

    bgra: np.ndarray
    wrist: tuple
    width: float
    hand: np.ndarray


def clean(bgra):
    """Spreads the inner colours over the soft rim, so that nothing of the old background shows there. None if empty."""
    alpha = bgra[..., 3]
    inner = cv2.erode((alpha > 200).astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=1).astype(np.float32)
    if inner.sum() < 100:
        return None
    weight = cv2.blur(inner, (9, 9), borderType=cv2.BORDER_REPLICATE)[..., None]
    spread = cv2.blur(bgra[..., :3] * inner[..., None], (9, 9), borderType=cv2.BORDER_REPLICATE)
    rim = np.where(weight > 1e-3, spread / np.maximum(weight, 1e-3), bgra[..., :3])
    colour = np.where(inner[..., None] > 0, bgra[..., :3], rim)
    return np.dstack([np.clip(colour, 0, 255).astype(np.uint8), alpha])


def wrist(alpha):
    """The side of its box that a hand touches most broadly is where its arm goes: unit vector and width in pixels."""
    h, w = alpha.shape
    k, m = max(2, round(0.03 * max(h, w))), alpha > 128
    sides = {
        (0, -1): m[:k].any(0).sum(),
        (0, 1): m[-k:].any(0).sum(),
        (-1, 0): m[:, :k].any(1).sum(),
        (1, 0): m[:, -k:].any(1).sum(),
    }
    best = max(sides, key=sides.get)
    return best, float(sides[best])


def to_wrist(shape, side, share):
    """A label plane: hand, but for the last `share` of the length towards `side`, where the wrist may be."""
    plane = np.full(shape, HAND, np.uint8)
    length = shape[0] if side[1] else shape[1]
    k = math.ceil(share * length)
    last = slice(length - k, None) if sum(side) > 0 else slice(0, k)
    plane[(last, slice(None)) if side[1] else (slice(None), last)] = IGNORE
    return plane


def cutout(bgra, source="", hand=None):
    """`hand`: its label plane; without one the set's usual length of wrist is in doubt. None if nothing is there."""
    bgra = clean(bgra)
    if bgra is None:
        return None
    side, width = wrist(bgra[..., 3])
    return Cutout(bgra, side, width, to_wrist(bgra.shape[:2], side, WRIST.get(source, 1.0)) if hand is None else hand)


def around(plane, inside, pixels=9):
    """A label plane continued some pixels beyond what it is said of, so that soft edges find their class there."""
    out, reach = np.where(inside, plane, 0), np.ones((pixels, pixels), np.uint8)
    for value in (HAND, IGNORE):  # doubt is the last and so the strongest
        out[(cv2.dilate((out == value).astype(np.uint8), reach) > 0) & ~inside & (out != IGNORE)] = value
    return out


def from_photograph(item):
    """The labelled hand of a photograph as a cut-out. None where there is none."""
    label, to_wrist = item.planes()
    hand = label == HAND
    if hand.sum() < 400:
        return None
    ys, xs = np.nonzero(hand)
    box = slice(max(0, ys.min() - 2), ys.max() + 3), slice(max(0, xs.min() - 2), xs.max() + 3)
    plane = around(to_wrist, hand)[box].copy()
    return cutout(np.dstack([item.image, hand.astype(np.uint8) * 255])[box].copy(), hand=plane)


def head(image):
    """A head before black, as BGRA: all that does not hang on the dark border. None where that does not work."""
    h, w = image.shape[:2]
    dark = (image.max(2) < 26).astype(np.uint8)
    _, parts = cv2.connectedComponents(dark)
    rim = np.concatenate([parts[0], parts[: h * 2 // 3, 0], parts[: h * 2 // 3, -1]])
    empty = np.isin(parts, np.setdiff1d(rim, [0])) & (dark > 0)
    if not 0.08 < empty.mean() < 0.75:
        return None
    alpha = cv2.morphologyEx((~empty).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    alpha = cv2.erode(alpha, np.ones((3, 3), np.uint8), borderValue=1)
    return np.dstack([image, alpha * 255])


SKINS = np.float32(
    [
        [246, 220, 204],
        [234, 196, 172],
        [216, 170, 140],
        [188, 138, 106],
        [150, 102, 74],
        [112, 72, 50],
        [80, 52, 38],
        [56, 37, 29],
    ]
)  # sRGB of skin from very light to dark


def skin(rng):
    """A tone between two neighbours of SKINS: BGR, 0..255."""
    k = rng.uniform(0, len(SKINS) - 1.001)
    return (SKINS[int(k)] * (1 - k % 1) + SKINS[int(k) + 1] * (k % 1))[::-1]


def quilt(rng, along, across, size):
    """H x W factor about 1: padded cloth, puffs between seams. `along`, `across`: H x W coordinates in pixels, the
    puffs are `size` pixels long."""
    puff = np.abs(np.sin(math.pi * along / size + rng.uniform(0, math.pi)))
    if rng.random() < 0.3:  # seams both ways
        puff = puff * np.abs(np.sin(math.pi * across / (size * rng.uniform(0.8, 2)) + rng.uniform(0, math.pi)))
    deep = rng.uniform(0.15, 0.6)
    return (
        1 - deep + deep * puff ** rng.uniform(0.2, 0.7) + rng.uniform(-0.15, 0.15) * np.cos(2 * math.pi * along / size)
    )


def texture(rng, n=256):
    """Plain walls, gradients, clouds, stripes, checks: n x n x 3 uint8."""
    colour = rng.uniform(0, 255, 3).astype(np.float32)
    colour = colour.mean() + (colour - colour.mean()) * rng.uniform(0.05, 0.8)
    f = np.ones((n, n, 3), np.float32) * colour
    yy, xx = np.mgrid[:n, :n].astype(np.float32)
    a = rng.uniform(0, 2 * math.pi)
    along, across = xx * math.cos(a) + yy * math.sin(a), yy * math.cos(a) - xx * math.sin(a)
    if rng.random() < 0.6:
        f *= (1 + rng.uniform(0, 0.8) * (along / n - 0.5))[..., None]
    for _ in range(rng.integers(3)):
        s = int(rng.choice([2, 4, 8, 16, 32, 64]))
        z = rng.standard_normal((s, s, 3 if rng.random() < 0.4 else 1), np.float32) * rng.uniform(3, 35)
        f += cv2.resize(z, (n, n), interpolation=cv2.INTER_CUBIC).reshape(n, n, -1)
    r = rng.random()
    if r < 0.3:  # stripes, or checks: shirts
        k, amount = rng.uniform(0.05, 0.8), rng.uniform(5, 60)
        wave = np.sin(along * k) if r < 0.2 else np.sign(np.sin(along * k) * np.sin(across * k))
        f += (wave * amount)[..., None]
    return np.clip(f, 0, 255).astype(np.uint8)


def vivid(rng):
    """Cloth in the hues of skin, but of deeper colour than skin has: orange, rust, ochre, pink."""
    hsv = cv2.cvtColor(texture(rng), cv2.COLOR_BGR2HSV)
    hsv[..., 0] = (rng.integers(-6, 22) + hsv[..., 0] // 60) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] // 6 + int(rng.integers(160, 225)), 0, 255)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)


def shape(rng, size, low, high, centre=None):
    """H x W 0..1: a random smooth or angular shape, now and then with bars like fingers; `low`..`high` of the short
    side."""
    W, H = size
    r0 = log_uniform(rng, low, high) * min(W, H) / 2
    cx, cy = centre if centre is not None else (rng.uniform(0, W), rng.uniform(0, H))
    n = int(rng.choice([3, 4, 4, 5, 8, 14, 24]))
    angles = np.sort(rng.uniform(0, 2 * math.pi, n)) if rng.random() < 0.5 else np.arange(n) / n * 2 * math.pi
    r, e, t = r0 * (1 + rng.uniform(-0.6, 0.5, n)), rng.uniform(0.25, 1), rng.uniform(0, math.pi)
    px, py = r * np.cos(angles), e * r * np.sin(angles)
    points = np.stack([cx + px * math.cos(t) - py * math.sin(t), cy + px * math.sin(t) + py * math.cos(t)], 1)
    a = polygon(points, size)
    if n >= 8 and rng.random() < 0.7:
        a = np.clip((cv2.GaussianBlur(a, (0, 0), max(0.5, r0 * 0.12)) - 0.4) * 5, 0, 1)
    for _ in range(int(rng.choice([0, 0, 0, 3, 5]))):
        t, length = rng.uniform(0, 2 * math.pi), r0 * rng.uniform(0.7, 1.6)
        end = int(cx + length * math.cos(t)), int(cy + length * math.sin(t))
        cv2.line(a, (int(cx), int(cy)), end, 1.0, max(2, int(r0 * rng.uniform(0.1, 0.3))), cv2.LINE_AA)
    return a


def polygon(points, size):
    """H x W float 0..1, filled, anti-aliased. Points in pixels, far ones are held within reach of the rasteriser."""
    a = np.zeros(size[::-1], np.float32)
    cv2.fillPoly(a, [np.round(np.clip(points, -2000, 2000) * 8).astype(np.int32)], 1.0, cv2.LINE_AA, 3)
    return a
