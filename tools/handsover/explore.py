"""What is in a training set: counts, sizes, hand area, skin as photographed, duplicates, a contact sheet."""
import collections

import cv2
import numpy as np

from . import metrics, pack


def fingerprint(image):
    """64 bits of the picture's coarse gradients (difference hash): equal for copies, near for re-encoded ones."""
    gray = cv2.resize(cv2.cvtColor(image[..., :3], cv2.COLOR_BGR2GRAY), (9, 8), interpolation=cv2.INTER_AREA)
    return int("".join("1" if b else "0" for b in (gray[:, 1:] > gray[:, :-1]).ravel()), 2)


class Explorer:
    """Sees each picture once, as it is packed, and keeps only numbers and thumbnails."""

    def __init__(self, tiles=8):
        self.rows, self.prints, self.tiles, self.limit = {}, {}, {}, tiles

    def see(self, item):
        row = self.rows.setdefault((item.kind, item.source), collections.defaultdict(list))
        row["person"].append(item.person)
        row["size"].append(item.image.shape[1::-1])
        label = item.image[..., 3] if item.image.shape[2] == 4 else item.label
        if label is not None:
            hand = label == pack.HAND
            row["area"].append(float(hand.mean()))
            row["tone"].append(metrics.tone(metrics.ita(item.image[..., :3], hand)))
        self.prints.setdefault((item.kind, fingerprint(item.image)), []).append(item.name)
        shown = self.tiles.setdefault((item.kind, item.source), [])
        if len(shown) < self.limit:
            shown.append(thumbnail(item))

    def duplicates(self):
        return [names for names in self.prints.values() if len(names) > 1]

    def table(self):
        out = [
            "| kind | source | pictures | persons | size (median) | hand area (median) | skin as photographed |",
            "| --- " * 7 + "|",
        ]
        for (kind, source), r in sorted(self.rows.items()):
            w, h = np.median(r["size"], axis=0).astype(int)
            persons = len(set(r["person"]) - {"-"}) or "-"
            tones = ", ".join(
                f"{t} {n}" for t, n in collections.Counter(t for t in r["tone"] if t != "-").most_common()
            )
            area = f"{np.median(r['area']):.1%}" if r["area"] else "-"
            out.append(f"| {kind} | {source} | {len(r['size'])} | {persons} | {w}x{h} | {area} | {tones or '-'} |")
        doubles = self.duplicates()
        out += [
            "",
            f"{len(doubles)} groups of look-alikes by a difference hash, {sum(map(len, doubles))} pictures in them.",
        ]
        return "\n".join(out) + "\n"

    def sheet(self):
        """H x W x 3: a row of thumbnails for each source, the hand green, what is not judged darker."""
        rows = []
        for _, tiles in sorted(self.tiles.items()):
            rows.append(np.hstack(tiles + [np.zeros_like(tiles[0])] * (self.limit - len(tiles))))
        return np.vstack(rows)


def thumbnail(item, size=120):
    f = item.image[..., :3].astype(np.float32)
    if item.image.shape[2] == 4:
        f = f * (item.image[..., 3:] / 255) + 90 * (1 - item.image[..., 3:] / 255)
    elif item.label is not None:
        f[item.label == pack.HAND] = f[item.label == pack.HAND] * 0.6 + np.array([0, 100, 0])
        f[item.label == pack.IGNORE] *= 0.5
    h, w = f.shape[:2]
    k = size / max(h, w)
    small = cv2.resize(f, (max(1, round(w * k)), max(1, round(h * k))), interpolation=cv2.INTER_AREA)
    tile = np.zeros((size, size, 3), np.uint8)
    tile[: small.shape[0], : small.shape[1]] = small
    return tile
