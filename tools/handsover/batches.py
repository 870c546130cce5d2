"""Batches of training pictures, made by worker processes while the network trains.

Sample k of batch n is drawn from the seed (seed, n, k): a run that was killed goes on with the very same pictures.
"""
import signal
import traceback

import cv2
import numpy as np
import torch
import torch.multiprocessing as mp

from . import augment, scene


def sample(world, rng, kind, size, preset):
    """(H x W x 3 RGB uint8, H x W hand 0..255 uint8, H x W valid 0/1 uint8)."""
    if "geometry" in preset and kind != "pasted":
        canvas = scene.plain(rng, world.pick(rng, kind), size, **preset["geometry"])
    else:
        canvas = scene.SCENES[kind](rng, world, size)
    image = augment.photometric(canvas.image, rng, preset)
    hand = np.clip(canvas.hand * 255 + 0.5, 0, 255).astype(np.uint8)
    return image[..., ::-1], hand, canvas.valid.astype(np.uint8)


def quota(mix, n):
    """How many of n samples each kind gets, by its weight; the fraction left over goes to the largest remainders."""
    total = sum(mix.values())
    exact = {k: n * w / total for k, w in mix.items()}
    counts = {k: int(e) for k, e in exact.items()}
    for k in sorted(exact, key=lambda k: counts[k] - exact[k])[: n - sum(counts.values())]:
        counts[k] += 1
    return [k for k, c in counts.items() for _ in range(c)]


def batch(world, recipe, number):
    """Batch `number` of a recipe: X n x H x W x 3, Y and V n x H x W, uint8."""
    rng = np.random.default_rng([recipe["seed"], number])
    sizes = recipe["sizes"]
    size = tuple(sizes[rng.integers(len(sizes))])
    kinds = quota({k: w for k, w in recipe["mix"].items() if k == "pasted" or world.has(k)}, recipe["batch"])
    preset = augment.PRESETS[recipe["augment"]]
    out = [
        sample(world, np.random.default_rng([recipe["seed"], number, k]), kind, size, preset)
        for k, kind in enumerate(kinds)
    ]
    return tuple(np.stack(part) for part in zip(*out))


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
