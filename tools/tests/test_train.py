import csv
import os

import cv2
import numpy as np
import torch

from handsover import infer, losses, metrics, model, pack, prepare, train

from conftest import hand


def test_eight_pictures_can_be_learnt_by_heart():
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    pairs = [hand(rng, (96, 64)) for _ in range(8)]
    x = torch.cat([infer.tensor(i, (96, 64)) for i, _ in pairs])
    y = torch.from_numpy(np.stack([m for _, m in pairs]) / 255.0).float()
    net, v = model.mobilenetv2_unet(0.35), torch.ones_like(y)
    optimiser = torch.optim.AdamW(net.parameters(), 3e-3)
    for _ in range(60):
        optimiser.zero_grad()
        losses.bce_dice(net(x)[:, 0], y, v).backward()
        optimiser.step()
    for m in net.modules():  # the batch's own statistics: with so few steps the running ones lag
        if isinstance(m, torch.nn.BatchNorm2d):
            m.momentum = 1.0
    with torch.no_grad():
        net(x)
        p = torch.sigmoid(net.eval()(x))[:, 0].numpy()
    assert metrics.count(p, y.numpy() > 0.5, np.ones(p.shape, bool)).iou >= 0.95


def test_from_a_folder_to_a_network_that_goes_on(tmp_path):
    """prepare --add, train for a moment, stop, go on: one folder of pictures and masks is enough."""
    rng = np.random.default_rng(2)
    for part in ("images", "masks"):
        os.makedirs(tmp_path / "mine" / part)
    for k in range(10):
        image, mask = hand(rng)
        cv2.imwrite(str(tmp_path / f"mine/images/{k}.jpg"), image)
        cv2.imwrite(str(tmp_path / f"mine/masks/{k}.png"), mask)
    packed = str(tmp_path / "mine.npz")
    prepare.main(["--add", str(tmp_path / "mine"), "--out", packed, "--split", "80/10/10"])
    assert {i.use for i in pack.load(packed)} == {"train", "validate", "test"}
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "{width: 0.35, batch: 4, sizes: [[96, 64]], mix: {pair: 1}, augment: eva, warmup: 2, evaluate_minutes: 1}"
    )
    run = ["--recipe", str(recipe), "--pack", packed, "--out", str(tmp_path / "run"), "--threads", "1"]
    train.main([*run, "--set", "minutes=0.05"])
    first = torch.load(tmp_path / "run" / "last.pt")
    train.main([*run, "--set", "minutes=0.1"])
    second = torch.load(tmp_path / "run" / "last.pt")
    assert 0 < first["step"] < second["step"] and second["recipe"]["width"] == 0.35
    with open(tmp_path / "run" / "curve.csv") as f:
        rows = list(csv.DictReader(f))
    assert len(rows) == 3 and os.path.exists(tmp_path / "run" / "curve.png")
    p = infer.probability(infer.load_checkpoint(tmp_path / "run" / "last.pt"), hand(rng)[0])
    assert p.shape == (64, 96) and 0 <= p.min() <= p.max() <= 1


def test_eva_trains_and_comes_back_from_its_checkpoint(tmp_path):
    run = train.Run(dict(train.DEFAULTS, network="eva"), str(tmp_path))
    x = np.random.default_rng(0).integers(0, 255, (2, 32, 32, 3)).astype(np.uint8)
    y = np.zeros((2, 32, 32), np.uint8)
    y[:, 8:24, 8:24] = 255
    first = run.learn(x, y, np.ones_like(y))
    assert np.isfinite(first) and np.isfinite(run.learn(x, y, np.ones_like(y)))
    run.store("last.pt")
    net = infer.load_checkpoint(tmp_path / "last.pt")
    assert all(torch.equal(a, b) for a, b in zip(net.state_dict().values(), run.ema.state_dict().values()))


def test_unknown_settings_are_refused(tmp_path):
    import pytest

    (tmp_path / "r.yaml").write_text("colour: blue")
    with pytest.raises(SystemExit, match="no such setting: colour"):
        train.read_recipe(tmp_path / "r.yaml")
