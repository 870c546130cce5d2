"""`hands pseudo`: labels for frames without masks, where a trained network is sure of them under flips and scales.

Inside a hand's box the network decides where it is sure; outside all boxes there is no hand. What it is not sure of,
and skin that hangs on a box, stays "not judged". Frames without boxes get labels only where all looks agree. With
--rooms the zones that a photograph's own label leaves open are filled too (bare forearms below a mask that ends at the
wrist): else a network that learns "no hand" there in its second plane forgets the arm in its first.
"""
import argparse

import cv2
import numpy as np

from . import infer, pack, sources

LOOKS = ((61440, False), (61440, True), (122880, False), (122880, True))  # (pixels, flipped)


def label(net, item):
    looks = np.stack([infer.probability(net, item.image, *look) for look in LOOKS])
    mean, most, least = looks.mean(0), looks.max(0), looks.min(0)
    sure = np.where((mean > 0.85) & (least > 0.5), pack.HAND, np.where((mean < 0.1) & (most < 0.3), 0, pack.IGNORE))
    if item.kind == "room":
        return np.where(item.label == pack.IGNORE, sure, item.label).astype(np.uint8)
    if item.boxes:
        h, w = mean.shape
        inside = np.zeros((h, w), bool)
        for sides in item.boxes:
            inside[sources.box((h, w), *sides, 0.1)] = True
        return np.where(inside, sure, item.label).astype(np.uint8)
    out = np.where(least > 0.6, pack.HAND, np.where(most < 0.06, 0, pack.IGNORE)).astype(np.uint8)
    doubt = cv2.dilate((out == pack.IGNORE).astype(np.uint8), np.ones((15, 15), np.uint8)) > 0  # a wide rim of doubt
    return np.where(doubt & (out == 0), pack.IGNORE, out).astype(np.uint8)


def main(argv):
    p = argparse.ArgumentParser(prog="hands pseudo", description=__doc__)
    p.add_argument("--pack", required=True)
    p.add_argument("--model", required=True, help="checkpoint of the network that labels")
    p.add_argument("--rooms", action="store_true", help="also what the labels of webcam photographs leave open")
    p.add_argument("--out", required=True, help="the labels, .npz: one plane a picture, by name")
    a = p.parse_args(argv)
    net, planes = infer.load_checkpoint(a.model), {}
    for item in pack.load(a.pack, "train", ("boxed", "unlabelled") + ("room",) * a.rooms):
        if item.kind == "room" and not (item.label == pack.IGNORE).any():
            continue
        planes[item.name] = label(net, item)
    np.savez_compressed(a.out, **planes)
    hand = np.mean([(v == pack.HAND).mean() for v in planes.values()])
    unsure = np.mean([(v == pack.IGNORE).mean() for v in planes.values()])
    print(f"{len(planes)} pictures: {hand:.1%} hand, {unsure:.1%} not judged")


def apply(items, path):
    """Gives the items their labels from a file that this command wrote."""
    with np.load(path) as planes:
        for item in items:
            if item.name in planes:
                item.label = planes[item.name]
