"""Parts of a person around the hand: the bare forearm that belongs to it; sleeves, clothed trunks and heads, that do not.
"""
import math

import cv2
import numpy as np

from . import pieces
from .canvas import cover
from .geometry import centred, linear, log_uniform, warp


def bare_arm(rng, colour, alpha, plane, point, out, width, length):
    """Continues a hand by its bare forearm: skin of the wrist, shaded as a cylinder. Returns colour, alpha, label plane
    of the hand alone, end, end width.

    Cut-outs end at the wrist; without this a network learns that skin beyond the wrist is background.
    """
    size = alpha.shape[::-1]
    across = np.array([-out[1], out[0]])
    longest = 4.0 if rng.random() < 0.35 else 2.2  # a wide lens, a table: arms to the elbow and beyond
    start, reach = point - out * length * rng.uniform(0.04, 0.12), rng.uniform(0.6, longest) * length
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
    plane = np.where((arm > 0) & (alpha < 0.5), 0, plane)
    return colour * soft + skin * (1 - soft), np.maximum(alpha, arm), plane, spine[-1], 2 * w1


def cloth(rng, world):
    """A picture of cloth; not plain and skin-coloured, for that nobody could tell from a bare arm."""
    if rng.random() < 0.15:
        return pieces.vivid(rng)
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
    yy, xx = np.mgrid[: canvas.size[1], : canvas.size[0]].astype(np.float32)
    u, l = ((xx - point[0]) * d[0] + (yy - point[1]) * d[1] for d in (across, out))
    if rng.random() < 0.3:
        f = f * pieces.quilt(rng, l, u, max(4, width * rng.uniform(0.25, 0.8)))[..., None]
    if rng.random() < 0.5:  # folds and the roundness of the arm
        t = u / max(w1, 1)
        f = (
            f
            * (1 - rng.uniform(0.1, 0.5) * np.clip(t, -1, 1) ** 2 + rng.uniform(-0.3, 0.3) * np.clip(t, -1, 1))[
                ..., None
            ]
        )
    canvas.paste(rng, f, a)


def body(rng, canvas, world):
    """A clothed trunk with two sleeved arms, no hands: tubes of cloth with folds are what arms are taken for."""
    W, H = canvas.size
    f = cover(rng, cloth(rng, world), canvas.size, 1, 3, 180)
    wide = rng.uniform(0.2, 0.6) * W
    x, y = rng.uniform(0.15, 0.85) * W, rng.uniform(0.3, 0.9) * H
    hips = np.array([[x + 0.4 * wide, H + 40], [x - 0.4 * wide, H + 40]])
    parts = [(np.concatenate([[[x - wide / 2, y], [x + wide / 2, y]], hips]), np.array([0.0, 1.0]))]
    padded = rng.random() < 0.35
    yy, xx = np.mgrid[:H, :W].astype(np.float32)
    for side in (-1, 1):
        at, angle = np.array([x + side * wide / 2, y]), math.pi / 2 - side * rng.uniform(-0.2, 1.0)
        for length, w0, w1 in ((0.7, 0.15, 0.13), (0.65, 0.13, 0.08)):
            way = np.array([math.cos(angle), math.sin(angle)])
            across, end = np.array([-way[1], way[0]]), at + way * length * wide
            corners = (
                at + across * w0 * wide,
                at - across * w0 * wide,
                end - across * w1 * wide,
                end + across * w1 * wide,
            )
            parts.append((np.stack(corners), way))
            at, angle = end, angle + side * rng.uniform(-0.5, 2.4)
    for points, way in parts:
        a = pieces.polygon(points, canvas.size)
        # round like a limb: darker towards its own outline
        depth = cv2.distanceTransform((a > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
        round_ = np.clip(depth / max(1.0, float(depth.max())), 0, 1) ** 0.5
        s = int(rng.integers(4, 20))
        folds = cv2.resize(rng.standard_normal((s, s), np.float32), canvas.size, interpolation=cv2.INTER_CUBIC)
        shade = (1 - rng.uniform(0.1, 0.5) * (1 - round_)) * (1 + rng.uniform(0.02, 0.2) * folds)
        if padded:
            shade *= pieces.quilt(rng, xx * way[0] + yy * way[1], yy * way[0] - xx * way[1], 0.07 * wide + 4)
        canvas.paste(rng, f * shade[..., None], a)


def head(rng, canvas, world, low=0.3, high=1.1):
    """Pastes a head; returns its middle, in pixels."""
    bgra = world.heads[rng.integers(len(world.heads))]
    W, H = canvas.size
    scale = log_uniform(rng, low, high) * min(W, H) / max(bgra.shape[:2])
    a = linear(rng, scale, math.radians(rng.uniform(-25, 25)), 0.08)
    matrix = centred(a, (bgra.shape[1] / 2, bgra.shape[0] / 2), canvas.size)
    matrix[:, 2] += rng.uniform([-0.4, -0.3], [0.4, 0.35]) * np.array([W, H])
    p = warp(bgra, matrix, canvas.size, cv2.BORDER_CONSTANT)
    canvas.paste(rng, p[..., :3].astype(np.float32), p[..., 3].astype(np.float32) / 255)
    return matrix @ np.array([bgra.shape[1] / 2, bgra.shape[0] / 2, 1])
