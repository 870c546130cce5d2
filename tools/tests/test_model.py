import numpy as np
import pytest
import torch

from handsover import eva, model


@pytest.mark.parametrize("width, expected", [(1.0, 1_917_945), (0.5, 506_225)])
def test_parameter_count(width, expected):
    # the first is the count of the weights that ship: another count would be another network
    assert sum(p.numel() for p in model.mobilenetv2_unet(width).parameters()) == expected


def test_eva_has_the_described_layers():
    net = eva.eva()
    assert [m.p for m in net.modules() if isinstance(m, torch.nn.Dropout2d)] == [0.2, 0.3, 0.4, 0.3, 0.2]
    assert sum(isinstance(m, torch.nn.ConvTranspose2d) for m in net.modules()) == 2
    assert sum(isinstance(m, torch.nn.BatchNorm2d) for m in net.modules()) == 15


@pytest.mark.parametrize("build", [model.mobilenetv2_unet, lambda: model.mobilenetv2_unet(0.35), eva.eva])
@pytest.mark.parametrize("h, w", [(32, 32), (64, 96), (192, 320)])
def test_any_multiple_of_32(build, h, w):
    with torch.no_grad():
        assert build().eval()(torch.zeros(1, 3, h, w)).shape == (1, 1, h, w)


def test_imagenet_weights_arrive_unchanged(tmp_path):
    convs = [m for m in model.Encoder().modules() if isinstance(m, torch.nn.Conv2d)]
    rng, arrays = np.random.default_rng(0), {}
    for k, conv in enumerate(convs):
        arrays[f"w{k:02d}"] = rng.standard_normal(tuple(conv.weight.shape)).astype(np.float16)
        arrays[f"b{k:02d}"] = rng.standard_normal(tuple(conv.bias.shape)).astype(np.float16)
    np.savez(tmp_path / "w.npz", **arrays)
    encoder = model.Encoder()
    encoder.load_imagenet(tmp_path / "w.npz")
    assert len(convs) == 51
    for k, conv in enumerate(m for m in encoder.modules() if isinstance(m, torch.nn.Conv2d)):
        assert np.array_equal(conv.weight.detach().numpy(), arrays[f"w{k:02d}"].astype(np.float32))
        assert np.array_equal(conv.bias.detach().numpy(), arrays[f"b{k:02d}"].astype(np.float32))


def test_adopt_refuses_another_architecture():
    with pytest.raises(ValueError, match="another architecture"):
        model.adopt(model.mobilenetv2_unet(), model.mobilenetv2_unet(0.5).state_dict())


def test_adopt_takes_other_names():
    a, b = model.mobilenetv2_unet(), model.mobilenetv2_unet()
    model.adopt(b, {f"old_{k}": v for k, v in a.state_dict().items()})
    assert all(torch.equal(x, y) for x, y in zip(a.state_dict().values(), b.state_dict().values()))
