"""Poses of a MakeHuman person: arms that reach, hands that turn and curl. Turns are named by joint and meant in the
axes of the rest pose, as Person.move() takes them."""
import math

import cv2
import numpy as np


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


def hand(rng, person, side, grip=None):
    """Turns of wrist and fingers: fingers curl together, more or less (`grip` 0..1: so far); the forearm turns about
    itself."""
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
    if grip is not None:
        curl = np.clip(grip + rng.normal(0, 0.06, 5), 0, 1)
    sign = 1 if side == "L" else -1
    for n in range(2, 6):
        for k, most in ((1, 1.4), (2, 1.6), (3, 1.0)):
            turns[f"finger{n}-{k}.{side}"] = about(row, sign * most * curl[n - 1])
        spread = rng.uniform(-0.08, 0.12) * (n - 3.5) * (1 - curl[n - 1])
        turns[f"finger{n}-1.{side}"] = turns[f"finger{n}-1.{side}"] @ about(np.cross(row, forearm), sign * spread)
    for k in (2, 3):
        turns[f"finger1-{k}.{side}"] = about(np.cross(at("finger1-2") - at("finger1-1"), forearm), 0.7 * curl[0])
    return turns
