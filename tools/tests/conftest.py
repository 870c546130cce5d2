import os
import subprocess
import sys

os.environ.setdefault("GOMP_SPINCOUNT", "2000")  # read when the first OpenMP library loads

import cv2  # noqa: E402
import numpy as np
import pytest
import torch

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
torch.set_num_threads(1)
cv2.setNumThreads(1)

from handsover import pack  # noqa: E402


ROOT = os.path.join(os.path.dirname(__file__), "..", "..")


def program(*arguments):
    """What the program says on standard output; it builds itself at the first call."""
    done = subprocess.run([f"{ROOT}/handsover", *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pytest_addoption(parser):
    parser.addoption("--golden-update", action="store_true", help="write the golden masks of the classic methods anew")


def hand(rng, size=(96, 64)):
    """A generated picture of a bright blob with 'fingers' on a dark noisy ground, and its mask."""
    w, h = size
    mask = np.zeros((h, w), np.uint8)
    x, y = rng.integers(w // 3, 2 * w // 3), rng.integers(h // 3, 2 * h // 3)
    cv2.circle(mask, (int(x), int(y)), h // 5, 255, -1)
    for a in rng.uniform(0, 6.28, 3):
        cv2.line(mask, (int(x), int(y)), (int(x + h / 2.2 * np.cos(a)), int(y + h / 2.2 * np.sin(a))), 255, 5)
    image = rng.integers(0, 70, (h, w, 3)).astype(np.uint8)
    image[mask > 0] = rng.integers(150, 200, 3) + rng.integers(0, 30, ((mask > 0).sum(), 3))
    return image, mask


@pytest.fixture
def items():
    """A small set with every kind of picture in it."""
    rng, out = np.random.default_rng(0), []
    for k in range(12):
        image, mask = hand(rng)
        kind = ("pair", "room", "boxed", "cutout")[k % 4]
        if kind == "cutout":
            image, mask = np.dstack([image, mask]), None
        out.append(pack.Item(f"{kind}_{k}", kind, "set" + kind, f"p{k % 3}", image=image, label=mask))
    for k in range(4):
        kind = ("face", "background")[k % 2]
        out.append(pack.Item(f"{kind}_{k}", kind, kind, "-", image=rng.integers(0, 255, (64, 80, 3)).astype(np.uint8)))
    return out
