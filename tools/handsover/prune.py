"""`hands prune`: a slimmer network that begins where a trained one ends, to be trained on.

Of the channels inside each block, and of the decoder's, those are kept that carry most; then every 1x1 convolution is
fitted anew, front to back, so that the slim network's features are those of the full one on pictures of the pack as
nearly as least squares allow (the reconstruction of He, Zhang, Sun 2017, "Channel pruning for accelerating very deep
neural networks"). Several --model: the mean of their weights is pruned (they must descend from one another).
"""
import argparse
import itertools

import numpy as np
import torch
from torch.nn import functional as F

from . import infer, model, pack
from .train import commit, read_recipe

PLACES = 200  # pixels of each picture and layer that enter the fit
AT_ONCE = 32  # pictures in memory


def blend(paths, recipe):
    """One network with the mean of the weights of all, in the first one's shape, which may be slim already; one that has a
    single class has it in the place of each."""
    total, shape = None, torch.load(paths[0], map_location="cpu").get("recipe", {})
    for path in paths:
        net = model.build(dict(shape, classes=recipe["classes"]))
        model.start(net, infer.load_checkpoint(path).state_dict())
        state = {k: v.float() / len(paths) for k, v in net.state_dict().items()}
        total = state if total is None else {k: total[k] + v for k, v in state.items()}
    net.load_state_dict(total)
    return net.eval()


def sampled(t):
    """n x C x H x W to places x C: the same pixels for the same size, whoever asks."""
    n, c, h, w = t.shape
    at = np.random.default_rng(h * 1000 + w).permutation(h * w)[:PLACES]
    return t.reshape(n, c, h * w)[:, :, torch.from_numpy(at)].permute(0, 2, 1).reshape(-1, c).double()


@torch.no_grad()
def watch(net, x, modules):
    """[(input, output)] of the modules on x, sampled; 3x3 heads see their neighbourhood."""
    seen = {}

    def hook(m, inputs, output):
        taken = inputs[0]
        if getattr(m, "kernel_size", (1, 1)) == (3, 3) and m.groups == 1:
            n, c, h, w = taken.shape
            taken = F.unfold(taken, 3, padding=1).reshape(n, c * 9, h, w)
        seen[m] = sampled(taken), sampled(output)

    handles, parts = [m.register_forward_hook(hook) for m in modules], []
    for k in range(0, len(x), AT_ONCE):
        net(x[k : k + AT_ONCE])
        parts.append([seen[m] for m in modules])
    for handle in handles:
        handle.remove()
    return [tuple(torch.cat(p) for p in zip(*of_module)) for of_module in zip(*parts)]


def strongest(weight, count):
    """Indices of the `count` largest, in order."""
    return torch.sort(torch.topk(weight, count).indices).values


def fit(a, b, ridge=1e-3):
    """W, c with a W^T + c nearest to b (places x inputs, places x outputs)."""
    ma, mb = a.mean(0), b.mean(0)
    a, b = a - ma, b - mb
    gram = a.T @ a
    gram += ridge * gram.diagonal().mean() * torch.eye(len(gram), dtype=gram.dtype)
    w = torch.linalg.solve(gram, a.T @ b).T
    return w, mb - w @ ma


def take(conv, full, outputs=None, inputs=None):
    """Copies the weights of the chosen channels; of all where None."""
    w, b = full.weight.data, full.bias
    w = w if outputs is None else w[outputs]
    conv.weight.data.copy_(w if inputs is None else w[:, inputs])
    if b is not None:
        conv.bias.data.copy_(b.data if outputs is None else b.data[outputs])


def take_norm(norm, full, kept):
    for name in ("weight", "bias", "running_mean", "running_var"):
        getattr(norm, name).data.copy_(getattr(full, name).data[kept])


@torch.no_grad()
def fit_block(slim, full, block, big, x):
    """One inverted residual: the strongest hidden channels, and the narrowing fitted to what the block gave."""
    (a, _), (_, out) = watch(full, x, [big.body[-1], big])
    kept = strongest((a**2).mean(0) * (big.body[-1].weight[:, :, 0, 0].double() ** 2).sum(0), block.body[-1].in_channels)
    convs = [m for m in big.body if isinstance(m, torch.nn.Conv2d)]
    own = [m for m in block.body if isinstance(m, torch.nn.Conv2d)]
    if len(own) == 3:
        take(own[0], convs[0], kept)
    take(own[-2], convs[-2], kept)
    (a, _), (begin, _) = watch(slim, x, [own[-1], block])
    w, c = fit(a, out - begin if block.residual else out)
    own[-1].weight.data.copy_(w[:, :, None, None])
    own[-1].bias.data.copy_(c)
    return kept


@torch.no_grad()
def fit_normed(slim, full, own, big, x, inputs, after):
    """A 1x1 convolution with norm in the decoder; `after` is what follows it in the full one, by which its channels
    are weighed. Returns the channels kept."""
    (conv, norm), (conv0, norm0) = own[:2], big[:2]
    (_, said), (_, active) = watch(full, x, [conv0, after])
    kept = strongest(active.var(0), conv.out_channels)
    take_norm(norm, norm0, kept)
    take(conv, conv0, kept, inputs)
    ((a, _),) = watch(slim, x, [conv])
    w, c = fit(a, said[:, kept])
    conv.weight.data.copy_(w[:, :, None, None])
    norm.running_mean.data.sub_(c.float())
    return kept


@torch.no_grad()
def prune(full, slim, x, judges=()):
    """Fills `slim` from `full` (both MobileNetV2UNet) by the pictures x, n x 3 x H x W. Each class's last layer is fitted
    to the mean of the judges' logits where any of them knows it, else to the full network's."""
    encoder, big = slim.encoder, full.encoder
    ((_, out),) = watch(full, x, [big.stem[1]])
    power = (out**2).mean(0) * (big.blocks[0].body[0].weight.double() ** 2).sum((1, 2, 3))
    take(encoder.stem[0], big.stem[0], strongest(power, encoder.stem[0].out_channels))
    first, rest = encoder.blocks[0], list(zip(encoder.blocks, big.blocks))[1:]
    kept = strongest(power, encoder.stem[0].out_channels)
    take(first.body[0], big.blocks[0].body[0], kept)
    (a, _), (_, out) = watch(slim, x, [first.body[-1]]) + watch(full, x, [big.blocks[0]])
    w, c = fit(a, out)
    first.body[-1].weight.data.copy_(w[:, :, None, None])
    first.body[-1].bias.data.copy_(c)
    for block, whole in rest:
        fit_block(slim, full, block, whole, x)
    kept = torch.arange(encoder.channels[4])
    for up, whole in zip(slim.ups, full.ups):
        kept = fit_normed(slim, full, up.narrow, whole.narrow, x, kept, whole.narrow[2])
        skips = up.filter[0][0].in_channels - len(kept)
        kept = torch.cat([kept, whole.narrow[0].out_channels + torch.arange(skips)])
        for part, big_part in zip(up.filter, whole.filter):
            take(part[0], big_part[0], kept)
            take_norm(part[1], big_part[1], kept)
            kept = fit_normed(slim, full, part[3:], big_part[3:], x, kept, big_part[5])
    (a, _), (_, said) = watch(slim, x, [slim.head]) + watch(full, x, [full.head])
    for k in range(said.shape[1]):
        known = [watch(j, x, [j.head])[0][1][:, k] for j in judges if k == 0 or j.head.out_channels > k]
        said[:, k] = sum(known) / len(known) if known else said[:, k]
    w, c = fit(a, said.clamp(-6, 6))
    slim.head.weight.data.copy_(w.reshape(slim.head.weight.shape))
    slim.head.bias.data.copy_(c)


def choose(path, count, seed):
    """Items of a pack, the sources in turn, so that none is missing; a fifth of them without hands."""
    by_source = {}
    for item in pack.load(path, use="train", kinds=("pair", "room", "boxed", "face", "background")):
        by_source.setdefault(item.source, []).append(item)
    rng = np.random.default_rng(seed)
    hands, empty = (
        [rng.permutation(np.array(group, object)) for group in by_source.values() if (group[0].kind in ("face", "background")) == e]
        for e in (False, True)
    )
    for turn, groups in ((count - count // 5, hands), (count // 5, empty)):
        yield from (group[k // len(groups) % len(group)] for k, group in zip(range(turn), itertools.cycle(groups)))


def main(argv):
    p = argparse.ArgumentParser(prog="hands prune", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    p.add_argument("--model", action="append", required=True, help="checkpoint of the full network")
    p.add_argument("--recipe", required=True, help="says the slim one's shape: hidden, stem, decoder, head")
    p.add_argument("--pack", required=True, help="pictures that the fit goes by")
    p.add_argument("--pictures", type=int, default=200)
    p.add_argument("--out", required=True, help="the checkpoint, for `train --init`")
    a = p.parse_args(argv)
    recipe = read_recipe(a.recipe)
    full, slim = blend(a.model, recipe), model.build(recipe).eval()
    x = torch.cat([infer.tensor(i.image, (256, 192)) for i in choose(a.pack, a.pictures, recipe["seed"])])
    prune(full, slim, x, [infer.load_checkpoint(path) for path in a.model])
    with torch.no_grad():
        far = (torch.sigmoid(slim(x)) - torch.sigmoid(full(x))).abs().mean().item()
    torch.save(dict(ema=slim.state_dict(), recipe=recipe, commit=commit(), step=0, seconds=0.0, best=0.0), a.out)
    count = [sum(p.numel() for p in n.parameters()) for n in (full, slim)]
    print(f"{a.out}: {count[0] / 1e6:.2f} to {count[1] / 1e6:.2f} million parameters, mean change {far:.4f}")
