import csv
import os

import cv2
import numpy as np
import pytest
import torch

from handsover import infer, losses, metrics, model, pack, prepare, train, validation
from handsover.batches import Batch

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


def square(again=0):
    """A batch of two bright squares in noise; `again` of them a second time."""
    x = np.random.default_rng(0).integers(0, 255, (2, 32, 32, 3)).astype(np.uint8)
    y = np.zeros((2, 32, 32, 2), np.uint8)
    y[:, 8:24, 8:24, 0], y[:, 8:16, 8:24, 1] = 255, 255
    of = np.arange(again)
    return Batch(x, y, np.ones_like(y), x[of], of, np.zeros((again, 2), int))


def test_a_network_of_one_class_starts_one_of_two(tmp_path):
    one = train.Run(dict(train.DEFAULTS, classes=["arm"], width=0.35), str(tmp_path / "one"))
    os.makedirs(tmp_path / "one")
    one.store("last.pt")
    two = train.Run(dict(train.DEFAULTS, width=0.35), str(tmp_path / "two"), init=str(tmp_path / "one" / "last.pt"))
    image = hand(np.random.default_rng(0))[0]
    old = infer.probabilities(infer.load_checkpoint(tmp_path / "one" / "last.pt"), image)
    new = infer.probabilities(two.net.eval(), image)
    assert old.shape == (1, 64, 96) and new.shape == (2, 64, 96)
    assert np.allclose(new, old, atol=1e-5)  # both classes begin as the one


def test_a_teacher_and_second_frames_are_part_of_the_loss(tmp_path):
    recipe = dict(train.DEFAULTS, width=0.35, consistency=2)
    torch.manual_seed(0)
    teacher = train.Run(dict(recipe), str(tmp_path / "t"))
    os.makedirs(tmp_path / "t")
    teacher.store("last.pt")
    taught = train.Run(recipe, str(tmp_path / "s"), teacher=[str(tmp_path / "t" / "last.pt")])
    taught.net.load_state_dict(teacher.net.state_dict())
    taught.net.eval()
    batch, still = square(2), square(2)
    still.again = 255 - still.again  # the "second frame" shows something else altogether
    with torch.no_grad():
        plain, changed = (float(taught.loss(*taught.tensors(b), b)) for b in (batch, still))
        taught.teacher = None
        alone = float(taught.loss(*taught.tensors(batch), batch))
    assert changed > plain and plain != alone
    assert np.isfinite(taught.learn(batch))


def test_validation_tells_hand_and_arm_apart(items):
    item = items[0]
    item.hand = item.label.copy()
    item.hand[len(item.hand) // 2 :] = 0
    figures = validation.validate(model.mobilenetv2_unet(0.35, 2), [item, items[1], items[-1]])
    assert set(figures) == {"setpair", "setpair hand", "setroom", "false"}
    assert set(validation.validate(model.mobilenetv2_unet(0.35), [item, items[-1]])) == {"setpair", "false"}
    assert validation.score({"a": 0.9, "a hand": 0.7, "false": 0.01}) == pytest.approx(0.77)


def test_eva_trains_and_comes_back_from_its_checkpoint(tmp_path):
    run = train.Run(dict(train.DEFAULTS, network="eva"), str(tmp_path))
    first = run.learn(square())
    assert np.isfinite(first) and np.isfinite(run.learn(square()))
    run.store("last.pt")
    net = infer.load_checkpoint(tmp_path / "last.pt")
    assert all(torch.equal(a, b) for a, b in zip(net.state_dict().values(), run.ema.state_dict().values()))


def test_sizes_that_no_network_takes_are_refused(tmp_path):
    (tmp_path / "r.yaml").write_text("sizes: [[320, 192], [320, 240]]")
    with pytest.raises(SystemExit, match="multiples of 32, which 320 x 240 is not"):
        train.read_recipe(tmp_path / "r.yaml")


def test_unknown_settings_are_refused(tmp_path):
    (tmp_path / "r.yaml").write_text("colour: blue")
    with pytest.raises(SystemExit, match="no such setting: colour"):
        train.read_recipe(tmp_path / "r.yaml")
