"""What `ablate` can change: preprocessing, deep supervision, skips, copies, splits, steps."""
import glob
import os

import cv2
import numpy as np
import pytest
import torch
import yaml

from handsover import augment, batches, export, infer, model, pack, preprocess, train
from handsover.world import World

from conftest import hand

GRIDS = sorted(glob.glob(os.path.join(os.path.dirname(__file__), "..", "recipes", "grids", "*.yaml")))
GRIDS = [g for g in GRIDS if os.path.basename(g) != "base.yaml"]


@pytest.mark.parametrize("path", GRIDS, ids=os.path.basename)
def test_every_trial_of_a_grid_is_a_recipe_that_can_be_built(path):
    with open(path) as f:
        grid = yaml.safe_load(f)
    assert set(grid) == {"base", "steps", "seeds", "trials"} and len(grid["seeds"]) >= 2
    for changes in grid["trials"].values():
        sets = [f"{k}={yaml.safe_dump(v, default_flow_style=True).split(chr(10))[0]}" for k, v in changes.items()]
        recipe = train.read_recipe(os.path.join(os.path.dirname(path), grid["base"]), sets)
        model.build(dict(recipe, width=0.35))


@pytest.mark.parametrize("name", preprocess.METHODS)
def test_each_preprocessing_in_training_and_in_use_is_the_same(name, tmp_path):
    image, mask = hand(np.random.default_rng(0))
    run = train.Run(dict(train.DEFAULTS, width=0.35, preprocess=name), str(tmp_path))
    trained = run.seen(torch.from_numpy(image[None, ..., ::-1].copy()))
    used = infer.tensor(image, (96, 64), run.net.preprocess)
    assert trained.shape[1] == preprocess.channels(name) and torch.allclose(trained, used, atol=1e-5)
    assert infer.probabilities(run.ema.eval(), image).shape == (2, 64, 96)


def test_preprocessing_does_what_it_says():
    x = np.full((24, 24, 3), 100, np.uint8)
    x[:, 12:] = 200
    assert set(np.unique(preprocess.raw(x))) == {100, 200}
    standard = preprocess.standard(x)
    assert abs(standard.mean()) < 1e-5 and abs(standard.std() - 1) < 1e-5
    edges = preprocess.canny(x)[..., 3]
    assert (edges[:, 10:14] == 1).any(1).all() and (edges[:, :8] == -1).all()
    assert np.array_equal(preprocess.dilation(x)[:, 11], preprocess.none(x)[:, 12])
    noise = np.clip(x + np.random.default_rng(0).normal(0, 6, x.shape), 0, 255).astype(np.uint8)
    smooth = preprocess.bilateral(noise)
    assert smooth[:, :9].std() < 0.6 * preprocess.none(noise)[:, :9].std()
    assert smooth[:, 14:].mean() - smooth[:, :9].mean() > 0.7  # the edge stays
    faint = (100 + (np.indices((64, 64)).sum(0) % 8)[..., None] * np.ones(3)).astype(np.uint8)
    assert preprocess.clahe(faint).std() > 1.5 * preprocess.none(faint).std()


def test_the_edge_channel_begins_without_weight(tmp_path):
    convs = [m for m in model.Encoder().modules() if isinstance(m, torch.nn.Conv2d)]
    arrays = {f"w{k:02d}": np.ones(tuple(c.weight.shape), np.float16) for k, c in enumerate(convs)}
    arrays |= {f"b{k:02d}": np.zeros(len(c.bias), np.float16) for k, c in enumerate(convs)}
    np.savez(tmp_path / "w.npz", **arrays)
    encoder = model.Encoder(inputs=4)
    encoder.load_imagenet(tmp_path / "w.npz")
    stem = encoder.stem[0].weight
    assert stem.shape[1] == 4 and (stem[:, :3] == 1).all() and (stem[:, 3] == 0).all()


@pytest.mark.parametrize("network", ["mobilenetv2_unet", "eva"])
def test_deep_supervision_is_five_results_while_it_trains(network):
    torch.manual_seed(0)
    net = model.build({"network": network, "width": 0.35, "deep": True, "classes": ["arm", "hand"]})
    x = torch.randn(2, 3, 64, 96)
    results = net.train()(x)
    assert [tuple(z.shape) for z in results] == [(2, 2, 64, 96)] * 5
    torch.stack([z.mean() for z in results]).sum().backward()
    assert all(p.grad is not None for p in net.parameters())
    assert net.eval()(x).shape == (2, 2, 64, 96)


def test_deep_supervision_learns_and_comes_back(tmp_path):
    run = train.Run(dict(train.DEFAULTS, width=0.35, deep=True, consistency=1), str(tmp_path))
    image, mask = hand(np.random.default_rng(0), (64, 64))
    x, y = np.stack([image, image]), np.stack([np.dstack([mask, mask])] * 2)
    batch = batches.Batch(x, y, np.ones_like(y), x[:1], np.array([0]), np.zeros((1, 2), int))
    assert np.isfinite([run.learn(batch) for _ in range(2)]).all()
    run.store("last.pt")
    assert infer.probabilities(infer.load_checkpoint(tmp_path / "last.pt"), image).shape == (2, 64, 64)


@pytest.mark.parametrize("skips", ["joined", "added", "none"])
@pytest.mark.parametrize("network", ["mobilenetv2_unet", "eva"])
def test_skips_reach_the_decoder_or_do_not(network, skips):
    net = model.build({"network": network, "width": 0.35, "skips": skips}).eval()
    x = torch.zeros(1, 3, 64, 64)
    with torch.no_grad():
        assert net(x).shape == (1, 1, 64, 64)
        if network == "eva":
            net.rise1.weight.zero_(), net.rise1.bias.zero_()  # what is left comes by the upper skip
            a, b = net(x), net(torch.ones_like(x))
            assert torch.equal(a, b) == (skips == "none")


def test_copies_are_so_many_pictures_and_no_more():
    image, mask = hand(np.random.default_rng(0))
    world = World([pack.Item("a", "pair", "s", "p", image=image, label=mask)])
    rng, preset = np.random.default_rng(1), augment.PRESETS["eva"]

    def seen(copies):
        return {batches.sample(world, rng, "pair", (48, 32), preset, copies=copies)[0].tobytes() for _ in range(24)}

    assert len(seen(3)) == 3 and len(seen(0)) == 24


def test_a_network_of_a_trial_is_not_exported(tmp_path):
    run = train.Run(dict(train.DEFAULTS, width=0.35, preprocess="clahe"), str(tmp_path))
    run.store("last.pt")
    with pytest.raises(SystemExit, match="clahe"):
        export.main(["--model", str(tmp_path / "last.pt"), "--out", str(tmp_path / "n.onnx")])


def test_steps_and_split_of_a_recipe(tmp_path, monkeypatch):
    rng, items, blobs = np.random.default_rng(0), [], []
    for k in range(20):
        image, mask = hand(rng)
        items.append(pack.Item(f"i{k}", "pair", "mine", f"p{k}", "validate" if k == 0 else "train"))
        blobs.append((cv2.imencode(".png", image)[1], pack.encode(mask)))
    pack.save(str(tmp_path / "d.npz"), items, blobs)
    (tmp_path / "r.yaml").write_text(
        "{width: 0.35, batch: 2, sizes: [[64, 64]], pixels: 4096, mix: {pair: 1}, augment: none, steps: 3}"
    )
    run = ["--recipe", str(tmp_path / "r.yaml"), "--pack", str(tmp_path / "d.npz"), "--out", str(tmp_path / "o")]
    learnt = []
    monkeypatch.setattr(train, "World", lambda items: learnt.extend(items) or World(items))
    train.main([*run, "--threads", "1", "--set", "split=65/15/10"])
    assert len(learnt) == 14  # the first that fill 65 %, with a tenth more allowed; the last tenth is nobody's
    state = torch.load(tmp_path / "o" / "last.pt")
    assert state["step"] == 3 and state["recipe"]["split"] == "65/15/10"
