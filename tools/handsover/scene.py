"""Training pictures: photographs looked at in other ways, and scenes put together from pieces.

A scene is drawn on a Canvas. Whatever is pasted, hand or not, gets the same treatment (edge, light, shadow, blur), so
that the treatment itself says nothing about where the hands are.
"""
import math

import cv2
import numpy as np

from . import pieces
from .augment import motion_kernel, slope
from .geometry import centred, linear, log_uniform, view, warp
from .pack import HAND, IGNORE


class Canvas:
    """`image` H x W x 3 BGR float 0..255, `hand` H x W 0..1, `valid` H x W, 0 = not judged; all float32."""

    def __init__(self, image, hand=None, valid=None):
        self.image = image.astype(np.float32)
        self.size = image.shape[1::-1]
        self.hand = np.zeros(image.shape[:2], np.float32) if hand is None else hand
        self.valid = np.ones(image.shape[:2], np.float32) if valid is None else valid

    def paste(self, rng, colour, alpha, is_hand, match=True):
        """Lays `colour` (H x W x 3) over the picture by `alpha` (H x W, 0..1), fitted to the light around it."""
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
        if rng.random() < 0.1:  # it moves, the room does not
            k = motion_kernel(rng, rng.uniform(3, 0.06 * max(self.size)))
            colour, alpha = cv2.filter2D(colour, -1, k), cv2.filter2D(alpha, -1, k)
        if match and rng.random() < 0.4:
            d, t = rng.uniform(2, 18), rng.uniform(0, 2 * math.pi)
            shift = np.float32([[1, 0, d * math.cos(t)], [0, 1, d * math.sin(t)]])
            shadow = cv2.GaussianBlur(cv2.warpAffine(alpha, shift, self.size), (0, 0), rng.uniform(1.5, 10))
            self.image *= 1 - (shadow * rng.uniform(0.15, 0.65))[..., None]
        self.image += (np.clip(colour, 0, 255) - self.image) * alpha[..., None]
        self.hand *= 1 - alpha
        if is_hand:
            self.hand += alpha
        np.maximum(self.valid, alpha > 0.02, out=self.valid)


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


def place(rng, cut, size, low, high):
    """Where a cut-out goes: (matrix, wrist point, unit vector out of the wrist, scale, length, leaves the picture)."""
    W, H = size
    h, w = cut.bgra.shape[:2]
    scale = log_uniform(rng, low, high) * min(W, H) / max(h, w)
    angle = rng.uniform(0, 2 * math.pi) if rng.random() < 0.45 else rng.uniform(-0.6, 0.6)
    if rng.random() < 0.5:  # the usual view: the arm comes from below
        angle = math.pi / 2 - math.atan2(cut.wrist[1], cut.wrist[0]) + rng.uniform(-0.9, 0.9)
    a = linear(rng, scale, angle, 0.12, 0.5, 0.15)
    out = a @ np.array(cut.wrist, float)
    length = np.linalg.norm(out) * (w if cut.wrist[0] else h)
    out /= np.linalg.norm(out)
    middle = rng.uniform(0.05, 0.95, 2) * np.array(size)
    leaves = rng.random() < 0.45
    if leaves:  # pushed along its arm until the wrist is at the border or past it
        ts = [((n if out[k] > 0 else 0) - middle[k]) / out[k] for k, n in ((0, W), (1, H)) if abs(out[k]) > 1e-3]
        ts = [t for t in ts if t > 0]
        middle = middle + out * ((min(ts) if ts else 0) - length * rng.uniform(0.2, 0.52))
    matrix = np.hstack([a, (middle - a @ np.array([w / 2, h / 2]))[:, None]]).astype(np.float32)
    return matrix, middle + out * length / 2, out, scale, length, leaves


def bare_arm(rng, colour, alpha, point, out, width, length):
    """Continues a hand by its bare forearm: skin of the wrist, shaded as a cylinder. Returns colour, alpha, end, end
    width.

    Cut-outs end at the wrist; without this a network learns that skin beyond the wrist is background.
    """
    size = alpha.shape[::-1]
    across = np.array([-out[1], out[0]])
    start, reach = point - out * length * rng.uniform(0.04, 0.12), rng.uniform(0.6, 2.2) * length
    bend = across * rng.uniform(-0.15, 0.15) * reach
    w0, w1 = 0.5 * width * rng.uniform(0.85, 1.0), 0.5 * width * rng.uniform(1.0, 1.6)
    steps = np.linspace(0, 1, 8)[:, None]
    spine = start + out * reach * steps + bend * steps**2
    half = w0 + (w1 - w0) * np.minimum(1, 1.6 * steps)
    arm = pieces.polygon(np.concatenate([spine + across * half, (spine - across * half)[::-1]]), size)
    yy, xx = np.mgrid[: size[1], : size[0]].astype(np.float32)
    u = (xx - start[0]) * across[0] + (yy - start[1]) * across[1]
    l = (xx - start[0]) * out[0] + (yy - start[1]) * out[1]
    near = (alpha > 0.8) & (np.abs(l) < 0.15 * length) & (np.abs(u) < 0.7 * width)
    if near.sum() < 12:
        return None
    t = np.clip((u - (bend @ across) * np.clip(l / reach, 0, 1) ** 2) / max(w1, 1), -1, 1)
    shade = (
        1
        - rng.uniform(0.1, 0.5) * t**2
        + rng.uniform(-0.3, 0.3) * t
        + rng.uniform(-0.15, 0.2) * np.clip(l / reach, 0, 1)
    )
    s = int(rng.integers(6, 24))
    grain = cv2.resize(rng.standard_normal((s, s), np.float32), size, interpolation=cv2.INTER_CUBIC)
    skin = np.median(colour[near], axis=0) * (shade * (1 + rng.uniform(0, 0.05) * grain))[..., None]
    soft = cv2.GaussianBlur(alpha, (0, 0), max(0.8, 0.04 * length))[..., None] * (alpha > 0.5)[..., None]
    return colour * soft + skin * (1 - soft), np.maximum(alpha, arm), spine[-1], 2 * w1


def cloth(rng, world):
    """A picture of cloth; not plain and skin-coloured, for that nobody could tell from a bare arm."""
    for _ in range(4):
        picture = pieces.texture(rng) if rng.random() < 0.75 else world.background(rng)
        b, g, r = picture.reshape(-1, 3).mean(0)
        if picture.std() > 45 or not (r > g * 1.08 > b * 1.08 and r > 1.2 * b):
            break
    return picture


def sleeve(rng, canvas, world, point, out, width, length):
    """Cloth from the wrist outwards, never a hand."""
    across = np.array([-out[1], out[0]])
    w0, w1 = width * rng.uniform(0.52, 0.8), width * rng.uniform(0.6, 1.3)
    start, end = point - out * length * rng.uniform(0.02, 0.15), point + out * rng.uniform(0.5, 3) * max(length, 40)
    a = pieces.polygon(
        np.stack([start + across * w0, start - across * w0, end - across * w1, end + across * w1]), canvas.size
    )
    f = cover(rng, cloth(rng, world), canvas.size, 1, 3, 180)
    if rng.random() < 0.5:  # folds and the roundness of the arm
        yy, xx = np.mgrid[: canvas.size[1], : canvas.size[0]].astype(np.float32)
        t = ((xx - point[0]) * across[0] + (yy - point[1]) * across[1]) / max(w1, 1)
        f = (
            f
            * (1 - rng.uniform(0.1, 0.5) * np.clip(t, -1, 1) ** 2 + rng.uniform(-0.3, 0.3) * np.clip(t, -1, 1))[
                ..., None
            ]
        )
    canvas.paste(rng, f, a, False)


def body(rng, canvas, world):
    """A clothed trunk with two sleeved arms, no hands: tubes of cloth with folds are what arms are taken for."""
    W, H = canvas.size
    f = cover(rng, cloth(rng, world), canvas.size, 1, 3, 180)
    wide = rng.uniform(0.2, 0.6) * W
    x, y = rng.uniform(0.15, 0.85) * W, rng.uniform(0.3, 0.9) * H
    hips = np.array([[x + 0.4 * wide, H + 40], [x - 0.4 * wide, H + 40]])
    parts = [np.concatenate([[[x - wide / 2, y], [x + wide / 2, y]], hips])]
    for side in (-1, 1):
        at, angle = np.array([x + side * wide / 2, y]), math.pi / 2 - side * rng.uniform(-0.2, 1.0)
        for length, w0, w1 in ((0.7, 0.15, 0.13), (0.65, 0.13, 0.08)):
            way = np.array([math.cos(angle), math.sin(angle)])
            across, end = np.array([-way[1], way[0]]), at + way * length * wide
            parts.append(
                np.stack(
                    [
                        at + across * w0 * wide,
                        at - across * w0 * wide,
                        end - across * w1 * wide,
                        end + across * w1 * wide,
                    ]
                )
            )
            at, angle = end, angle + side * rng.uniform(-0.5, 2.4)
    for points in parts:
        a = pieces.polygon(points, canvas.size)
        # round like a limb: darker towards its own outline
        depth = cv2.distanceTransform((a > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
        round_ = np.clip(depth / max(1.0, float(depth.max())), 0, 1) ** 0.5
        s = int(rng.integers(4, 20))
        folds = cv2.resize(rng.standard_normal((s, s), np.float32), canvas.size, interpolation=cv2.INTER_CUBIC)
        shade = (1 - rng.uniform(0.1, 0.5) * (1 - round_)) * (1 + rng.uniform(0.02, 0.2) * folds)
        canvas.paste(rng, f * shade[..., None], a, False)


def against_light(rng, canvas):
    """Makes the room bright, now and then with a lamp or a window in it."""
    canvas.image *= rng.uniform(110, 190) / max(20.0, float(canvas.image.mean()))
    if rng.random() < 0.5:
        W, H = canvas.size
        yy, xx = np.mgrid[:H, :W].astype(np.float32)
        r2 = (xx - rng.uniform(0, W)) ** 2 + (yy - rng.uniform(0, H)) ** 2
        canvas.image += (np.exp(-r2 / (2 * (rng.uniform(0.08, 0.4) * W) ** 2)) * rng.uniform(60, 220))[..., None]
    np.clip(canvas.image, 0, 255, out=canvas.image)


def hands(rng, canvas, world, count, low, high):
    """Pastes `count` hands of `low`..`high` of the short side, with arms, sleeves and things held."""
    dark = rng.random() < 0.16
    if dark:
        against_light(rng, canvas)
    for _ in range(count):
        cut = world.cutout(rng)
        matrix, point, out, scale, length, leaves = place(rng, cut, canvas.size, low, high)
        alpha = warp(cut.bgra[..., 3], matrix, canvas.size, cv2.BORDER_CONSTANT).astype(np.float32) / 255
        if alpha.sum() < 25:
            continue
        colour = warp(np.ascontiguousarray(cut.bgra[..., :3]), matrix, canvas.size, cv2.BORDER_REPLICATE).astype(
            np.float32
        )
        if rng.random() < 0.4:  # other skins and lights
            colour = colour * (rng.uniform([0.85, 0.9, 0.92], [1.12, 1.08, 1.08]) * rng.uniform(0.4, 1.25)).astype(
                np.float32
            )
        width, ends = cut.width * scale, not leaves
        if ends and rng.random() < 0.35:
            arm = bare_arm(rng, colour, alpha, point, out, width, length)
            if arm:
                colour, alpha, point, width = arm
        if dark:
            m = colour[alpha > 0.5].mean(0) if (alpha > 0.5).any() else np.full(3, 60.0)
            colour = ((colour - m) * rng.uniform(0.4, 0.9) + m) * (rng.uniform(25, 95) / max(20.0, float(m.mean())))
        canvas.paste(rng, colour.astype(np.float32), alpha, True, match=not dark)
        if ends and rng.random() < 0.65:
            sleeve(rng, canvas, world, point, out, width, length)
        if rng.random() < 0.15:  # a thing in the hand hides a part of it
            ys, xs = np.nonzero(alpha > 0.5)
            if len(ys):
                k = rng.integers(len(ys))
                a = pieces.shape(rng, canvas.size, 0.2 * low, 0.35 * high, (xs[k], ys[k]))
                canvas.paste(rng, cover(rng, world.thing(rng), canvas.size, 0.8, 3.5, 180), a, False)


def heads(rng, canvas, world, low=0.3, high=1.1):
    bgra = world.heads[rng.integers(len(world.heads))]
    W, H = canvas.size
    scale = log_uniform(rng, low, high) * min(W, H) / max(bgra.shape[:2])
    a = linear(rng, scale, math.radians(rng.uniform(-25, 25)), 0.08)
    matrix = centred(a, (bgra.shape[1] / 2, bgra.shape[0] / 2), canvas.size)
    matrix[:, 2] += rng.uniform([-0.4, -0.3], [0.4, 0.35]) * np.array([W, H])
    p = warp(bgra, matrix, canvas.size, cv2.BORDER_CONSTANT)
    canvas.paste(rng, p[..., :3].astype(np.float32), p[..., 3].astype(np.float32) / 255, False)


def distract(rng, canvas, world, low=0.08, high=0.8):
    """Something that is no hand, with a hand's edges, now and then in a hand's outline or in the colours of skin."""
    outlined = rng.random() < 0.45
    if outlined:
        cut = world.cutout(rng)
        matrix = place(rng, cut, canvas.size, low, high)[0]
        a = warp(cut.bgra[..., 3], matrix, canvas.size, cv2.BORDER_CONSTANT).astype(np.float32) / 255
    else:
        a = pieces.shape(rng, canvas.size, low, high)
    f = cover(rng, world.thing(rng), canvas.size, 0.8, 3.5, 180)
    inside = a > 0.5
    if inside.sum() < 30 or outlined and f[inside].std() < 25:
        return  # a plain hand's outline could be a hand against the light
    if not outlined and rng.random() < 0.4:
        bgra = world.cutout(rng).bgra
        skin = bgra[..., :3][bgra[..., 3] > 200]
        q, k = f[inside], rng.uniform(0.5, 1)
        if len(skin) > 50:
            gain = 1 - k + k * np.clip(skin.std(0) / (q.std(0) + 3), 0.3, 2)
            f = (f - q.mean(0)) * gain + q.mean(0) * (1 - k) + skin.mean(0) * k
    canvas.paste(rng, f.astype(np.float32), a, False)


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


def seen(item, m, size, border):
    """A labelled picture through a matrix."""
    hand = warp((item.label == HAND).astype(np.float32), m, size, border)
    doubt = warp((item.label == IGNORE).astype(np.float32), m, size, border)
    return Canvas(warp(item.image, m, size, border), hand, (doubt < 0.2).astype(np.float32))


def elsewhere(rng, canvas, world):
    """The same hand in other surroundings; its own edge pixels stay."""
    near = cv2.GaussianBlur(cv2.dilate(canvas.hand, np.ones((3, 3), np.uint8)), (0, 0), rng.uniform(0.6, 1.5))[
        ..., None
    ]
    doubt = canvas.valid == 0
    canvas.image = canvas.image * near + cover(rng, world.thing(rng), canvas.size) * (1 - near)
    # what was in doubt is gone with the old surroundings, but for a rim that may still show
    canvas.valid = 1 - (doubt & (near[..., 0] > 0.02)).astype(np.float32)


def pair(rng, world, size):
    """A studio photograph: hand and bare arm, often in front of something else."""
    item = world.pick(rng, "pair")
    small = rng.random() < 0.3
    border = cv2.BORDER_CONSTANT if small else cv2.BORDER_REFLECT_101
    canvas = look(rng, item, size, *((0.45, 1.0) if small else (1.0, 1.9)), 30 if rng.random() < 0.8 else 180, border)
    r = rng.random()
    if small or r < 0.35:
        elsewhere(rng, canvas, world)
    if r > 0.8:
        distract(rng, canvas, world, 0.08, 0.4)
    return canvas


def room(rng, world, size):
    """A webcam photograph with the person in it."""
    canvas = look(rng, world.pick(rng, "room"), size, 0.9, 3.0, 25 if rng.random() < 0.85 else 180)
    r = rng.random()
    if r < 0.2:
        elsewhere(rng, canvas, world)
    elif r < 0.35:
        distract(rng, canvas, world, 0.08, 0.4)
    elif r < 0.45:
        hands(rng, canvas, world, 1, 0.15, 0.6)
    return canvas


def boxed(rng, world, size):
    """A webcam frame known by boxes, or by labels that an earlier network was sure of."""
    canvas = look(rng, world.pick(rng, "boxed"), size, 0.9, 2.4, 25)
    if rng.random() < 0.25:
        hands(rng, canvas, world, 1, 0.12, 0.5)
    return canvas


def pasted(rng, world, size):
    """A scene from pieces: room, heads, other things, none to four hands."""
    r = rng.random()
    if r < 0.15 and world.has("boxed"):
        canvas = look(rng, world.pick(rng, "boxed"), size, 1, 2, 15)
    else:
        canvas = Canvas(cover(rng, world.face(rng) if r < 0.25 else world.background(rng), size))
        if r > 0.55 and world.heads:
            for _ in range(rng.integers(1, 3)):
                heads(rng, canvas, world)
    if rng.random() < 0.45:
        body(rng, canvas, world)
    busy = rng.random() < 0.7
    if busy:
        for _ in range(rng.integers(1, 4)):
            distract(rng, canvas, world)
    count = int(rng.choice(5, p=[0.08, 0.38, 0.34, 0.13, 0.07]))
    hands(rng, canvas, world, count, *((0.09, 0.6) if count > 1 else (0.12, 0.9)))
    if busy and rng.random() < 0.35:
        distract(rng, canvas, world, 0.08, 0.4)
    return canvas


SCENES = {"pair": pair, "room": room, "boxed": boxed, "pasted": pasted}
