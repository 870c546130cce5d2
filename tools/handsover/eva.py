"""EVA: the residual U-Net of the earlier hand-removal work, as it was described there.

Two levels of 32 and 64 channels, a bottleneck of 128; each level is three 3x3 conv-BN-ReLU with a shortcut around
them and dropout (0.2, 0.3, 0.4 going down); transposed convolutions go up, skips are added, not joined. N x 3 x H x W
(-1..1, H and W multiples of 4) to N x 1 x H x W logits; the sigmoid of the description is applied by the loss and by
the export.
"""
from torch import nn
from torch.nn import functional as F


class Triple(nn.Module):
    """Three conv-BN-ReLU, around them a 1x1 shortcut, then dropout: N x inputs x H x W to N x outputs x H x W."""

    def __init__(self, inputs, outputs, dropout):
        super().__init__()
        layers = []
        for k in range(3):
            layers += [
                nn.Conv2d(inputs if k == 0 else outputs, outputs, 3, padding=1, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(inplace=True),
            ]
        self.body = nn.Sequential(*layers)
        self.shortcut = nn.Conv2d(inputs, outputs, 1)
        self.dropout = nn.Dropout2d(dropout)

    def forward(self, x):
        return self.dropout(self.body(x) + self.shortcut(x))


class Eva(nn.Module):
    """`skips`: whether the levels' results are added on the way up. `deep`: while it trains it gives five results, one of
    each triple, at the picture's size: a list, the usual one first."""

    def __init__(
        self, channels=(32, 64, 128), dropout=(0.2, 0.3, 0.4), classes=1, skips=True, deep=False, inputs=3
    ):
        super().__init__()
        self.skips = skips
        a, b, c = channels
        self.down1, self.down2, self.bottom = (
            Triple(inputs, a, dropout[0]),
            Triple(a, b, dropout[1]),
            Triple(b, c, dropout[2]),
        )
        self.pool = nn.MaxPool2d(2)
        self.rise2, self.up2 = nn.ConvTranspose2d(c, b, 2, 2), Triple(b, b, dropout[1])
        self.rise1, self.up1 = nn.ConvTranspose2d(b, a, 2, 2), Triple(a, a, dropout[0])
        self.head = nn.Conv2d(a, classes, 1)
        self.aside = nn.ModuleList(nn.Conv2d(n, classes, 1) for n in (b, c, b, a)) if deep else None

    def forward(self, x):
        size = x.shape[2:]
        x1 = self.down1(x)
        x2 = self.down2(self.pool(x1))
        x3 = self.bottom(self.pool(x2))
        x4 = self.rise2(x3)
        x4 = self.up2(x4 + x2 if self.skips else x4)
        x5 = self.rise1(x4)
        z = self.head(self.up1(x5 + x1 if self.skips else x5))
        if self.aside is None or not self.training:
            return z
        coarse = (head(x) for head, x in zip(self.aside, (x4, x3, x2, x1)))
        return [z, *(F.interpolate(c, size, mode="bilinear", align_corners=False) for c in coarse)]


def eva(classes=1, skips=True, deep=False, inputs=3):
    return Eva(classes=classes, skips=skips, deep=deep, inputs=inputs)
