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
from . import pack, pieces, studio, things
from .geometry import view, warp
from .studio import ARM, HAND, OTHER, Layer

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
    """One hand's fixed looks: which mesh, arm, sleeve or glove, skin, nails, a ring, something held."""

    def __init__(self, rng, meshes):
        number = rng.integers(len(meshes))
        self.mesh, self.along = rig.with_forearm(meshes[number], rng.uniform(0.12, 0.3))
        self.cuff = (
            rng.uniform(0.02, 0.9) if rng.random() < 0.6 else 2.0
        )  # where the sleeve begins along the arm; 2: bare
        points, cloth = self.mesh.points, self.along >= self.cuff
        self.part = np.where(cloth, OTHER, np.where(self.along > 0, ARM, HAND))
        self.tint = np.zeros((len(points), 4))
        self.tint[cloth] = (*rng.uniform(0.03, 0.9, 3), 1)
        self._nails(rng)
        if rng.random() < 0.08:  # a glove is cloth, with a cuff of its own
            gloved = self.along <= rng.choice([0.0, rng.uniform(0.1, 0.4)])
            self.tint[gloved], self.part[gloved] = (*rng.uniform(0.03, 0.9, 3), 1), OTHER
        self.ring = (rng.integers(1, 5), things.metal(rng), rng.uniform(0.05, 0.12)) if rng.random() < 0.2 else None
        self.holds = int(rng.integers(1 << 31)) if rng.random() < 0.15 else None
        skin, blotch = pieces.skin(rng)[::-1] / 255.0, cv2.resize(rng.normal(0, 1, (12, 12)), (128, 128))
        grain = rng.normal(0, 0.03, (128, 128, 1)) + blotch[..., None] * [0.03, -0.01, -0.01]
        self.texture = things.rgba(np.uint8(np.clip(skin * (1 + grain), 0, 1) * 255)[..., ::-1])
        self.uv = points[:, [0, 2]] * 12  # the texture repeats
        if cloth.any():  # cloth stands off the arm
            axis = self.mesh.bind[self.mesh.joints["wrist"]][:3, 2]
            at = points[cloth]
            centre = at.mean(0) + ((at - at.mean(0)) @ axis)[:, None] * axis
            points[cloth] = centre + (at - centre) * rng.uniform(1.12, 1.5)

    def _nails(self, rng):
        colour = things.polish(rng)
        for finger in rig.FINGERS:
            far = self.mesh.joints[f"{finger}-phalanx-distal"]
            near = ((self.mesh.bones == far) * self.mesh.weights).sum(1) > 0.5
            frame = self.mesh.bind[far][:3]
            ahead = (self.mesh.points - frame[:, 3]) @ -frame[:, 2]
            up = self.mesh.normals @ frame[:, 1]
            if near.any():
                self.tint[near & (ahead > 0.45 * ahead[near].max()) & (up > 0.6)] = colour

    def layers(self, pose):
        """What a Studio draws, in the camera's axes."""
        joints = rig.bend(self.mesh, pose.flex, pose.spread)
        points, normals = rig.skin(self.mesh, joints)
        r = rotation([0, 0, pose.roll]) @ rotation(pose.turn)
        middle = points[self.along == 0].mean(0)
        place = lambda p: (p - middle) @ r.T + pose.place * np.array([1, 1, -1])
        points, normals = place(points), normals @ r.T
        out = [Layer(points, normals, self.uv, self.mesh.triangles, self.part, self.texture, self.tint, True)]
        joint = lambda name: place(joints[self.mesh.joints[name]][:3, 3])
        if self.ring:
            finger, colour, thick = self.ring
            names = [f"{rig.FINGERS[finger]}-phalanx-{n}" for n in ("proximal", "intermediate")]
            head, end = (joint(n) for n in names)
            k = self.mesh.joints[names[0]]
            off = points[((self.mesh.bones == k) * self.mesh.weights).sum(1) > 0.6] - (0.55 * head + 0.45 * end)
            found = things.about_finger(head, end, off)
            if found:
                out.append(things.ring(*found, found[2] * thick, colour))
        if self.holds is not None:
            wrist = joints[self.mesh.joints["wrist"]][:3]
            out_of_palm = r @ -wrist[:, 1]
            a, b, c = (joint(n) for n in ("wrist", "index-finger-phalanx-proximal", "pinky-finger-phalanx-proximal"))
            palm = things.Palm.of(a, b, c, 1)
            palm.out = palm.out if palm.out @ out_of_palm > 0 else -palm.out
            out.append(things.held(np.random.default_rng(self.holds), palm))
        return out


def shadow(rng, frame, mask):
    """The hand's shadow on what lies behind it."""
    h, w = mask.shape
    d, a = rng.uniform(0.01, 0.08) * w, rng.uniform(0, 2 * math.pi)
    moved = cv2.warpAffine(
        mask.astype(np.float32), np.float32([[1, 0, d * math.cos(a)], [0, 1, d * math.sin(a)]]), (w, h)
    )
    frame *= 1 - (cv2.GaussianBlur(moved, (0, 0), rng.uniform(0.01, 0.05) * w) * rng.uniform(0.1, 0.5))[..., None]


class Scene:
    """One or two hands before a room: fixed light, skin and room, poses that move smoothly from key to key.
    Drawn by one thread, at twice the size."""

    def __init__(self, rng, meshes, backgrounds, size, keys=2):
        self.seed, self.size = int(rng.integers(1 << 31)), size
        room = (
            backgrounds[rng.integers(len(backgrounds))] if backgrounds and rng.random() < 0.9 else pieces.texture(rng)
        )
        self.room = warp(
            room, view(rng, room.shape[1::-1], (2 * size[0], 2 * size[1]), 1, 2, 10), (2 * size[0], 2 * size[1])
        )
        self.light = studio.lit(rng)
        self.hands, self.paths = [], []
        for _ in range(rng.integers(1, 3)):
            self.hands.append(Hand(rng, meshes))
            path = [draw_pose(rng)]
            for _ in range(keys - 1):
                path.append(draw_pose(rng, path[-1]))
            self.paths.append(path)

    def at(self, t):
        """(picture BGR uint8, arm-and-hand mask, hand mask uint8) at t 0..1 of the motion."""
        rng = np.random.default_rng(self.seed)  # the same shadow in every frame
        frame = self.room.astype(np.float32) / 255
        h, w = frame.shape[:2]
        layers = []
        for who, path in zip(self.hands, self.paths):
            k = min(int(t * (len(path) - 1)), len(path) - 2)
            layers += who.layers(path[k].towards(path[k + 1], t * (len(path) - 1) - k))
        eye = studio.lens(np.eye(4), w / h, 2 * math.atan(h / (2.2 * w)), 0.03, 4)
        picture, part = studio.of((w, h)).draw(layers, eye, np.zeros(3), self.light)
        shadow(rng, frame, part > 0)
        frame = np.where(part[..., None] > 0, picture[..., ::-1] / np.float32(255), frame)
        hand, kept = ((part >= least) * np.float32(255) for least in (HAND, ARM))
        small = studio.half(np.clip(frame, 0, 1)) * 255
        return tuple((x + 0.5).astype(np.uint8) for x in (small, studio.half(kept), studio.half(hand)))


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
