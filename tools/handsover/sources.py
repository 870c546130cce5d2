"""Where pictures come from: reads each folder of training material into Items, with the label's meaning settled.

The policy: `label` is a hand and the bare arm it hangs on, up to the sleeve; `hand` is the hand alone, to the wrist.
Where a source's masks say less than that (they stop at the wrist, while a bare forearm may follow; they take in an arm,
and nobody drew the wrist), the doubtful zone is marked "not judged" instead of being taught as background.
"""
import csv
import glob
import json
import os
import re

import cv2
import numpy as np
from PIL import Image

from .pack import HAND, IGNORE, Item

# persons of pairs/ kept for validation, by the ids in the photographs' original names
PAIRS_HELD_OUT = ("hgr1_id04", "hgr2B_id08", "hgr2B_id10", "hgr2B_id11")
OPEN_CUTOUTS = ("rps", "digits", "mesh")  # CC BY-SA 4.0, Apache-2.0, MIT
OPEN_PHOTOGRAPHS = ("ceiling_hand_doll", "neg_")  # MIT


def stem(path):
    return os.path.splitext(os.path.basename(path))[0]


def grow(mask, pixels):
    return cv2.dilate(mask.astype(np.uint8), np.ones((pixels, pixels), np.uint8)) > 0


def bare(image, hand, zone):
    """What of a zone is bare skin: as like the hand itself in chroma, and about as light, as most of the hand is.

    Mahalanobis distance below 3 in Cr, Cb and a third of Y, of what is a fifth of the zone or more and two pixels inside."""
    inner = cv2.erode(hand.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    zone = cv2.erode(zone.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if inner.sum() < 50 or not zone.any():
        return np.zeros_like(zone)
    colours = cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), 1.5), cv2.COLOR_BGR2YCrCb).astype(np.float32) / (3, 1, 1)
    own = colours[inner]
    spread = np.linalg.inv(np.cov(own.T) + 4 * np.eye(3))
    off = colours[zone] - np.median(own, axis=0)
    skin = np.zeros(zone.shape, np.uint8)
    skin[zone] = np.einsum("ni,ij,nj->n", off, spread, off) < 9
    skin = cv2.morphologyEx(cv2.morphologyEx(skin, cv2.MORPH_CLOSE, np.ones((7, 7))), cv2.MORPH_OPEN, np.ones((5, 5)))
    _, parts, stats, _ = cv2.connectedComponentsWithStats(skin)
    large = [k for k in range(1, len(stats)) if stats[k, cv2.CC_STAT_AREA] > max(60, zone.sum() // 5)]
    return np.isin(parts, large) & zone


def ntu_label(hand, arm, image=None):
    """The mask ends at the wristband: band, forearm and sleeve are not judged, nor what rests on the lower edge; but where
    an image is given its bare forearms are arm."""
    label = np.where(hand, HAND, 0).astype(np.uint8)
    doubt = grow(arm & ~hand, 7)
    doubt[int(0.86 * len(doubt)) :] = True
    label[doubt & ~hand] = IGNORE
    if image is not None:
        label[bare(image, hand, arm & ~hand)] = HAND
    return label


def ntu_hand(hand):
    """These masks stop at a wristband, so what follows is known to be no hand; only the lower edge stays in doubt."""
    plane = np.where(hand, HAND, 0).astype(np.uint8)
    low = plane[int(0.86 * len(plane)) :]
    low[low == 0] = IGNORE
    return plane


def upper(label, fraction):
    """The upper `fraction` of a raised hand's mask is hand for sure; the wrist is somewhere in the rest of it, so that
    what hangs further below, arm or not, is no hand."""
    plane, rows = label.copy(), np.nonzero((label == HAND).any(1))[0]
    if len(rows):
        height = rows[-1] - rows[0] + 1
        rest = plane[rows[0] + int(fraction * height) :]
        rest[rest == HAND] = IGNORE
        below = plane[rows[-1] + 1 + int(0.08 * height) :]
        below[below == IGNORE] = 0
    return plane


def outside_boxes(shape, boxes, margin=0.15):
    """No hand outside the boxes, even where an arm hangs on one; inside it is not judged."""
    plane = np.zeros(shape, np.uint8)
    for x0, y0, x1, y1 in boxes:
        plane[box(shape, x0, y0, x1, y1, margin)] = IGNORE
    return plane


def box(shape, x0, y0, x1, y1, margin):
    """Index of a box given in fractions, grown by `margin` of its sides."""
    h, w = shape
    mx, my = margin * (x1 - x0), margin * (y1 - y0)
    return slice(max(0, int((y0 - my) * h)), int((y1 + my) * h) + 1), slice(
        max(0, int((x0 - mx) * w)), int((x1 + mx) * w) + 1
    )


def skin(image):
    """Bool H x W by Chai and Ngan's box in YCbCr, a little narrower: only ever used to mark doubt, never as a label."""
    return cv2.inRange(cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb), (30, 135, 77), (255, 180, 130)) > 0


def senz_label(image, hand, fraction):
    """The mask ends somewhere below the wrist: what hangs below its last part is not judged, nor skin lower in the
    picture (the forearm goes on to the side, bystanders fold their arms; faces are higher up)."""
    label = np.where(hand, HAND, 0).astype(np.uint8)
    rows = np.nonzero(hand.any(1))[0]
    if not len(rows):
        return label
    height, below = rows[-1] - rows[0] + 1, hand.copy()
    for k in range(1, 9):
        d = k * height // 8
        if d < len(hand):
            below[d:] |= hand[: len(hand) - d]
    below = grow(below, 9)
    below[: rows[0] + int(fraction * height)] = False
    low = grow(cv2.morphologyEx(skin(image).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), 11)
    low[: rows[0] + int(0.72 * height)] = False
    below |= low
    label[below & ~hand] = IGNORE
    return label


def box_label(image, boxes):
    """Nothing outside the boxes is a hand, except that skin which hangs on a box may be its bare arm: not judged."""
    h, w = image.shape[:2]
    inside, near = np.zeros((h, w), bool), np.zeros((h, w), bool)
    for x0, y0, x1, y1 in boxes:
        for plane, margin in ((inside, 0.1), (near, 1.5)):
            plane[box((h, w), x0, y0, x1, y1, margin)] = True
    for x0, y0, x1, y1 in boxes:  # an arm in shadow is no skin by that rule; arms come from below
        mx = 0.2 * (x1 - x0)
        hang = slice(int(y1 * h), int((2 * y1 - y0) * h) + 1), slice(max(0, int((x0 - mx) * w)), int((x1 + mx) * w) + 1)
        inside[hang] = True
    _, parts = cv2.connectedComponents((skin(image) & near | inside).astype(np.uint8))
    hanging = np.isin(parts, np.setdiff1d(parts[inside], [0]))
    return np.where(inside | grow(hanging, 9), IGNORE, 0).astype(np.uint8)


def cutouts(root):
    for path in sorted(glob.glob(f"{root}/cutouts/*.webp")):
        source = stem(path).split("_")[0]
        image = cv2.imread(path, cv2.IMREAD_UNCHANGED)
        if image is not None and image.ndim == 3 and image.shape[2] == 4:
            yield Item(stem(path), "cutout", source, "-", open=source in OPEN_CUTOUTS, image=image), path


def pairs(root):
    people = {}
    if not os.path.exists(f"{root}/pairs"):
        return
    with open(f"{root}/SOURCES.tsv") as f:
        for row in csv.reader(f, delimiter="\t"):
            found = re.search(r"(hgr\w+?_id\d+)", row[2]) if row[0].startswith("pairs/") else None
            if found:
                people[stem(row[0])] = found.group(1)
    for path in sorted(glob.glob(f"{root}/pairs/*.jpg")):
        person = people.get(stem(path), "-")
        label = np.where(cv2.imread(path[:-3] + "png", 0) > 127, HAND, 0).astype(np.uint8)
        use = "validate" if person in PAIRS_HELD_OUT else "train"
        yield Item(stem(path), "pair", "hgr", person, use, image=cv2.imread(path), label=label), path


def rooms(root):
    if not os.path.exists(f"{root}/webcam_pairs"):
        return
    with open(f"{root}/webcam_pairs/split.tsv") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            path = f"{root}/webcam_pairs/{row['name']}.jpg"
            image, mask = cv2.imread(path), cv2.imread(path[:-3] + "png", 0)
            if image is None or mask is None:
                continue
            hand, source, person = mask > 127, row["source"], row["person"]
            to_wrist = None
            use = "validate" if row["use"] == "validate" else "train"
            if source == "ntu":
                arm = cv2.imread(path[:-4] + "_arm.png", 0) > 127
                label = ntu_label(hand, arm, image if use == "train" else None)  # figures keep to the labels that were given
                to_wrist = ntu_hand(hand)
            elif source == "senz3d":
                label = senz_label(image, hand, 0.88 if person == "p1" else 0.75)
                to_wrist = upper(label, 0.55 if person == "p1" else 0.8)
            else:
                label = np.where(hand, HAND, 0).astype(np.uint8)
            about = dict(open=row["name"].startswith(OPEN_PHOTOGRAPHS), image=image, label=label, hand=to_wrist)
            yield Item(row["name"], "room", source, f"{source}_{person}", use, **about), path


def webcam(root):
    for path in sorted(glob.glob(f"{root}/webcam/*.jpg")):
        name, boxes = stem(path), []
        text = path[:-3] + "txt"
        if os.path.exists(text):
            with open(text) as f:
                boxes = [[float(v) for v in line.split()[-4:]] for line in f if line.strip()]
        person = name.rsplit("_", 1)[0]
        image, kind = cv2.imread(path), "boxed" if boxes else "unlabelled"
        label = box_label(image, boxes) if boxes else np.full(image.shape[:2], IGNORE, np.uint8)
        to_wrist = outside_boxes(image.shape[:2], boxes) if boxes else None
        yield Item(
            name, kind, "linto" if boxes else "hand", person, boxes=boxes, image=image, label=label, hand=to_wrist
        ), path


def empty(root):
    """Pictures without hands: heads before black, rooms, things, textures. A tenth is kept to count false alarms on."""
    for folder in ("negatives", "backgrounds"):
        for path in sorted(glob.glob(f"{root}/{folder}/*.webp") + glob.glob(f"{root}/{folder}/*.jpg")):
            name = stem(path)
            kind = "face" if name.startswith("faces") else "background"
            digits = re.findall(r"\d+", name)
            use = "validate" if digits and int(digits[-1]) % 10 == 7 and not name.startswith("neg_") else "train"
            open = name.startswith(OPEN_PHOTOGRAPHS)
            yield Item(name, kind, name.split("_")[0], "-", use, open=open, image=cv2.imread(path)), path


READERS = (cutouts, pairs, rooms, webcam, empty)


def read(root):
    """All Items below `root`, each with the path of its file."""
    for reader in READERS:
        yield from reader(root)


def folder(path, open=False):
    """Any folder of a user: images/ + masks/, original/ + no_bg/ (cut-outs, whose alpha becomes the mask), labelme or
    COCO, or images/ + classes/; pictures in backgrounds/ have no hands, those in faces/ show heads (cut out, or before
    black). Masks of the hand alone, to the wrist, may lie in hands/ under the same names. `open`: its licence
    permits commercial use."""
    name = os.path.basename(os.path.normpath(path))
    for key, image, numbers, picture in classes(path):
        yield Item(f"{name}_{key}", "classes", name, key, open=open, image=image, label=numbers), picture
    for picture in sorted(glob.glob(f"{path}/backgrounds/*")):
        yield Item(f"{name}_{stem(picture)}", "background", name, "-", open=open, image=cv2.imread(picture)), picture
    for picture in sorted(glob.glob(f"{path}/faces/*")):
        face = cv2.imread(picture, cv2.IMREAD_UNCHANGED)
        yield Item(f"{name}_{stem(picture)}", "face", name, "-", open=open, image=face), picture
    hands = {stem(p): p for p in glob.glob(f"{path}/hands/*")}
    for reader in (masks, labelme, coco):
        for key, image, label, picture in reader(path):
            hand = cv2.imread(hands[key], 0) if key in hands else None
            if hand is not None:
                hand = np.where(hand > 127, HAND, 0).astype(np.uint8)
                hand[label == IGNORE] = IGNORE
            yield Item(f"{name}_{key}", "pair", name, key, open=open, image=image, label=label, hand=hand), picture


def masks(path):
    for pictures, answers in (("images", "masks"), ("original", "no_bg")):
        files = {stem(p): p for p in glob.glob(f"{path}/{answers}/*")}
        for picture in sorted(glob.glob(f"{path}/{pictures}/*")):
            if stem(picture) not in files:
                continue
            image, answer = cv2.imread(picture), cv2.imread(files[stem(picture)], cv2.IMREAD_UNCHANGED)
            if image is None or answer is None:
                continue
            plane = answer[..., 3] if answer.ndim == 3 and answer.shape[2] == 4 else answer
            plane = cv2.cvtColor(plane, cv2.COLOR_BGR2GRAY) if plane.ndim == 3 else plane
            if plane.shape != image.shape[:2]:
                plane = cv2.resize(plane, image.shape[1::-1], interpolation=cv2.INTER_NEAREST)
            yield stem(picture), image, np.where(plane > (0 if plane.max() <= 1 else 127), HAND, 0).astype(
                np.uint8
            ), picture


def classes(path):
    """images/ + classes/: pictures of class numbers, grey or with a palette (as PASCAL VOC has them); 255 is void."""
    files = {stem(p): p for p in glob.glob(f"{path}/classes/*")}
    for picture in sorted(glob.glob(f"{path}/images/*")):
        if stem(picture) in files:
            with Image.open(files[stem(picture)]) as numbers:  # cv2 would give the palette's colours
                yield stem(picture), cv2.imread(picture), np.array(numbers).astype(np.uint8), picture


def filled(image, polygons):
    """The label of polygons given in pixels, one after the other (so that they may overlap)."""
    label = np.zeros(image.shape[:2], np.uint8)
    for points in polygons:
        cv2.fillPoly(label, [np.round(np.asarray(points, float).reshape(-1, 2)).astype(np.int32)], HAND)
    return label


def labelme(path):
    """One .json a picture, beside it: all its polygons count, whatever they are called."""
    for text in sorted(glob.glob(f"{path}/*.json")):
        with open(text) as f:
            data = json.load(f)
        if "shapes" not in data:
            continue
        picture = os.path.join(path, data["imagePath"])
        image = cv2.imread(picture)
        if image is not None:
            polygons = [s["points"] for s in data["shapes"] if s.get("shape_type", "polygon") == "polygon"]
            yield stem(picture), image, filled(image, polygons), picture


def coco(path):
    """One .json for many pictures; polygons only (run-length masks of crowds are left out)."""
    for text in sorted(glob.glob(f"{path}/*.json")):
        with open(text) as f:
            data = json.load(f)
        if "annotations" not in data:
            continue
        polygons = {}
        for a in data["annotations"]:
            if isinstance(a["segmentation"], list):
                polygons.setdefault(a["image_id"], []).extend(a["segmentation"])
        for entry in data["images"]:
            found = [
                p for p in (f"{path}/{entry['file_name']}", f"{path}/images/{entry['file_name']}") if os.path.exists(p)
            ]
            image = cv2.imread(found[0]) if found else None
            if image is not None:
                yield stem(entry["file_name"]), image, filled(image, polygons.get(entry["id"], [])), found[0]
