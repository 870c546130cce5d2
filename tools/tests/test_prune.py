"""A pruned network begins where the full one ends."""
import numpy as np
import pytest
import torch

from handsover import blend, model, prune


def lively(seed=3):
    """A network whose norms have seen pictures, so that its channels differ."""
    torch.manual_seed(seed)
    net = model.mobilenetv2_unet(0.35, 2)
    net.train()
    with torch.no_grad():
        for _ in range(3):
            net(torch.randn(2, 3, 64, 96))
    return net.eval()


def pictures(n=6):
    torch.manual_seed(9)
    rough = torch.randn(n, 3, 8, 12)
    return torch.nn.functional.interpolate(rough, size=(64, 96), mode="bilinear", align_corners=False)


def test_nothing_taken_away_changes_nothing():
    full, x = lively(), pictures()
    slim = model.mobilenetv2_unet(0.35, 2).eval()
    prune.prune(full, slim, x)
    with torch.no_grad():
        assert (slim(x) - full(x)).abs().max() < 0.02


def test_half_of_the_channels_says_nearly_the_same_and_is_smaller():
    full, x = lively(), pictures()
    slim = model.mobilenetv2_unet(0.35, 2, decoder=(32, 16, 16, 8), hidden=0.5, stem=8, head=1).eval()
    with torch.no_grad():
        far = (slim(x) - full(x)).abs().mean()
        prune.prune(full, slim, x)
        near = (slim(x) - full(x)).abs().mean()
    assert near < far / 3
    size = [sum(p.numel() for p in n.parameters()) for n in (full, slim)]
    assert size[1] < 0.7 * size[0]


def test_a_slim_network_is_read_in_its_own_shape(tmp_path):
    recipe = dict(network="mobilenetv2_unet", width=0.35, classes=["arm", "hand"], hidden=0.5, head=1)
    slim = model.build(recipe)
    torch.save(dict(ema=slim.state_dict(), recipe=recipe), tmp_path / "slim.pt")
    again = prune.blend([tmp_path / "slim.pt"], dict(recipe, hidden=0.3))
    assert all(torch.equal(v, again.state_dict()[k]) for k, v in slim.state_dict().items())


def test_the_fit_is_least_squares():
    rng = np.random.default_rng(1)
    a, w, c = rng.normal(size=(500, 5)), rng.normal(size=(3, 5)), rng.normal(size=3)
    found, offset = prune.fit(torch.tensor(a), torch.tensor(a @ w.T + c), ridge=1e-9)
    np.testing.assert_allclose(found, w, atol=1e-6)
    np.testing.assert_allclose(offset, c, atol=1e-6)


def test_several_teachers_speak_as_their_mean_where_they_can():
    one, two, x = model.mobilenetv2_unet(0.35, 1).eval(), model.mobilenetv2_unet(0.35, 2).eval(), pictures(1)
    with torch.no_grad():
        a, b, both = one(x), two(x), model.Ensemble([one, two])(x)
    assert both[:, 0].numpy() == pytest.approx((a[:, 0] + b[:, 0]).numpy() / 2, abs=1e-5)
    assert both[:, 1].numpy() == pytest.approx(b[:, 1].numpy(), abs=1e-6)


def test_a_blend_lies_between_and_only_within_one_shape():
    one, two = lively(1), lively(2)
    between = blend.mean(one.state_dict(), two.state_dict(), 0.25)
    want = 0.75 * one.head.weight + 0.25 * two.head.weight
    assert torch.allclose(between["head.weight"], want, atol=1e-6)
    with pytest.raises(SystemExit, match="one shape"):
        blend.mean(one.state_dict(), model.mobilenetv2_unet(0.5, 2).state_dict(), 0.5)
