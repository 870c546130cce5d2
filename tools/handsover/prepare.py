"""`hands prepare`: reads the material, reports what is in it, and packs it into one file for training."""
import argparse
import collections
import os

import cv2

from . import pack, sources


def shrink(picture, side, interpolation=cv2.INTER_AREA):
    """The picture with its long side at most `side` pixels."""
    h, w = picture.shape[:2]
    if not side or max(h, w) <= side:
        return picture
    k = side / max(h, w)
    return cv2.resize(picture, (max(1, round(w * k)), max(1, round(h * k))), interpolation=interpolation)


def packed(item, path, side, quality):
    """The item's blobs; a file that needs no shrinking is taken as it is, without a second loss."""
    small = shrink(item.image, side)
    if small is item.image:
        with open(path, "rb") as f:
            image = f.read()
    else:
        image = bytes(pack.encode(small, quality))
    label = None
    if item.label is not None:
        label = bytes(pack.encode(shrink(item.label, side, cv2.INTER_NEAREST)))
    return image, label


def main(argv):
    p = argparse.ArgumentParser(prog="hands prepare", description=__doc__)
    p.add_argument("--data", required=True, help="folder of the training material")
    p.add_argument("--add", action="append", default=[], help="another folder: images/ + masks/ or original/ + no_bg/")
    p.add_argument("--out", default="data.npz", help="the pack to write")
    p.add_argument("--side", type=int, default=640, help="long side of a photograph, pixels")
    p.add_argument("--quality", type=int, default=92, help="JPEG quality of what is shrunk")
    a = p.parse_args(argv)
    items, blobs, counts = [], [], collections.Counter()
    streams = [sources.read(a.data)] + [sources.folder(f) for f in a.add]
    for stream in streams:
        for item, path in stream:
            blobs.append(packed(item, path, a.side, a.quality))
            item.image = item.label = None
            items.append(item)
            counts[item.use, item.kind, item.source] += 1
    for key, n in sorted(counts.items()):
        print(*key, n, sep="\t")
    pack.save(a.out, items, blobs)
    print(f"{a.out}: {len(items)} pictures, {os.path.getsize(a.out) / 1e6:.1f} MB")
