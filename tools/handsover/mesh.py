"""The rigged hand: reads it from binary glTF, bends its joints, adds a forearm, skins its vertices.

Metres; 25 joints named as in WebXR, each looking down its own -z with x sideways, so that flexion is a turn about x and
spreading one about y. The joints have no hierarchy in the file: wrist to metacarpal to ... to tip is chained here.
"""
import json
import struct
from dataclasses import dataclass

import numpy as np

FINGERS = ("thumb", "index-finger", "middle-finger", "ring-finger", "pinky-finger")
LONG = ("metacarpal", "phalanx-proximal", "phalanx-intermediate", "phalanx-distal", "tip")
SHORT = ("metacarpal", "phalanx-proximal", "phalanx-distal", "tip")  # the thumb has one bone less
TYPES = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}


@dataclass
class Mesh:
    """`points` and `normals` V x 3, `triangles` T x 3, `bones` V x 4 joint numbers with `weights`, `bind` J x 4 x 4."""

    points: np.ndarray
    normals: np.ndarray
    triangles: np.ndarray
    bones: np.ndarray
    weights: np.ndarray
    bind: np.ndarray
    joints: dict


def load(path):
    with open(path, "rb") as f:
        data = f.read()
    length = struct.unpack_from("<I", data, 12)[0]
    gltf, binary = json.loads(data[20 : 20 + length]), data[28 + length :]

    def array(number):
        a = gltf["accessors"][number]
        v = gltf["bufferViews"][a["bufferView"]]
        width = WIDTHS[a["type"]]
        start = v.get("byteOffset", 0) + a.get("byteOffset", 0)
        return np.frombuffer(binary, TYPES[a["componentType"]], a["count"] * width, start).reshape(-1, width)

    part, rig = gltf["meshes"][0]["primitives"][0], gltf["skins"][0]
    get = {k: array(n) for k, n in part["attributes"].items()}
    inverse = array(rig["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)  # glTF is column-major
    weights = get["WEIGHTS_0"].astype(float)
    return Mesh(
        get["POSITION"].astype(float),
        get["NORMAL"].astype(float),
        array(part["indices"]).reshape(-1, 3).astype(int),
        get["JOINTS_0"].astype(int),
        weights / weights.sum(1, keepdims=True),
        np.linalg.inv(inverse.astype(float)),
        {gltf["nodes"][n]["name"]: k for k, n in enumerate(rig["joints"])},
    )


def with_forearm(mesh, length, rings=14, sides=32):
    """The mesh with a tube of `length` metres behind the wrist, and for each vertex how far along the arm it is, 0..1.

    Vertices of the hand get 0. The tube begins inside the hand's end, so that its closed end does not show; it widens
    towards the elbow as forearms do, by about half.
    """
    wrist = mesh.joints["wrist"]
    back = mesh.bind[wrist][:3, 2]  # the wrist looks towards the fingers along -z
    at = mesh.bind[wrist][:3, 3]
    along = (mesh.points - at) @ back
    end = mesh.points[along > np.quantile(along, 0.985)]
    cut = mesh.points[(along > 0.0) & (along < 0.012)]
    side, flat = mesh.bind[wrist][:3, 0], mesh.bind[wrist][:3, 1]
    centre = cut.mean(0)
    rx, ry = (np.abs((cut - centre) @ d).max() * 0.97 for d in (side, flat))
    t = np.linspace(0, 1, rings + 1)
    swell = 1 + 0.45 * np.sin(np.minimum(t * max(length, 0.1) / 0.2, 1) * np.pi / 2)
    angle = np.arange(sides) * 2 * np.pi / sides
    circle = np.cos(angle)[:, None] * side * rx + np.sin(angle)[:, None] * flat * ry
    outward = np.cos(angle)[:, None] * side / rx + np.sin(angle)[:, None] * flat / ry
    start = max(0.004, ((end - at) @ back).mean() * 0.3)
    spine = centre - back * ((centre - at) @ back) + back * (start + t[:, None] * length)
    points = (spine[:, None] + circle[None] * swell[:, None, None]).reshape(-1, 3)
    normals = np.tile(outward / np.linalg.norm(outward, axis=1, keepdims=True), (rings + 1, 1))
    first, faces = len(mesh.points), []
    for k in range(rings):
        for i in range(sides):
            a, b = first + k * sides + i, first + k * sides + (i + 1) % sides
            faces += [(a, a + sides, b), (b, a + sides, b + sides)]
    n = len(points)
    bones, weights = np.full((n, 4), wrist), np.tile([1.0, 0, 0, 0], (n, 1))
    longer = Mesh(
        np.r_[mesh.points, points],
        np.r_[mesh.normals, normals],
        np.r_[mesh.triangles, faces],
        np.r_[mesh.bones, bones],
        np.r_[mesh.weights, weights],
        mesh.bind,
        mesh.joints,
    )
    return longer, np.r_[np.zeros(first), np.repeat(np.maximum(t, 1e-6), sides)]


def turn(axis, angle):
    """4 x 4 rotation about the x (0) or y (1) axis by radians."""
    m, (i, j) = np.eye(4), ((1, 2), (2, 0))[axis]
    m[i, i] = m[j, j] = np.cos(angle)
    m[i, j], m[j, i] = -np.sin(angle), np.sin(angle)
    return m


def bend(mesh, flex, spread):
    """Joint matrices J x 4 x 4 for `flex` and `spread` (5 fingers x 3 joints, radians)."""
    world = mesh.bind.copy()
    for f, finger in enumerate(FINGERS):
        parent = mesh.joints["wrist"]
        for k, bone in enumerate(SHORT if finger == "thumb" else LONG):
            joint = mesh.joints[f"{finger}-{bone}"]
            local = np.linalg.inv(mesh.bind[parent]) @ mesh.bind[joint]
            moved = k if finger == "thumb" else k - 1  # metacarpals of the four fingers hardly move
            if 0 <= moved < 3:
                local = local @ turn(0, -flex[f, moved]) @ turn(1, spread[f, moved])
            world[joint] = world[parent] @ local
            parent = joint
    return world


def skin(mesh, world):
    """(points, normals), V x 3, for joint matrices: linear blend skinning."""
    move = world @ np.linalg.inv(mesh.bind)
    blend = (move[mesh.bones] * mesh.weights[..., None, None]).sum(1)
    points = np.einsum("vij,vj->vi", blend[:, :3, :3], mesh.points) + blend[:, :3, 3]
    normals = np.einsum("vij,vj->vi", blend[:, :3, :3], mesh.normals)
    return points, normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
