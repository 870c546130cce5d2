import json
import struct

import cv2
import numpy as np
import pytest

from handsover import mesh, sources, synth


def tiny_rig(path):
    """A flat 'hand' of a grid of points on the 25 joints, written as binary glTF."""
    names = ["wrist"] + [f"{f}-{b}" for f in mesh.FINGERS for b in (mesh.SHORT if f == "thumb" else mesh.LONG)]
    bind = []
    for k, name in enumerate(names):
        m = np.eye(4)
        finger, step = ((k - 1) % 5, (k - 1) // 5) if k else (2, 0)
        m[:3, 3] = [(finger - 2) * 0.02, 0.0, 0.05 - 0.03 * step if k else 0.06]
        bind.append(m)
    xs, zs = np.meshgrid(np.linspace(-0.05, 0.05, 9), np.linspace(-0.08, 0.08, 17))
    top = np.stack([xs.ravel(), np.full(xs.size, 0.01), zs.ravel()], 1)
    points = np.r_[top, top * [1, -1, 1]].astype(np.float32)
    normals = np.r_[np.tile([0, 1, 0], (len(top), 1)), np.tile([0, -1, 0], (len(top), 1))].astype(np.float32)
    quads = [(r * 9 + c, r * 9 + c + 1, (r + 1) * 9 + c) for r in range(16) for c in range(8)]
    quads += [(a + 1, a + 10, a + 9) for a in (q[0] for q in quads)]
    faces = np.array(quads + [(a + len(top), c + len(top), b + len(top)) for a, b, c in quads], np.uint16)
    n = len(points)
    arrays = [
        ("VEC3", 5126, points),
        ("VEC3", 5126, normals),
        ("VEC4", 5123, np.zeros((n, 4), np.uint16)),
        ("VEC4", 5126, np.tile([1, 0, 0, 0], (n, 1)).astype(np.float32)),
        ("SCALAR", 5123, faces.ravel()),
        ("MAT4", 5126, np.stack([np.linalg.inv(b).T.ravel() for b in bind]).astype(np.float32)),
    ]
    blob, views, accessors = b"", [], []
    for kind, code, a in arrays:
        blob += b"\0" * (-len(blob) % 4)
        views.append({"byteOffset": len(blob)})
        accessors.append(
            {"bufferView": len(views) - 1, "componentType": code, "type": kind, "count": a.size // mesh.WIDTHS[kind]}
        )
        blob += a.tobytes()
    text = json.dumps(
        {
            "meshes": [
                {
                    "primitives": [
                        {"indices": 4, "attributes": {"POSITION": 0, "NORMAL": 1, "JOINTS_0": 2, "WEIGHTS_0": 3}}
                    ]
                }
            ],
            "skins": [{"joints": list(range(len(names))), "inverseBindMatrices": 5}],
            "nodes": [{"name": n} for n in names],
            "accessors": accessors,
            "bufferViews": views,
        }
    ).encode()
    text += b" " * (-len(text) % 4)
    with open(path, "wb") as f:
        f.write(
            struct.pack("<III", 0x46546C67, 2, 28 + len(text) + len(blob))
            + struct.pack("<II", len(text), 0x4E4F534A)
            + text
            + struct.pack("<II", len(blob), 0x004E4942)
            + blob
        )
    return str(path)


@pytest.fixture
def rig(tmp_path):
    return tiny_rig(tmp_path / "hand.glb")


def test_rest_pose_changes_nothing(rig):
    m = mesh.load(rig)
    points, normals = mesh.skin(m, mesh.bend(m, np.zeros((5, 3)), np.zeros((5, 3))))
    assert np.allclose(points, m.points, atol=1e-6) and np.allclose(normals, m.normals, atol=1e-6)


def test_the_forearm_goes_away_from_the_fingers(rig):
    longer, along = mesh.with_forearm(mesh.load(rig), 0.2)
    arm = longer.points[along > 0]
    assert arm[:, 2].min() > 0.05 and arm[:, 2].max() > 0.2 and longer.triangles.max() == len(longer.points) - 1


def test_poses_stay_within_the_joints_limits():
    rng = np.random.default_rng(0)
    for _ in range(50):
        pose = synth.draw_pose(rng)
        assert (pose.flex >= synth.LOW).all() and (pose.flex <= synth.HIGH).all()


def test_pictures_and_masks_can_be_prepared(rig, tmp_path):
    out = str(tmp_path / "o")
    synth.main(["--mesh", rig, "--count", "3", "--size", "64", "48", "--seed", "2", "--out", out])
    again = str(tmp_path / "o2")
    synth.main(["--mesh", rig, "--count", "3", "--size", "64", "48", "--seed", "2", "--out", again])
    items = [i for i, _ in sources.folder(out)]
    assert len(items) == 3 and all(i.image.shape == (48, 64, 3) and set(np.unique(i.label)) <= {0, 255} for i in items)
    for item, _ in sources.folder(out):
        name = item.name.split("_", 1)[1]
        hand, kept = cv2.imread(f"{out}/hands/{name}.png", 0), cv2.imread(f"{out}/masks/{name}.png", 0)
        assert (hand <= kept).all()  # the hand is part of what is kept
        assert np.array_equal(kept, cv2.imread(f"{again}/masks/{name}.png", 0))


def test_motion_is_smooth(rig):
    scene = synth.Scene(np.random.default_rng(1), [mesh.load(rig)], [], (64, 48), keys=2)
    frames = [scene.at(t)[1].astype(int) for t in np.linspace(0, 1, 13)]
    steps = [np.abs(b - a).mean() for a, b in zip(frames, frames[1:])]
    assert max(steps) < 0.5 * max(1, np.abs(frames[-1] - frames[0]).mean()) + 20
