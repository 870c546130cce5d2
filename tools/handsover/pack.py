"""One file that holds a whole training set: encoded pictures, their label planes and an index.

Two label planes, H x W uint8: `label` is hand with its bare arm, `hand` the hand alone to the wrist; 0 background, 255
this, 128 not judged. A cut-out needs none: its alpha is the label. A picture of kind "classes" has the numbers of
classes that exclude each other in `label`, 255 for void. Pictures stay encoded in the file, so that it can travel, and are decoded once into memory.
"""
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import cv2
import numpy as np

HAND, IGNORE = 255, 128
KINDS = ("pair", "room", "cutout", "boxed", "unlabelled", "face", "background", "classes")


@dataclass
class Item:
    """One picture. `image` is H x W x 3 BGR (a cut-out: x 4 BGRA), `label` and `hand` H x W or None; all
    uint8."""

    name: str
    kind: str  # one of KINDS
    source: str  # the set it comes from: figures are given per source
    person: str  # who is in it, "-" if unknown: splits never part a person
    use: str = "train"  # train, validate or test
    boxes: list = field(default_factory=list)  # hand boxes x0 y0 x1 y1, fractions of width and height
    open: bool = False  # its licence permits commercial use
    image: np.ndarray = None
    label: np.ndarray = None
    hand: np.ndarray = None

    def planes(self, classes=2):
        """The first `classes` label planes, each H x W uint8. Where nobody drew the wrist, what is hand or arm is not
        judged as hand; outside of it there is none."""
        label = np.zeros(self.image.shape[:2], np.uint8) if self.label is None else self.label
        if classes == 1:
            return [label]
        return [label, np.where(label == HAND, IGNORE, label) if self.hand is None else self.hand]


def encode(picture, quality=92):
    """Lossless for planes and cut-outs, JPEG for photographs."""
    if picture.ndim == 2:
        return cv2.imencode(".png", picture)[1]
    if picture.shape[2] == 4:
        return cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, quality])[1]
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]


def save(path, items, blobs):
    """`blobs`: for each item its (encoded picture, encoded label or None, encoded hand plane or
    None); planes may be left off at the end."""
    index, parts, at = [], [], 0
    for item, pair in zip(items, blobs):
        entry = {k: v for k, v in vars(item).items() if k not in ("image", "label", "hand")}
        entry["at"] = []
        for blob in pair:
            size = 0 if blob is None else len(blob)
            entry["at"].append((at, size))
            at += size
            if size:
                parts.append(np.frombuffer(blob, np.uint8).ravel())
        index.append(entry)
    text = np.frombuffer(json.dumps(index).encode(), np.uint8)
    with open(path + ".part", "wb") as f:
        np.savez(f, index=text, blob=np.concatenate(parts))
    os.replace(path + ".part", path)


def load(path, use=None, kinds=None, threads=3):
    """Decodes the items of a pack (all, or those of one use and some kinds), in the pack's order."""
    with np.load(path) as pack:
        index, blob = json.loads(bytes(pack["index"])), pack["blob"]

    def decode(entry):
        (a, n), *planes = entry.pop("at")
        item = Item(**entry)
        item.image = cv2.imdecode(blob[a : a + n], cv2.IMREAD_UNCHANGED)
        for name, (b, m) in zip(("label", "hand"), planes):
            setattr(item, name, cv2.imdecode(blob[b : b + m], cv2.IMREAD_GRAYSCALE) if m else None)
        return item

    wanted = [e for e in index if (use is None or e["use"] == use) and (kinds is None or e["kind"] in kinds)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(decode, wanted))
