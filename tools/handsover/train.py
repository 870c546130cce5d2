"""`hands train`: trains a network by a recipe; stop it at any moment, start it again and it goes on.

OUT/last.pt (everything), OUT/best.pt (best on the validation persons), OUT/curve.csv, OUT/curve.png.
"""
import argparse
import csv
import math
import os
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import torch
import yaml
from tqdm import tqdm

from . import infer, losses, model, pack, preprocess, pseudo, splits
from .batches import REACH, Batches
from .validation import score, validate, validate_classes
from .world import World

DEFAULTS = dict(
    network="mobilenetv2_unet",
    classes=["arm", "hand"],
    class_weights=[1.0, 0.5],
    exclusive=False,
    upsampler="bilinear",
    skips="joined",
    deep=False,
    preprocess="none",
    width=1.0,
    hidden=1.0,
    stem=None,
    decoder=None,
    head=3,
    seed=0,
    batch=16,
    sizes=[[256, 192]],
    pixels=infer.PIXELS,
    split="given",
    augment="handsover",
    copies=0,
    mix={"pair": 1, "room": 1, "boxed": 1, "pasted": 1},
    open_only=False,
    loss="bce+dice",
    consistency=0,
    consistency_weight=4.0,
    distil=0.5,
    rate=8e-4,
    encoder_rate=2e-4,
    weight_decay=1e-4,
    warmup=100,
    ema=0.998,
    minutes=60,
    steps=0,
    evaluate_minutes=6,
    patience=0,
)


def read_recipe(path, changes=()):
    """The recipe's values over the defaults; `changes` are NAME=VALUE from the command line."""
    with open(path) as f:
        recipe = {**DEFAULTS, **yaml.safe_load(f)}
    for change in changes:
        name, _, value = change.partition("=")
        recipe[name] = yaml.safe_load(value)
    recipe.update({k: float(v) for k, v in recipe.items() if isinstance(DEFAULTS.get(k), float)})  # YAML reads 6e-5 as text
    unknown = set(recipe) - set(DEFAULTS)
    if unknown:
        raise SystemExit(f"{path}: no such setting: {', '.join(sorted(unknown))}")
    odd = [f"{w} x {h}" for w, h in recipe["sizes"] if w % 32 or h % 32]
    if odd:
        raise SystemExit(f"{path}: sizes are multiples of 32, which {', '.join(odd)} is not")
    return recipe


def commit():
    try:
        return subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=os.path.dirname(__file__)
        ).stdout.strip()
    except OSError:
        return ""


@torch.no_grad()
def average(ema, net, decay):
    """Moves the exponential moving average of all weights and running statistics towards `net`."""
    for a, b in zip(ema.state_dict().values(), net.state_dict().values()):
        if a.dtype.is_floating_point:
            a.lerp_(b, 1 - decay)
        else:
            a.copy_(b)


def rate(done, step, warmup):
    """Factor of the learning rate: a short warm-up, then a cosine to 2 % by the share of the time that is done."""
    return min(1.0, (step + 1) / warmup) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))


class Run:
    """A training run in a folder: networks, optimiser, how far it is."""

    def __init__(self, recipe, out, init=None, imagenet=None, teacher=None):
        self.recipe, self.out = recipe, out
        if recipe["exclusive"] and set(recipe["mix"]) != {"classes"}:
            raise SystemExit("exclusive classes are learnt from pictures of class numbers only: mix: {classes: 1}")
        self.weights = recipe["class_weights"][: len(recipe["classes"])]
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.net = model.build(recipe)
        if imagenet:
            self.net.encoder.load_imagenet(imagenet)
        if init:
            model.start(self.net, infer.load_checkpoint(init).state_dict())
        self.ema = model.build(recipe)
        self.ema.load_state_dict(self.net.state_dict())
        self.net, self.ema = (n.to(self.device, memory_format=torch.channels_last) for n in (self.net, self.ema))
        self.teacher = model.Ensemble([infer.load_checkpoint(t) for t in teacher]).to(self.device) if teacher else None
        encoder = [p for name, p in self.net.named_parameters() if name.startswith("encoder.")]
        rest = [p for name, p in self.net.named_parameters() if not name.startswith("encoder.")]
        self.optimiser = torch.optim.AdamW(
            [
                {"params": part, "base": recipe[name]}
                for part, name in ((rest, "rate"), (encoder, "encoder_rate"))
                if part
            ],
            lr=recipe["rate"],
            weight_decay=recipe["weight_decay"],
        )
        self.step, self.seconds, self.best, self.stale = 0, 0.0, -math.inf, 0
        if os.path.exists(self.path("last.pt")):
            self.resume()

    def path(self, name):
        return os.path.join(self.out, name)

    def resume(self):
        c = torch.load(self.path("last.pt"), map_location=self.device)
        self.net.load_state_dict(c["net"])
        self.ema.load_state_dict(c["ema"])
        self.optimiser.load_state_dict(c["optimiser"])
        self.step, self.seconds, self.best, self.stale = c["step"], c["seconds"], c["best"], c.get("stale", 0)
        print(f"goes on at step {self.step}, {self.seconds / 60:.1f} min")

    def store(self, name, light=False):
        state = dict(
            ema=self.ema.state_dict(),
            width=self.recipe["width"],
            recipe=self.recipe,
            commit=commit(),
            step=self.step,
            seconds=self.seconds,
            best=self.best,
            stale=self.stale,
        )
        if not light:
            state.update(net=self.net.state_dict(), optimiser=self.optimiser.state_dict())
        torch.save(state, self.path(name + ".part"))
        os.replace(self.path(name + ".part"), self.path(name))

    def seen(self, x):
        """n x H x W x 3 uint8 as the network gets it."""
        if self.recipe["preprocess"] == "none":  # the same arithmetic, on the device
            return x.to(self.device).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)
        made = np.stack([preprocess.METHODS[self.recipe["preprocess"]](one) for one in x.numpy()])
        return torch.from_numpy(made).to(self.device).permute(0, 3, 1, 2)

    def tensors(self, b):
        """A Batch as float tensors: x of all samples and then the second frames, y and v N x C x H x W; of exclusive
        classes y is their numbers, N x H x W."""
        x = self.seen(torch.from_numpy(np.concatenate([b.x, b.again])))
        if self.recipe["exclusive"]:
            return x, torch.from_numpy(b.y[..., 0]).long().to(self.device), None
        y, v = (torch.from_numpy(a).to(self.device).permute(0, 3, 1, 2)[:, : len(self.weights)] for a in (b.y, b.v))
        return x, y.float() / 255, v.float()

    def of_labels(self, z, y, v):
        if self.recipe["exclusive"]:
            return losses.exclusive(z, y)
        return losses.by_class(losses.LOSSES[self.recipe["loss"]], z, y, v, self.weights)

    def loss(self, x, y, v, batch):
        """Of the labels, of a teacher if there is one, and of the change from a frame to its second."""
        n, z = len(y), self.net(x)
        results = [part.float() for part in (z if isinstance(z, list) else [z])]  # several where supervision is deep
        loss, z = sum(self.of_labels(part[:n], y, v) for part in results) / len(results), results[0]
        if self.teacher is not None:
            with torch.no_grad():
                soft = torch.sigmoid(self.teacher(x[:n]).float())
            share, everywhere = self.recipe["distil"], torch.ones_like(soft)  # it also judges what no label does
            loss = (1 - share) * loss + share * losses.by_class(losses.bce, z[:n], soft, everywhere, self.weights)
        if len(batch.of):
            p = torch.sigmoid(z)
            change = losses.steadiness(p[batch.of], p[n:], batch.shift.tolist(), REACH)
            loss = loss + self.recipe["consistency_weight"] * change
        return loss

    def learn(self, batch):
        """One step on a Batch; returns the loss."""
        factor = rate(self.done(), self.step, self.recipe["warmup"])
        for group in self.optimiser.param_groups:
            group["lr"] = group["base"] * factor
        self.net.train()
        with torch.autocast("cuda", enabled=self.device == "cuda"):
            loss = self.loss(*self.tensors(batch), batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        average(self.ema, self.net, min(self.recipe["ema"], (1 + self.step) / (10 + self.step)))
        return float(loss)

    def done(self):
        """The share of the run that is over: of its time, or of its steps where the recipe counts them."""
        steps = self.recipe["steps"]
        return self.step / steps if steps else self.seconds / 60 / self.recipe["minutes"]

    def validate(self, held):
        if self.recipe["exclusive"]:
            return validate_classes(self.ema, held, len(self.recipe["classes"]))
        return validate(self.ema, held, 2)

    def tired(self):
        """Whether it has not become better for as many evaluations as the recipe has patience for (0: any number)."""
        return 0 < self.recipe["patience"] <= self.stale

    def report(self, figures, loss):
        """A line of curve.csv and the picture of it; returns whether this is the best so far."""
        row = dict(
            minutes=round(self.seconds / 60, 2),
            step=self.step,
            loss=round(loss, 4),
            score=round(score(figures), 4),
            **{k: round(v, 5) for k, v in figures.items()},
        )
        new = not os.path.exists(self.path("curve.csv"))
        with open(self.path("curve.csv"), "a", newline="") as f:
            w = csv.DictWriter(f, row)
            if new:
                w.writeheader()
            w.writerow(row)
        plot(self.path("curve.csv"), self.path("curve.png"))
        better = row["score"] > self.best
        self.best, self.stale = max(self.best, row["score"]), 0 if better else self.stale + 1
        print(" ".join(f"{k} {v}" for k, v in row.items()), "best" if better else "", flush=True)
        return better


def plot(table, picture):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with open(table) as f:
        rows = list(csv.DictReader(f))
    figure, axes = pyplot.subplots(figsize=(7, 4))
    for name in rows[0]:
        if name not in ("minutes", "step", "loss", "false"):
            axes.plot([float(r["minutes"]) for r in rows], [float(r[name]) for r in rows], label=name, marker=".")
    axes.set(xlabel="minutes", ylabel="IoU on validation persons")
    axes.legend()
    figure.savefig(picture, dpi=110)
    pyplot.close(figure)


def main(argv):
    p = argparse.ArgumentParser(prog="hands train", description=__doc__)
    p.add_argument("--recipe", required=True)
    p.add_argument("--pack", required=True, help="the file that `hands prepare` wrote")
    p.add_argument("--out", required=True, help="folder of the run")
    p.add_argument("--init", help="checkpoint to start from")
    p.add_argument("--teacher", action="append", help="checkpoint whose answers are learnt beside the labels; of several: the mean")
    p.add_argument("--imagenet", help="encoder weights to start from, .npz")
    p.add_argument("--pseudo", help="labels that `hands pseudo` wrote")
    p.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", 3)))
    p.add_argument("--workers", type=int, default=1)
    p.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="change a value of the recipe")
    a = p.parse_args(argv)
    os.makedirs(a.out, exist_ok=True)
    recipe = read_recipe(a.recipe, a.set)
    torch.manual_seed(recipe["seed"])
    torch.set_num_threads(a.threads)
    cv2.setNumThreads(1)
    pasting = set(recipe["mix"]) - {"pair", "room"}
    items = pack.load(a.pack, kinds=None if pasting else ("pair", "room", "face", "background"))  # else memory for nothing
    if a.pseudo:
        pseudo.apply(items, a.pseudo)
    if recipe["split"] != "given":
        splits.apply(items, recipe["split"], recipe["seed"])
    held = [i for i in items if i.use == "validate"]
    world = World([i for i in items if i.use == "train" and (i.open or not recipe["open_only"])])
    run = Run(recipe, a.out, a.init, a.imagenet, a.teacher)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by way of exit, so that the workers end too
    batches = Batches(world, recipe, run.step, a.workers)
    due = run.seconds + recipe["evaluate_minutes"] * 60
    if run.step == 0:
        run.report(run.validate(held), float("nan"))
    bar, recent, last, saved = (
        tqdm(total=1000, initial=round(1000 * run.done()), unit="‰", mininterval=10),
        [],
        time.time(),
        time.time(),
    )
    while run.done() < 1 and not run.tired():
        recent.append(run.learn(next(batches)))
        now = time.time()
        run.seconds, last = run.seconds + now - last, now
        bar.update(min(1000, round(1000 * run.done())) - bar.n)
        bar.set_postfix(step=run.step, loss=f"{np.mean(recent[-50:]):.3f}", refresh=False)
        if run.seconds >= due or run.done() >= 1:
            if run.report(run.validate(held), float(np.mean(recent))):
                run.store("best.pt", light=True)
            run.store("last.pt")
            due, recent, last, saved = run.seconds + recipe["evaluate_minutes"] * 60, [], time.time(), time.time()
        elif now - saved > 120:
            run.store("last.pt")
            saved = time.time()
    batches.close()
    bar.close()
