import numpy as np
import pytest

from handsover import augment, batches, pack, sources, train
from handsover.world import World

RECIPE = dict(train.DEFAULTS, batch=8, sizes=[[96, 64]], augment="handsover", seed=4)


def test_pack_round_trip(items, tmp_path):
    path = str(tmp_path / "d.npz")
    pack.save(
        path,
        items,
        [
            (
                pack.encode(i.image, 101 if i.image.shape[2] == 4 else 100),
                None if i.label is None else pack.encode(i.label),
            )
            for i in items
        ],
    )
    for a, b in zip(items, pack.load(path)):
        assert (a.name, a.kind, a.person, a.use) == (b.name, b.kind, b.person, b.use)
        assert b.image.shape == a.image.shape
        assert (a.label is None) == (b.label is None)
        assert a.label is None or np.array_equal(a.label, b.label)


@pytest.mark.parametrize("kind", ["pair", "room", "boxed", "pasted"])
def test_scenes_are_whole_and_repeat_with_the_seed(items, kind):
    world, preset = World(items), augment.PRESETS["handsover"]
    for seed in range(6):
        x, y, v = batches.sample(world, np.random.default_rng(seed), kind, (96, 64), preset)
        again = batches.sample(world, np.random.default_rng(seed), kind, (96, 64), preset)
        assert x.shape == (64, 96, 3) and y.shape == v.shape == (64, 96)
        assert x.dtype == y.dtype == v.dtype == np.uint8 and set(np.unique(v)) <= {0, 1}
        assert all(np.array_equal(a, b) for a, b in zip((x, y, v), again))


@pytest.mark.parametrize("name", augment.PRESETS)
def test_every_preset_gives_a_picture(name):
    rng = np.random.default_rng(0)
    for _ in range(20):
        out = augment.photometric(rng.uniform(0, 255, (32, 48, 3)).astype(np.float32), rng, augment.PRESETS[name])
        assert out.shape == (32, 48, 3) and out.dtype == np.uint8


def test_no_augmentation_is_the_picture_itself(items):
    world = World([items[0]])
    x, y, v = batches.sample(world, np.random.default_rng(0), "pair", (96, 64), augment.PRESETS["none"])
    assert np.abs(x[..., ::-1].astype(int) - items[0].image).max() <= 1  # the scene is drawn in floats
    assert np.array_equal(y, items[0].label) and v.all()


def test_workers_give_the_same_batches_in_order(items):
    world = World(items)
    stream = batches.Batches(world, RECIPE, 3, workers=2, ahead=4)
    try:
        for n in (3, 4, 5):
            assert all(np.array_equal(a, b) for a, b in zip(next(stream), batches.batch(world, RECIPE, n)))
    finally:
        stream.close()


def test_a_failing_worker_is_an_error_and_no_hang(items):
    world = World([i for i in items if i.kind == "background"])  # nothing to paste
    stream = batches.Batches(world, dict(RECIPE, mix={"pasted": 1}), 0)
    with pytest.raises(RuntimeError, match="the pack has none"):
        for _ in range(20):
            next(stream)


def test_quota_is_exact():
    assert sorted(batches.quota({"a": 2, "b": 5, "c": 1}, 16)) == ["a"] * 4 + ["b"] * 10 + ["c"] * 2
    assert len(batches.quota({"a": 1, "b": 1, "c": 1}, 16)) == 16


def test_doubt_is_marked_and_never_a_hand():
    hand, arm = np.zeros((100, 80), bool), np.zeros((100, 80), bool)
    hand[20:40, 30:50], arm[20:70, 30:50] = True, True
    label = sources.ntu_label(hand, arm)
    assert (label[hand] == pack.HAND).all()
    assert (label[45:70, 32:48] == pack.IGNORE).all() and label[10, 10] == 0


def test_outside_the_boxes_is_background():
    image = np.full((100, 100, 3), 200, np.uint8)  # no skin anywhere
    label = sources.box_label(image, [[0.4, 0.4, 0.6, 0.6]])
    assert label[50, 50] == pack.IGNORE and label[10, 10] == 0 and label[50, 90] == 0
