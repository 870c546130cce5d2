import pytest
import torch

from handsover import losses


@pytest.mark.parametrize("name", losses.LOSSES)
def test_right_is_better_than_wrong_and_doubt_is_free(name):
    loss = losses.LOSSES[name]
    y = torch.zeros(1, 32, 32)
    y[:, 8:24, 8:24] = 1
    v = torch.ones_like(y)
    right, wrong = 8 * (2 * y - 1), 8 * (1 - 2 * y)
    assert loss(right, y, v) < 0.02 < loss(wrong, y, v)
    half_judged = v.clone()
    half_judged[:, :16] = 0
    mixed = right.clone()
    mixed[:, :16] = wrong[:, :16]  # wrong only where nobody looks
    assert loss(mixed, y, half_judged) < 0.02


def test_classes_are_averaged_by_weight():
    z, y, v = torch.zeros(1, 2, 8, 8), torch.zeros(1, 2, 8, 8), torch.ones(1, 2, 8, 8)
    z[:, 1] = 20  # the second class is all wrong
    one, two = (float(losses.bce(z[:, k], y[:, k], v[:, k])) for k in (0, 1))
    assert float(losses.by_class(losses.bce, z, y, v, [1.0, 0.5])) == pytest.approx((one + 0.5 * two) / 1.5)


def test_a_frame_that_is_only_moved_is_steady():
    p = torch.rand(1, 2, 16, 20, generator=torch.Generator().manual_seed(0))
    q = torch.roll(p, (-1, 2), (2, 3))  # one up, two to the right
    assert float(losses.steadiness(p, q, [(2, -1)], 2)) == 0
    assert float(losses.steadiness(p, q, [(0, 0)], 2)) > 0.1
    assert float(losses.steadiness(p, p + 0.25, [(0, 0)], 2)) == pytest.approx(0.25)


def test_dice_by_hand():
    z = torch.tensor([[[30.0, 30.0, -30.0, -30.0]]])
    y = torch.tensor([[[1.0, 0.0, 1.0, 0.0]]])
    assert float(losses.dice(z, y, torch.ones_like(y))) == pytest.approx(1 - (2 * 1 + 1) / (2 + 2 + 1))
