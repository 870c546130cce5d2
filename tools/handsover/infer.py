"""A network on one picture, at the size that the program would choose for it."""
import functools
import math

import cv2
import numpy as np
import torch

from . import model, preprocess

PIXELS = 61440  # the budget of a model input unless its recipe has another: 320 x 192


@functools.lru_cache(maxsize=256)
def fit(width, height, pixels=PIXELS, multiple=32):
    """Model size (w, h) for a picture: the aspect nearest to it about a budget of pixels; the program's own rule."""
    best, least = (multiple, multiple), math.inf
    limit = round(pixels * 1.08)
    for h in range(multiple, limit // multiple + 1, multiple):
        for w in range(multiple, limit // h + 1, multiple):
            cost = abs(math.log(w / h * height / width)) + 0.5 * abs(math.log(w * h / pixels))
            if cost < least - 1e-12:
                best, least = (w, h), cost
    return best


def tensor(image, size, before="none"):
    """H x W x 3 BGR uint8 to 1 x 3 x h x w float -1..1 RGB, or what a trial's preprocessing makes of it."""
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if size[0] < image.shape[1] else cv2.INTER_LINEAR)
    return torch.from_numpy(preprocess.METHODS[before](small[..., ::-1]).transpose(2, 0, 1).copy())[None]


@torch.no_grad()
def probabilities(net, image, pixels=None, flip=False):
    """C x H x W float32 0..1 at the picture's own size, one plane for each of the network's classes."""
    h, w = image.shape[:2]
    size = fit(w, h, pixels or getattr(net, "pixels", PIXELS))
    x = tensor(image[:, ::-1] if flip else image, size, getattr(net, "preprocess", "none"))
    device = next(net.parameters()).device
    p = torch.sigmoid(net(x.to(device, memory_format=torch.channels_last)))[0].float().cpu().numpy()
    p = np.stack([cv2.resize(plane, (w, h), interpolation=cv2.INTER_LINEAR) for plane in p])
    return p[..., ::-1] if flip else p


def probability(net, image, pixels=None, flip=False, channel=0):
    """H x W float32 0..1 of one class; of the only one where the network has no more."""
    p = probabilities(net, image, pixels, flip)
    return p[min(channel, len(p) - 1)]


def load_checkpoint(path):
    """A network from a checkpoint of ours ({"recipe", "ema"}) or a bare state dict of the same architecture at width
    1."""
    state = torch.load(path, map_location="cpu")
    if "ema" in state:
        net = model.build(state["recipe"])
        net.load_state_dict(state["ema"])
    else:
        net = model.mobilenetv2_unet()
        model.adopt(net, state)
    return net.eval().to(memory_format=torch.channels_last)
