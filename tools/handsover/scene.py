"""Training scenes put together: labelled photographs with things added, and pictures drawn wholly from pieces."""
import math

import cv2
import numpy as np

from . import pieces
from .canvas import Canvas, cover, elsewhere, look
from .geometry import linear, log_uniform, warp
from .person import bare_arm, body, head, sleeve


def place(rng, cut, size, low, high, near=()):
    """Where a cut-out goes, half of the time about one of the points `near`: (matrix, wrist point, unit vector out of the
    wrist, scale, length, leaves the picture)."""
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
    if len(near) and rng.random() < 0.5:
        middle = near[rng.integers(len(near))] + rng.normal(0, 0.14, 2) * min(size)
    leaves = rng.random() < 0.45
    if leaves:  # pushed along its arm until the wrist is at the border or past it
        ts = [((n if out[k] > 0 else 0) - middle[k]) / out[k] for k, n in ((0, W), (1, H)) if abs(out[k]) > 1e-3]
        ts = [t for t in ts if t > 0]
        middle = middle + out * ((min(ts) if ts else 0) - length * rng.uniform(0.2, 0.52))
    matrix = np.hstack([a, (middle - a @ np.array([w / 2, h / 2]))[:, None]]).astype(np.float32)
    return matrix, middle + out * length / 2, out, scale, length, leaves


def against_light(rng, canvas):
    """Makes the room bright, now and then with a lamp or a window in it."""
    canvas.image *= rng.uniform(110, 190) / max(20.0, float(canvas.image.mean()))
    if rng.random() < 0.5:
        W, H = canvas.size
        yy, xx = np.mgrid[:H, :W].astype(np.float32)
        r2 = (xx - rng.uniform(0, W)) ** 2 + (yy - rng.uniform(0, H)) ** 2
        canvas.image += (np.exp(-r2 / (2 * (rng.uniform(0.08, 0.4) * W) ** 2)) * rng.uniform(60, 220))[..., None]
    np.clip(canvas.image, 0, 255, out=canvas.image)


def toned(rng, colour, alpha):
    """The piece in another skin's tone, or under another lamp, or as it was. What its light does to its form stays."""
    r, inside = rng.random(), alpha > 0.5
    if r < 0.3 and inside.any():
        gain = pieces.skin(rng) * rng.uniform(0.5, 1.1) / np.maximum(np.median(colour[inside], axis=0), 8)
        return colour * (np.clip(gain, 0.35, 2.2) ** rng.uniform(0.5, 1)).astype(np.float32)
    if r < 0.6:
        lamp = rng.uniform([0.85, 0.9, 0.92], [1.12, 1.08, 1.08]) * rng.uniform(0.4, 1.25)
        return colour * lamp.astype(np.float32)
    return colour


def hands(rng, canvas, world, count, low, high, near=()):
    """Pastes `count` hands of `low`..`high` of the short side, with arms, sleeves and things held, half of them about
    the points `near`, if there are any."""
    dark = rng.random() < 0.16
    if dark:
        against_light(rng, canvas)
    for _ in range(count):
        cut = world.cutout(rng)
        matrix, point, out, scale, length, leaves = place(rng, cut, canvas.size, low, high, near)
        alpha = warp(cut.bgra[..., 3], matrix, canvas.size, cv2.BORDER_CONSTANT).astype(np.float32) / 255
        if alpha.sum() < 25:
            continue
        colour = warp(np.ascontiguousarray(cut.bgra[..., :3]), matrix, canvas.size, cv2.BORDER_REPLICATE).astype(
            np.float32
        )
        plane = cv2.warpAffine(cut.hand, matrix, canvas.size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
        colour = toned(rng, colour, alpha)
        width, ends = cut.width * scale, not leaves
        if ends and rng.random() < 0.5:
            arm = bare_arm(rng, colour, alpha, plane, point, out, width, length)
            if arm:
                colour, alpha, plane, point, width = arm
        if dark:
            m = colour[alpha > 0.5].mean(0) if (alpha > 0.5).any() else np.full(3, 60.0)
            colour = ((colour - m) * rng.uniform(0.4, 0.9) + m) * (rng.uniform(25, 95) / max(20.0, float(m.mean())))
        canvas.paste(rng, colour.astype(np.float32), alpha, plane, match=not dark)
        if ends and rng.random() < 0.65:
            sleeve(rng, canvas, world, point, out, width, length)
        if rng.random() < 0.15:  # a thing in the hand hides a part of it
            ys, xs = np.nonzero(alpha > 0.5)
            if len(ys):
                k = rng.integers(len(ys))
                a = pieces.shape(rng, canvas.size, 0.2 * low, 0.35 * high, (xs[k], ys[k]))
                canvas.paste(rng, cover(rng, world.thing(rng), canvas.size, 0.8, 3.5, 180), a)


def like_skin(colours):
    """Share of N x 3 BGR colours, 0..255, that could be skin: Cr 135..180, Cb 77..127, about the bounds of Chai and Ngan (1999)."""
    ycrcb = cv2.cvtColor(np.clip(colours, 0, 255).astype(np.uint8)[None], cv2.COLOR_BGR2YCrCb)[0]
    return np.all((ycrcb[:, 1:] >= (135, 77)) & (ycrcb[:, 1:] <= (180, 127)), axis=1).mean()


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
    if inside.sum() < 30 or outlined and (f[inside].std() < 25 or like_skin(f[inside]) > 0.3):
        return  # a plain hand's outline could be a hand against the light, one cut from a face a hand
    if not outlined and rng.random() < 0.4:
        bgra = world.cutout(rng).bgra
        skin = bgra[..., :3][bgra[..., 3] > 200]
        q, k = f[inside], rng.uniform(0.5, 1)
        if len(skin) > 50:
            gain = 1 - k + k * np.clip(skin.std(0) / (q.std(0) + 3), 0.3, 2)
            f = (f - q.mean(0)) * gain + q.mean(0) * (1 - k) + skin.mean(0) * k
    canvas.paste(rng, f.astype(np.float32), a)


def furnish(rng, canvas, world):
    """Doors, boxes and boards in the hues of skin: straight edges and panels; many reach beyond the picture."""
    size = np.array(canvas.size)
    for _ in range(rng.integers(1, 4)):
        lean, middle = rng.normal(0, 0.07), rng.uniform(0, 1, 2) * size
        turn = np.array([[math.cos(lean), math.sin(lean)], [-math.sin(lean), math.cos(lean)]])
        half = rng.uniform((0.04, 0.15), (0.25, 0.8)) * size
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * rng.uniform(0.88, 1.12, (4, 2))
        board = pieces.polygon((half * corners) @ turn + middle, canvas.size)
        f = cover(rng, world.surface(rng), canvas.size, 0.9, 3.5, 180)
        gain = pieces.skin(rng) * rng.uniform(0.35, 1.15) / np.maximum(f.reshape(-1, 3).mean(0), 8)
        f *= np.clip(gain, 0.2, 4).astype(np.float32) ** rng.uniform(0.6, 1)
        if rng.random() < 0.5:
            inner = pieces.polygon((half * corners * rng.uniform(0.5, 0.85)) @ turn + middle, canvas.size)
            edge = cv2.GaussianBlur(inner, (0, 0), rng.uniform(0.6, 2))
            f *= 1 + rng.uniform(-0.4, 0.4) * (4 * edge * (1 - edge))[..., None] + rng.uniform(-0.2, 0.2) * inner[..., None]
        canvas.paste(rng, f.astype(np.float32), board)


def pair(rng, world, size):
    """A studio photograph: hand and bare arm, often in front of something else."""
    item = world.pick(rng, "pair")
    small = rng.random() < 0.3
    border = cv2.BORDER_CONSTANT if small else cv2.BORDER_REFLECT_101
    canvas = look(rng, item, size, *((0.45, 1.0) if small else (1.0, 1.9)), 30 if rng.random() < 0.8 else 180, border)
    r = rng.random()
    if small or r < 0.35:
        elsewhere(rng, canvas, world)
    if rng.random() < 0.45:  # what hangs on a hand is its shadow too: never kept
        canvas.cast(rng, canvas.hand[..., 0].copy(), canvas.hand[..., 0])
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
    r, near = rng.random(), []
    if r < 0.15 and world.has("boxed"):
        canvas = look(rng, world.pick(rng, "boxed"), size, 1, 2, 15)
    else:
        canvas = Canvas(cover(rng, world.face(rng) if r < 0.25 else world.background(rng), size))
        if rng.random() < 0.2:
            furnish(rng, canvas, world)
        if r > 0.55 and world.heads:
            for _ in range(rng.integers(1, 3)):
                near.append(head(rng, canvas, world))
    if rng.random() < 0.45:
        body(rng, canvas, world)
    busy = rng.random() < 0.7
    if busy:
        for _ in range(rng.integers(1, 4)):
            distract(rng, canvas, world)
    count = int(rng.choice(5, p=[0.08, 0.38, 0.34, 0.13, 0.07]))
    hands(rng, canvas, world, count, *((0.09, 0.6) if count > 1 else (0.12, 0.9)), near)
    if busy and rng.random() < 0.35:
        distract(rng, canvas, world, 0.08, 0.4)
    return canvas


def empty(rng, world, size):
    """No hand anywhere: surfaces close by, also in the colours of skin, rooms, heads and clothes."""
    r = rng.random()
    if r < 0.55:
        canvas = Canvas(cover(rng, world.surface(rng), size, 0.9, 3.5, 180))
        if rng.random() < 0.35:
            gain = pieces.skin(rng) / np.maximum(canvas.image.reshape(-1, 3).mean(0), 8)
            canvas.image *= np.clip(gain, 0.3, 3).astype(np.float32) ** rng.uniform(0.3, 1)
    else:
        canvas = Canvas(cover(rng, world.face(rng) if r > 0.9 else world.background(rng), size, 0.9, 2.5))
    if rng.random() < 0.45:
        furnish(rng, canvas, world)
    if r > 0.7 and world.heads:
        head(rng, canvas, world)
    if rng.random() < 0.35:
        body(rng, canvas, world)
    for _ in range(rng.integers(3)):
        distract(rng, canvas, world, 0.08, 0.5)
    return canvas


SCENES = {"pair": pair, "room": room, "boxed": boxed, "pasted": pasted, "empty": empty}
