"""MobileNetV2-U-Net: an ImageNet encoder and a light decoder, for masks on a CPU at video rate.

Pictures are N x 3 x H x W, RGB, value / 127.5 - 1 (so -1..1); H and W are multiples of 32.
The result is N x C x H x W logits: sigmoid gives the probability of each class.
"""
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from . import eva, preprocess

# (expansion, channels at width 1, repeats, stride of the first), from the MobileNetV2 paper, table 2
BLOCKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
TAPS = (0, 2, 5, 12)  # the last block at strides 2, 4, 8 and 16: what the decoder's skips read
DECODER = (128, 64, 40, 24)  # channels at strides 16, 8, 4 and 2


def divisible(channels, step=8):
    """The multiple of `step` nearest to `channels`, never more than a tenth below it (as in the paper's code)."""
    near = max(step, int(channels + step / 2) // step * step)
    return near + step if near < 0.9 * channels else near


class Conv(nn.Conv2d):
    """1x1 or 3x3 with bias. At stride 2 the padding is TensorFlow's SAME for even sizes: none before, one after."""

    def __init__(self, inputs, outputs, kernel=1, stride=1, groups=1):
        super().__init__(inputs, outputs, kernel, stride, 1 if kernel == 3 and stride == 1 else 0, groups=groups)

    def forward(self, x):
        return super().forward(F.pad(x, (0, 1, 0, 1)) if self.stride[0] == 2 else x)


class InvertedResidual(nn.Module):
    """Widen by 1x1, filter each channel by 3x3, narrow by 1x1; added to its input where the shape stays."""

    def __init__(self, inputs, outputs, stride, expansion, hidden=1.0):
        super().__init__()
        wide = inputs if expansion == 1 else divisible(inputs * expansion * hidden)
        widen = [] if expansion == 1 else [Conv(inputs, wide), nn.ReLU6(inplace=True)]
        self.body = nn.Sequential(
            *widen, Conv(wide, wide, 3, stride, groups=wide), nn.ReLU6(inplace=True), Conv(wide, outputs)
        )
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.body(x) if self.residual else self.body(x)


class Encoder(nn.Module):
    """MobileNetV2 up to stride 32, batch norm folded. Gives features at strides 2, 4, 8, 16 and 32. `hidden`: share of
    the channels inside the blocks that are kept (`hands prune`); `stem`: channels of the first convolution."""

    def __init__(self, width=1.0, hidden=1.0, stem=None, inputs=3):
        super().__init__()
        channels = stem or divisible(32 * width)
        self.stem = nn.Sequential(Conv(inputs, channels, 3, 2), nn.ReLU6(inplace=True))
        self.blocks, outs = nn.ModuleList(), []
        for expansion, base, repeats, stride in BLOCKS:
            out = divisible(base * width)
            for k in range(repeats):
                self.blocks.append(InvertedResidual(channels, out, stride if k == 0 else 1, expansion, hidden))
                channels = out
                outs.append(out)
        self.channels = [outs[k] for k in TAPS] + [outs[-1]]

    def forward(self, x):
        x, features = self.stem(x), []
        for k, block in enumerate(self.blocks):
            x = block(x)
            if k in TAPS:
                features.append(x)
        return features + [x]

    def load_imagenet(self, path):
        """Copies the 51 convolutions w00..w50, b00..b50 of the packed ImageNet weights (width 1 only). Input channels
        beyond red, green and blue begin without weight."""
        arrays = np.load(path)
        for k, conv in enumerate(m for m in self.modules() if isinstance(m, nn.Conv2d)):
            for name, target in (("w", conv.weight), ("b", conv.bias)):
                value = torch.from_numpy(arrays[f"{name}{k:02d}"].astype(np.float32))
                if name == "w":
                    target.data.zero_()[:, : value.shape[1]] = value
                else:
                    target.data.copy_(value)


def normed(conv):
    # momentum 0.05: batches are small, so the running statistics must be slow
    return [conv, nn.BatchNorm2d(conv.out_channels, momentum=0.05), nn.ReLU6(inplace=True)]


def separable(inputs, outputs):
    """3x3 in each channel, then 1x1 across channels, each with batch norm."""
    return nn.Sequential(
        *normed(nn.Conv2d(inputs, inputs, 3, 1, 1, groups=inputs, bias=False)),
        *normed(nn.Conv2d(inputs, outputs, 1, bias=False)),
    )


class Up(nn.Module):
    """Narrow, double the size (bilinear), take the encoder's features in, filter `depth` times. `skips`: joined (as more
    channels), added (through a 1x1), or none."""

    def __init__(self, inputs, skip, outputs, depth, skips="joined"):
        super().__init__()
        self.skips = skips
        self.narrow = nn.Sequential(*normed(nn.Conv2d(inputs, outputs, 1, bias=False)))
        if skips == "added":
            self.bridge = nn.Conv2d(skip, outputs, 1)
        joined = skip if skips == "joined" else 0
        self.filter = nn.Sequential(*[separable(outputs + (joined if k == 0 else 0), outputs) for k in range(depth)])

    def forward(self, x, skip):
        x = F.interpolate(self.narrow(x), scale_factor=2.0, mode="bilinear", align_corners=False)
        if self.skips == "added":
            return self.filter(x + self.bridge(skip))
        return self.filter(torch.cat([x, skip], 1) if self.skips == "joined" else x)


class Transposed(nn.Module):
    """The up-sampler of the pix2pix tutorials: a transposed 3x3 convolution of stride 2, then the encoder's features are
    joined. Heavier than Up."""

    def __init__(self, inputs, skip, outputs):
        super().__init__()
        conv = nn.ConvTranspose2d(inputs, outputs - skip, 3, 2, 1, 1, bias=False)
        self.body = nn.Sequential(conv, nn.BatchNorm2d(outputs - skip, momentum=0.05), nn.ReLU(inplace=True))

    def forward(self, x, skip):
        return torch.cat([self.body(x), skip], 1)


class MobileNetV2UNet(nn.Module):
    """`upsampler`: bilinear (Up) or pix2pix (Transposed). `hidden`, `stem`: as in Encoder. `head`: side of the last
    convolution's kernel. `deep`: while it trains it gives five results, from strides 32 to 2, each at the picture's
    size: a list, the usual one first."""

    def __init__(
        self,
        width=1.0,
        decoder=DECODER,
        classes=1,
        upsampler="bilinear",
        hidden=1.0,
        stem=None,
        head=3,
        skips="joined",
        deep=False,
        inputs=3,
    ):
        super().__init__()
        self.encoder = Encoder(width, hidden, stem, inputs)
        taps = self.encoder.channels
        wide = [taps[4], *decoder]
        depths = (2, 2, 2, 1)  # the last is at half the picture's size, where each layer costs most
        if upsampler == "pix2pix":
            decoder = [taps[3 - k] + c for k, c in enumerate((512, 256, 128, 64))]
            wide = [taps[4], *decoder]
            self.ups = nn.ModuleList(Transposed(wide[k], taps[3 - k], wide[k + 1]) for k in range(4))
        else:
            self.ups = nn.ModuleList(Up(wide[k], taps[3 - k], wide[k + 1], depths[k], skips) for k in range(4))
        self.aside = nn.ModuleList(nn.Conv2d(c, classes, 1) for c in wide[:4]) if deep else None
        self.head = nn.Conv2d(decoder[-1], classes, head, 1, head // 2)
        nn.init.constant_(self.head.bias, -1.5)  # most pixels are no hand

    def forward(self, x):
        size, coarse = x.shape[2:], []
        *taps, x = self.encoder(x)
        for k, (up, tap) in enumerate(zip(self.ups, reversed(taps))):
            if self.aside is not None and self.training:
                coarse.append(F.interpolate(self.aside[k](x), size, mode="bilinear", align_corners=False))
            x = up(x, tap)
        z = F.interpolate(self.head(x), scale_factor=2.0, mode="bilinear", align_corners=False)
        return [z, *reversed(coarse)] if coarse else z


def mobilenetv2_unet(width=1.0, classes=1, upsampler="bilinear", decoder=None, **shape):
    """The network that ships; unless told otherwise the decoder narrows with the encoder, in steps of 8."""
    decoder = tuple(decoder or (divisible(c * min(1.0, width)) for c in DECODER))
    return MobileNetV2UNet(width, decoder, classes, upsampler, **shape)


def build(recipe):
    """The network that a recipe names; `preprocess` is what pictures go through before it, `pixels` about how many of them
    its input is to have."""
    classes, before = len(recipe.get("classes", ["arm"])), recipe.get("preprocess", "none")
    shape = dict(deep=recipe.get("deep", False), inputs=preprocess.channels(before))
    if recipe.get("network", "mobilenetv2_unet") == "eva":
        net = eva.eva(classes, recipe.get("skips", "joined") != "none", **shape)
    else:
        names = ("width", "upsampler", "decoder", "hidden", "stem", "head", "skips")
        net = mobilenetv2_unet(classes=classes, **shape, **{k: recipe[k] for k in names if k in recipe})
    net.preprocess, net.pixels = before, recipe.get("pixels", 61440)
    return net


class Ensemble(nn.Module):
    """The mean of several networks' logits; one that has fewer classes speaks of its first ones only."""

    def __init__(self, nets):
        super().__init__()
        self.nets = nn.ModuleList(nets)

    def forward(self, x):
        said = [net(x) for net in self.nets]
        classes = max(z.shape[1] for z in said)
        planes = [[z[:, k] for z in said if k < z.shape[1]] for k in range(classes)]
        return torch.stack([sum(p) / len(p) for p in planes], 1)


def start(net, state):
    """Loads the weights of a network that may have one class where `net` has more: each begins as that one."""
    state = dict(state)
    for name in ("head.weight", "head.bias"):
        own = net.state_dict()[name]
        if len(state[name]) == 1 < len(own):
            state[name] = state[name].expand_as(own).clone()
    net.load_state_dict(state)


def adopt(net, state):
    """Loads a state dict whose names differ but whose order and shapes are the same (an older checkpoint)."""
    own = net.state_dict()
    if [tuple(v.shape) for v in own.values()] != [tuple(v.shape) for v in state.values()]:
        raise ValueError("these weights are of another architecture")
    net.load_state_dict(dict(zip(own, state.values())))
