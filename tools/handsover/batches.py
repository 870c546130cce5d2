"""Batches of training pictures, made by worker processes while the network trains.

Sample k of batch n is drawn from the seed (seed, n, k): a run that was killed goes on with the very same pictures.
"""
import signal
import traceback
import zlib
from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.multiprocessing as mp

from . import augment, canvas, scene


MADE = ("pasted", "empty")  # kinds of sample that are drawn from pieces; the others are a labelled picture each
REACH = 2  # how far the second frame of a pair may be moved, pixels


@dataclass
class Batch:
    """x n x H x W x 3 RGB; y and v n x H x W x 2 (arm, hand): 0..255, and 1 where it is judged; all uint8.

    `again` m x H x W x 3: some of the samples as the next frame of a camera that stands still would show them; `of` (m)
    their numbers in x, `shift` (m x 2) how far each is moved to the right and down, in pixels."""

    x: np.ndarray
    y: np.ndarray
    v: np.ndarray
    again: np.ndarray
    of: np.ndarray
    shift: np.ndarray


def sample(world, rng, kind, size, preset, twice=False, count=2, copies=0):
    """(x, y, v) of one sample as in Batch; with `twice` its second frame and that one's shift follow. Of kind "classes" y
    is H x W x 1, class numbers below `count`. With `copies` a labelled picture is only ever seen in that many ways, as
    where augmented copies are made beforehand; 0: never the same way twice."""
    if kind == "classes":
        f, numbers = canvas.classes(rng, world.pick(rng, kind), size, **preset["geometry"], count=count)
        return (
            augment.photometric(f, rng, preset)[..., ::-1],
            numbers[..., None],
            np.ones((*numbers.shape, 1), np.uint8),
        )
    if "geometry" in preset and kind not in MADE:
        item = world.pick(rng, kind)
        if copies:
            rng = np.random.default_rng([zlib.crc32(item.name.encode()), rng.integers(copies)])
        drawn = canvas.plain(rng, item, size, **preset["geometry"])
    else:
        drawn = scene.SCENES[kind](rng, world, size)
    light = augment.lit(drawn.image, rng, preset)
    image = augment.sensed(*light, rng, preset)[..., ::-1]
    hand = np.clip(drawn.hand * 255 + 0.5, 0, 255).astype(np.uint8)
    out = image, hand, drawn.valid.astype(np.uint8)
    return (*out, *second(*light, rng, preset)) if twice else out


def second(f, dark, gray, rng, preset):
    """Another frame of what the camera sees: new noise and coding, a breath of exposure, a step aside."""
    shift = rng.integers(-REACH, REACH + 1, 2)
    matrix = np.float32([[1, 0, shift[0]], [0, 1, shift[1]]])
    moved = cv2.warpAffine(f, matrix, f.shape[1::-1], borderMode=cv2.BORDER_REFLECT_101) * rng.uniform(0.97, 1.03)
    return augment.sensed(moved, dark, gray, rng, preset)[..., ::-1], shift


def quota(mix, n):
    """How many of n samples each kind gets, by its weight; the fraction left over goes to the largest remainders."""
    total = sum(mix.values())
    exact = {k: n * w / total for k, w in mix.items()}
    counts = {k: int(e) for k, e in exact.items()}
    for k in sorted(exact, key=lambda k: counts[k] - exact[k])[: n - sum(counts.values())]:
        counts[k] += 1
    return [k for k, c in counts.items() for _ in range(c)]


def batch(world, recipe, number):
    """Batch `number` of a recipe."""
    rng = np.random.default_rng([recipe["seed"], number])
    sizes = recipe["sizes"]
    size = tuple(sizes[rng.integers(len(sizes))])
    kinds = quota({k: w for k, w in recipe["mix"].items() if k in MADE or world.has(k)}, recipe["batch"])
    preset = augment.PRESETS[recipe["augment"]]
    of = np.sort(rng.permutation(len(kinds))[: recipe["consistency"]])
    out = [
        sample(
            world,
            np.random.default_rng([recipe["seed"], number, k]),
            kind,
            size,
            preset,
            k in of,
            len(recipe["classes"]),
            recipe["copies"],
        )
        for k, kind in enumerate(kinds)
    ]
    x, y, v = (np.stack(part) for part in zip(*(o[:3] for o in out)))
    again = np.stack([out[k][3] for k in of]) if len(of) else x[:0]
    return Batch(x, y, v, again, of, np.array([out[k][4] for k in of], int).reshape(-1, 2))


def work(world, recipe, numbers, results):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    while (n := numbers.get()) is not None:
        try:
            results.put((n, batch(world, recipe, n)))
        except Exception:  # told to the parent, which would wait for ever otherwise
            results.put((n, traceback.format_exc()))


class Batches:
    """Iterates batches first, first + 1, ... in order; `workers` processes run ahead by a few."""

    def __init__(self, world, recipe, first, workers=1, ahead=6):
        ctx = mp.get_context("fork")  # the decoded pictures are shared, not copied
        self.numbers, self.results = ctx.Queue(), ctx.Queue()
        self.next, self.early = first, {}
        for n in range(first, first + ahead):
            self.numbers.put(n)
        self.last = first + ahead
        self.processes = [
            ctx.Process(target=work, args=(world, recipe, self.numbers, self.results), daemon=True)
            for _ in range(workers)
        ]
        for p in self.processes:
            p.start()

    def __iter__(self):
        return self

    def __next__(self):
        while self.next not in self.early:
            n, data = self.results.get()
            if isinstance(data, str):
                self.close()
                raise RuntimeError(f"batch {n} could not be made:\n{data}")
            self.early[n] = data
        self.numbers.put(self.last)
        self.last, self.next = self.last + 1, self.next + 1
        return self.early.pop(self.next - 1)

    def close(self):
        for p in self.processes:
            p.terminate()
