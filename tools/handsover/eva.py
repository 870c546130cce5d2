"""EVA: the residual U-Net of the earlier hand-removal work, as it was described there.

Two levels of 32 and 64 channels, a bottleneck of 128; each level is three 3x3 conv-BN-ReLU with a shortcut around
them and dropout (0.2, 0.3, 0.4 going down); transposed convolutions go up, skips are added, not joined. N x 3 x H x W
(-1..1, H and W multiples of 4) to N x 1 x H x W logits; the sigmoid of the description is applied by the loss and by
the export.
"""
from torch import nn


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
    def __init__(self, channels=(32, 64, 128), dropout=(0.2, 0.3, 0.4), classes=1):
        super().__init__()
        a, b, c = channels
        self.down1, self.down2, self.bottom = (
            Triple(3, a, dropout[0]),
            Triple(a, b, dropout[1]),
            Triple(b, c, dropout[2]),
        )
        self.pool = nn.MaxPool2d(2)
        self.rise2, self.up2 = nn.ConvTranspose2d(c, b, 2, 2), Triple(b, b, dropout[1])
        self.rise1, self.up1 = nn.ConvTranspose2d(b, a, 2, 2), Triple(a, a, dropout[0])
        self.head = nn.Conv2d(a, classes, 1)

    def forward(self, x):
        x1 = self.down1(x)
        x2 = self.down2(self.pool(x1))
        x = self.bottom(self.pool(x2))
        x = self.up2(self.rise2(x) + x2)
        return self.head(self.up1(self.rise1(x) + x1))


def eva(classes=1):
    return Eva(classes=classes)
