"""`hands synth`: rendered hands over rooms, as single pictures or as clips, with exact masks.

Writes OUT/images/*.jpg, OUT/masks/*.png (hand and bare arm; sleeves and held things are not in it) and
OUT/hands/*.png (the hand alone, to the wrist); with --frames N each scene is a clip of N consecutive pictures with
smooth motion. `hands prepare --add OUT` takes them in.
"""
import argparse
import math
import os
from dataclasses import dataclass

import cv2
import numpy as np

from . import mesh as rig
from . import pack, pieces
from .geometry import view, warp

# flexion limits of the three joints of thumb and fingers, radians: what an adult hand does without force
LOW = np.array([[-0.2, -0.1, -0.1]] + [[-0.25, 0.0, 0.0]] * 4)
HIGH = np.array([[0.5, 0.8, 1.2]] + [[1.45, 1.7, 1.1]] * 4)


@dataclass
class Pose:
    """`flex`, `spread` 5 x 3 radians; `turn` 3 (rotation vector), then `roll` about the view; `place` 3: x, y,
    distance in metres."""

    flex: np.ndarray
    spread: np.ndarray
    turn: np.ndarray
    roll: float
    place: np.ndarray

    def towards(self, other, t):
        """Between two poses; t 0..1 is eased, so that motion starts and stops gently."""
        e = (1 - math.cos(math.pi * t)) / 2
        return Pose(*(a + (b - a) * e for a, b in zip(vars(self).values(), vars(other).values())))


def draw_pose(rng, base=None):
    """A natural pose: fingers curl together, more or less; each differs a little. Near `base` if one is given."""
    curl = np.clip(rng.choice([0.05, 0.2, 0.5, 0.9]) + rng.normal(0, 0.12, (5, 1)), 0, 1)
    if rng.random() < 0.3:  # counting: some fingers stretched, others curled
        curl = rng.choice([0.03, 0.9], (5, 1))
    flex = np.clip(LOW + (HIGH - LOW) * curl + rng.normal(0, 0.06, (5, 3)), LOW, HIGH)
    spread = np.zeros((5, 3))
    spread[1:, 0] = rng.uniform(-0.05, 0.15) * np.array([-1.5, -0.5, 0.5, 1.5]) * (1 - curl[1:, 0])
    spread[0, 0] = rng.normal(0, 0.12)
    if base is not None:
        return Pose(
            flex,
            spread,
            base.turn + rng.normal(0, 0.35, 3),
            base.roll + rng.normal(0, 0.4),
            base.place + rng.normal(0, [0.05, 0.04, 0.05]),
        )
    # the mesh's arm points up; most people's comes from below
    roll = math.pi + rng.normal(0, 0.6) if rng.random() < 0.5 else rng.uniform(-math.pi, math.pi)
    return Pose(
        flex,
        spread,
        rng.normal(0, [0.7, 1.2, 0.4]),
        roll,
        np.array([rng.uniform(-0.14, 0.14), rng.uniform(-0.1, 0.08), rng.uniform(0.3, 0.9)]),
    )


def rotation(vector):
    return cv2.Rodrigues(np.asarray(vector, np.float64))[0]


class Hand:
    """One hand's fixed looks: which mesh, arm, sleeve, skin. Drawn at any pose."""

    def __init__(self, rng, meshes):
        source = meshes[rng.integers(len(meshes))]
        self.mesh, self.along = rig.with_forearm(source, rng.uniform(0.12, 0.3))
        self.cuff = (
            rng.uniform(0.02, 0.9) if rng.random() < 0.6 else 2.0
        )  # where the sleeve begins along the arm; 2: bare
        self.skin = pieces.skin(rng)[::-1] / 255.0
        self.cloth = rng.uniform(0.03, 0.9, 3)
        self.grain = rng.normal(0, 0.03, len(self.mesh.points))
        self.red = 0.06 * np.abs(rng.normal(0, 1, len(self.mesh.points)))
        self.gloss, self.power = rng.uniform(0, 0.18), rng.uniform(12, 50)
        wide = self.along >= self.cuff
        if wide.any():  # cloth stands off the arm
            axis = self.mesh.bind[self.mesh.joints["wrist"]][:3, 2]
            at = self.mesh.points[wide]
            centre = at.mean(0) + ((at - at.mean(0)) @ axis)[:, None] * axis
            self.mesh.points[wide] = centre + (at - centre) * rng.uniform(1.12, 1.5)

    def shade(self, normals, light):
        """Linear RGB of the vertices: wrapped diffuse light with redder shadows, sky light from above, a little
        gloss."""
        direction, colour, ambient = light
        cloth = self.along >= self.cuff
        albedo = np.where(cloth[:, None], self.cloth, self.skin) * (1 + self.grain[:, None])
        albedo = albedo * np.where(
            cloth[:, None], 1, np.stack([1 + self.red, 1 - 0.4 * self.red, 1 - 0.4 * self.red], 1)
        )
        diffuse = np.clip((normals @ direction + 0.35) / 1.35, 0, 1)
        warm = np.stack([diffuse**0.8, diffuse, diffuse**1.15], 1)
        half = direction + np.array([0, 0, 1.0])
        gloss = self.gloss * np.clip(normals @ (half / np.linalg.norm(half)), 0, 1) ** self.power * ~cloth
        return albedo * (ambient * (0.75 + 0.25 * normals[:, 1:2]) + colour * warm) + gloss[:, None]

    def draw(self, frame, pose, light, focal):
        """Paints the hand into `frame` (H x W x 3 float BGR, 0..1) and returns (hand, arm, sleeve), bool H x W.
        Camera looks down -z from the origin; `focal` in pixels."""
        points, normals = rig.skin(self.mesh, rig.bend(self.mesh, pose.flex, pose.spread))
        r = rotation([0, 0, pose.roll]) @ rotation(pose.turn)
        middle = points[self.along == 0].mean(0)
        points, normals = (points - middle) @ r.T + pose.place * np.array([1, 1, -1]), normals @ r.T
        h, w = frame.shape[:2]
        depth = np.maximum(-points[:, 2], 0.06)
        xy = np.stack([w / 2 + focal * points[:, 0] / depth, h / 2 - focal * points[:, 1] / depth], 1)
        faces = self.mesh.triangles
        far_to_near = np.argsort(-depth[faces].mean(1))
        colour = np.clip(self.shade(normals, light), 0, 1)[:, ::-1][faces].mean(1)
        # what a face shows: 1 hand, 2 bare arm, 3 sleeve
        part = np.where(self.along[faces].max(1) >= self.cuff, 3, np.where(self.along[faces].max(1) > 0, 2, 1))
        parts = np.zeros((h, w), np.uint8)
        corners = np.round(np.clip(xy, -4000, 4000)[faces] * 16).astype(np.int32)
        layer = np.zeros_like(frame)
        for k in far_to_near:
            cv2.fillConvexPoly(layer, corners[k], colour[k].tolist(), cv2.LINE_8, 4)
            cv2.fillConvexPoly(parts, corners[k], int(part[k]), cv2.LINE_8, 4)
        # flat faces are smoothed within the hand only
        inside = (parts > 0).astype(np.float32)
        smooth = (
            cv2.GaussianBlur(layer, (0, 0), 1.2) / np.maximum(cv2.GaussianBlur(inside, (0, 0), 1.2), 1e-3)[..., None]
        )
        frame[parts > 0] = smooth[parts > 0]
        return parts == 1, parts == 2, parts == 3


def shadow(rng, frame, mask):
    """The hand's shadow on what lies behind it."""
    h, w = mask.shape
    d, a = rng.uniform(0.01, 0.08) * w, rng.uniform(0, 2 * math.pi)
    moved = cv2.warpAffine(
        mask.astype(np.float32), np.float32([[1, 0, d * math.cos(a)], [0, 1, d * math.sin(a)]]), (w, h)
    )
    frame *= 1 - (cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.01, 0.05) * w) * rng.uniform(0.1, 0.5))[..., None]


class Scene:
    """One or two hands before a room: fixed light, skin and room, poses that move smoothly from key to key."""

    def __init__(self, rng, meshes, backgrounds, size, keys=2):
        self.seed, self.size = int(rng.integers(1 << 31)), size
        room = (
            backgrounds[rng.integers(len(backgrounds))] if backgrounds and rng.random() < 0.9 else pieces.texture(rng)
        )
        self.room = warp(
            room, view(rng, room.shape[1::-1], (2 * size[0], 2 * size[1]), 1, 2, 10), (2 * size[0], 2 * size[1])
        )
        direction = rng.normal(size=3)
        direction[2] = abs(direction[2]) + 0.2
        self.light = (
            direction / np.linalg.norm(direction),
            rng.uniform(0.3, 0.9) * rng.uniform(0.85, 1.1, 3),
            rng.uniform(0.15, 0.6),
        )
        self.hands, self.paths = [], []
        for _ in range(rng.integers(1, 3)):
            self.hands.append(Hand(rng, meshes))
            path = [draw_pose(rng)]
            for _ in range(keys - 1):
                path.append(draw_pose(rng, path[-1]))
            self.paths.append(path)

    def at(self, t):
        """(picture BGR uint8, arm-and-hand mask, hand mask uint8) at t 0..1 of the motion. Drawn at twice the size,
        then averaged."""
        rng = np.random.default_rng(self.seed)  # the same shadow in every frame
        frame = self.room.astype(np.float32) / 255
        h, w = frame.shape[:2]
        hand, kept = np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
        for who, path in zip(self.hands, self.paths):
            k = min(int(t * (len(path) - 1)), len(path) - 2)
            pose = path[k].towards(path[k + 1], t * (len(path) - 1) - k)
            own = np.zeros_like(frame)
            a, b, c = who.draw(own, pose, self.light, 1.1 * w)
            shadow(rng, frame, a | b | c)
            frame[a | b | c] = own[a | b | c]
            kept[a | b], kept[c] = 1, 0
            hand[a], hand[b | c] = 1, 0
        picture = cv2.resize(np.clip(frame, 0, 1), self.size, interpolation=cv2.INTER_AREA)
        return (
            (picture * 255 + 0.5).astype(np.uint8),
            *(
                (cv2.resize(m, self.size, interpolation=cv2.INTER_AREA) * 255 + 0.5).astype(np.uint8)
                for m in (kept, hand)
            ),
        )


def main(argv):
    p = argparse.ArgumentParser(prog="hands synth", description=__doc__)
    p.add_argument("--mesh", action="append", required=True, help=".glb of a rigged hand; give left and right")
    p.add_argument("--pack", help="a pack whose backgrounds are the rooms; plain textures otherwise")
    p.add_argument("--count", type=int, default=100, help="scenes")
    p.add_argument("--frames", type=int, default=1, help="pictures a scene")
    p.add_argument("--size", type=int, nargs=2, default=(320, 240), metavar=("WIDTH", "HEIGHT"))
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--out", required=True)
    a = p.parse_args(argv)
    for part in ("images", "masks", "hands"):
        os.makedirs(f"{a.out}/{part}", exist_ok=True)
    meshes = [rig.load(m) for m in a.mesh]
    rooms = [i.image for i in pack.load(a.pack, "train", ("background",))] if a.pack else []
    for n in range(a.count):
        scene = Scene(np.random.default_rng([a.seed, n]), meshes, rooms, tuple(a.size), max(2, a.frames // 15 + 1))
        for f in range(a.frames):
            picture, mask, hand = scene.at(f / max(1, a.frames - 1))
            name = f"{n:05d}" if a.frames == 1 else f"{n:05d}_{f:04d}"
            cv2.imwrite(f"{a.out}/images/{name}.jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
            cv2.imwrite(f"{a.out}/masks/{name}.png", mask)
            cv2.imwrite(f"{a.out}/hands/{name}.png", hand)
