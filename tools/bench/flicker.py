"""How calm and how prompt mattes are: flicker.py SMOOTH... -- VIDEO...

Flicker: mean |change| of the matte (0..255) from frame to frame over places where the picture stands still (luma moves by
less than 3 codes in a 5 x 5 mean, in this and the neighbouring frame). Lag: for each shift k of 0..3 frames, IoU of the
matte of frame i with the matte that frame i - k gets without any smoothing; prompt mattes are nearest to k = 0.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

HOME = Path(__file__).resolve().parents[2]


def mattes(video, smooth, folder):
    out = Path(folder) / f"{Path(video).stem}-{smooth}.mkv"
    subprocess.run([HOME / "handsover", "process", video, out, "--background", "none", "--only-mask", "--codec", "ffv1",
                    "--smooth", str(smooth), "--quiet", "--force"], check=True)
    return frames(out)


def frames(video):
    capture = cv2.VideoCapture(str(video))
    while True:
        ok, picture = capture.read()
        if not ok:
            return
        yield cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def flicker(video, smooth, folder):
    total = count = 0
    before = luma_before = still_before = None
    for luma, matte in zip(frames(video), mattes(video, smooth, folder)):
        luma = cv2.blur(luma.astype(np.float32), (5, 5))
        if before is not None:
            still = np.abs(luma - luma_before) < 3
            both = still if still_before is None else still & still_before
            # only where there is anything to flicker: near or inside what either frame keeps
            near = cv2.dilate(np.maximum(before, matte), np.ones((25, 25), np.uint8)) > 8
            both &= near
            total += np.abs(matte.astype(np.float32) - before)[both].sum()
            count += both.sum()
            still_before = still
        before, luma_before = matte, luma
    return total / max(count, 1)


def lag(video, smooth, folder):
    plain = [m > 127 for m in mattes(video, 0, folder)]
    calm = [m > 127 for m in mattes(video, smooth, folder)]
    scores = []
    for k in range(4):
        both = sum((a & b).sum() for a, b in zip(calm[k:], plain))
        either = sum((a | b).sum() for a, b in zip(calm[k:], plain))
        scores.append(both / max(either, 1))
    return scores


def main():
    cut = sys.argv.index("--")
    smooths = [float(x) for x in sys.argv[1:cut]]
    for video in sys.argv[cut + 1:]:
        with tempfile.TemporaryDirectory() as folder:
            for smooth in smooths:
                scores = lag(video, smooth, folder) if smooth else [1]
                print(f"{Path(video).name:24} smooth {smooth:3}  flicker {flicker(video, smooth, folder):6.3f}  "
                      f"lag IoU {' '.join(f'{s:.3f}' for s in scores)}", flush=True)


main()
