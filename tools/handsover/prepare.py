"""`hands prepare`: reads the material, reports what is in it, splits it by person and packs it into one file for
training.

Beside OUT.npz it writes OUT.md (what is in the set), OUT.jpg (a contact sheet) and OUT.split.json (who is held out).
"""
import argparse
import os

import cv2

from . import explore, pack, sources, splits


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
    planes = (
        None if p is None else bytes(pack.encode(shrink(p, side, cv2.INTER_NEAREST))) for p in (item.label, item.hand)
    )
    return image, *planes


def main(argv):
    p = argparse.ArgumentParser(prog="hands prepare", description=__doc__)
    p.add_argument("--data", help="folder of the training material, as described in tools/README.md")
    p.add_argument("--add", action="append", default=[], help="another folder: images/ + masks/ or original/ + no_bg/")
    p.add_argument("--add-open", action="append", default=[], help="as --add, of a licence that permits commercial use")
    p.add_argument("--out", default="data.npz", help="the pack to write")
    p.add_argument("--side", type=int, default=640, help="long side of a photograph, pixels")
    p.add_argument("--quality", type=int, default=92, help="JPEG quality of what is shrunk")
    p.add_argument(
        "--split", default="given", choices=("given", *splits.NAMED), help="by person; given: as each source says"
    )
    p.add_argument("--seed", type=int, default=0, help="of the split")
    a = p.parse_args(argv)
    items, blobs, seen = [], [], explore.Explorer()
    readers = [sources.read(a.data)] * bool(a.data) + [sources.folder(f) for f in a.add]
    for reader in readers + [sources.folder(f, True) for f in a.add_open]:
        for item, path in reader:
            seen.see(item)
            blobs.append(packed(item, path, a.side, a.quality))
            item.image = item.label = item.hand = None  # only the encoded picture is kept
            items.append(item)
    if not items:
        raise SystemExit("no pictures there; expected images/ + masks/ or original/ + no_bg/")
    if a.split != "given":
        splits.apply(items, a.split, a.seed)
    stem = os.path.splitext(a.out)[0]
    with open(stem + ".md", "w") as f:
        f.write(seen.table())
    cv2.imwrite(stem + ".jpg", seen.sheet())
    splits.write(stem + ".split.json", items)
    pack.save(a.out, items, blobs)
    print(seen.table())
    print({use: sum(i.use == use for i in items) for use in ("train", "validate", "test", "unused")})
    print(f"{a.out}: {len(items)} pictures, {os.path.getsize(a.out) / 1e6:.1f} MB")
