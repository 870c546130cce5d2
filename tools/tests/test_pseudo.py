import numpy as np
import torch

from handsover import pack, pseudo


class Bright(torch.nn.Module):
    """A 'network' that calls everything brighter than half a hand, and is unsure in between."""

    def __init__(self):
        super().__init__()
        self.gain = torch.nn.Parameter(torch.tensor(20.0))

    def forward(self, x):
        return self.gain * x.mean(1, keepdim=True)


def frame(boxes):
    image = np.zeros((96, 128, 3), np.uint8)
    image[20:60, 20:60] = 255  # a hand
    image[20:60, 80:120] = 255  # something as bright, outside the box
    image[70:90, 20:60] = 127  # what nobody can say
    label = np.zeros((96, 128), np.uint8) if boxes else np.full((96, 128), pack.IGNORE, np.uint8)
    return pack.Item("f", "boxed" if boxes else "unlabelled", "s", "p", boxes=boxes, image=image, label=label)


def test_boxes_overrule_the_network():
    out = pseudo.label(Bright(), frame([[0.1, 0.15, 0.5, 0.65]]))
    assert out[40, 40] == pack.HAND and out[40, 100] == 0 and out[5, 5] == 0


def test_without_boxes_only_what_is_sure_is_taught():
    out = pseudo.label(Bright(), frame([]))
    assert out[40, 40] == pack.HAND and out[40, 100] == pack.HAND
    assert out[80, 40] == pack.IGNORE and out[5, 5] == 0


def test_labels_reach_the_items(tmp_path):
    item = frame([])
    np.savez(tmp_path / "l.npz", f=np.full((96, 128), pack.HAND, np.uint8))
    pseudo.apply([item], tmp_path / "l.npz")
    assert (item.label == pack.HAND).all()


def test_open_zones_of_a_labelled_photograph_are_filled_and_nothing_else():
    item = frame([])
    item.kind, item.label = "room", np.zeros((96, 128), np.uint8)
    item.label[20:40, 20:60], item.label[40:96, :] = pack.HAND, pack.IGNORE
    out = pseudo.label(Bright(), item)
    assert (out[20:40, 20:60] == pack.HAND).all() and out[
        30, 100
    ] == 0  # what the label says stays, though it is bright
    assert out[50, 40] == out[50, 100] == pack.HAND and out[80, 40] == pack.IGNORE and out[80, 10] == 0
