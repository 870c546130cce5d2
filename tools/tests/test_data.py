import numpy as np
import pytest

from handsover import augment, batches, canvas, pack, person, pieces, scene, sources, train
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
                None if i.hand is None else pack.encode(i.hand),
            )
            for i in items
        ],
    )
    for a, b in zip(items, pack.load(path)):
        assert (a.name, a.kind, a.person, a.use) == (b.name, b.kind, b.person, b.use)
        assert b.image.shape == a.image.shape
        assert (a.label is None) == (b.label is None)
        assert a.label is None or np.array_equal(a.label, b.label)
        assert (a.hand is None) == (b.hand is None) and (a.hand is None or np.array_equal(a.hand, b.hand))


def test_a_pack_without_hand_planes_is_read_too(items, tmp_path):
    path = str(tmp_path / "d.npz")
    pack.save(path, items[:1], [(pack.encode(items[0].image), pack.encode(items[0].label))])
    item = pack.load(path)[0]
    label, hand = item.planes()
    assert item.hand is None and (label == pack.HAND).any()
    # nobody drew the wrist: the hand alone is judged only where there is neither hand nor arm
    assert set(hand[label == pack.HAND]) == {pack.IGNORE} and set(hand[label == 0]) == {0}


@pytest.mark.parametrize("kind", ["pair", "room", "boxed", "pasted", "empty"])
def test_scenes_are_whole_and_repeat_with_the_seed(items, kind):
    world, preset = World(items), augment.PRESETS["handsover"]
    for seed in range(6):
        x, y, v = batches.sample(world, np.random.default_rng(seed), kind, (96, 64), preset)
        again = batches.sample(world, np.random.default_rng(seed), kind, (96, 64), preset)
        assert x.shape == (64, 96, 3) and y.shape == v.shape == (64, 96, 2)
        judged = v.all(2)
        assert (y[judged][:, 1] <= y[judged][:, 0]).all()  # the hand alone is part of hand and arm
        assert kind != "empty" or v.all() and not y.any()
        assert x.dtype == y.dtype == v.dtype == np.uint8 and set(np.unique(v)) <= {0, 1}
        assert all(np.array_equal(a, b) for a, b in zip((x, y, v), again))


def test_skin_is_told_from_what_is_none():
    skin, other = [(120, 150, 210), (70, 95, 150)], [(200, 120, 60), (40, 160, 40), (128, 128, 128), (255, 255, 255)]
    assert scene.like_skin(np.float32(skin)) == 1 and scene.like_skin(np.float32(other)) == 0


def test_boards_have_straight_edges_and_no_hand(items):
    world = World(items)
    drawn = canvas.Canvas(np.full((48, 64, 3), 128, np.float32))
    scene.furnish(np.random.default_rng(3), drawn, world)
    changed = np.abs(drawn.image - 128).max(2) > 4
    assert 0.01 < changed.mean() and not drawn.hand.any() and drawn.valid.all()


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
    assert np.array_equal(y[..., 0], items[0].label) and v[..., 0].all()
    assert np.array_equal(v[..., 1] == 0, items[0].label > 0)


def test_workers_give_the_same_batches_in_order(items):
    world = World(items)
    stream = batches.Batches(world, RECIPE, 3, workers=2, ahead=4)
    try:
        for n in (3, 4, 5):
            assert same(next(stream), batches.batch(world, RECIPE, n))
    finally:
        stream.close()


def test_a_failing_worker_is_an_error_and_no_hang(items):
    world = World([i for i in items if i.kind == "background"])  # nothing to paste
    stream = batches.Batches(world, dict(RECIPE, mix={"pasted": 1}), 0)
    with pytest.raises(RuntimeError, match="the pack has none"):
        for _ in range(20):
            next(stream)


def same(a, b):
    return all(np.array_equal(p, q) for p, q in zip(vars(a).values(), vars(b).values()))


def test_second_frames_are_the_first_ones_moved(items):
    recipe = dict(RECIPE, consistency=3, augment="voc", mix={"pair": 1}, batch=5)  # voc: neither noise nor codec
    world = World(items)
    b = batches.batch(world, recipe, 7)
    assert same(b, batches.batch(world, recipe, 7)) and len(b.of) == len(set(b.of)) == 3
    r = batches.REACH
    for k, picture, (dx, dy) in zip(b.of, b.again, b.shift):
        inner = b.x[k][r:-r, r:-r].astype(float)
        moved = picture[r + dy : picture.shape[0] - r + dy, r + dx : picture.shape[1] - r + dx].astype(float)
        gain = moved.mean() / inner.mean()
        assert 0.96 < gain < 1.04 and np.abs(moved - np.clip(inner * gain, 0, 255)).max() <= 3
    assert not len(batches.batch(world, dict(recipe, consistency=0), 7).again)


def test_what_hangs_on_a_pasted_hand_is_an_arm(items):
    """The extension of a cut-out is judged in both planes: arm, and no hand."""
    plane = pieces.to_wrist((60, 40), (0, 1), 0.15)
    assert (plane[:51] == pack.HAND).all() and (plane[51:] == pack.IGNORE).all()
    rng, size = np.random.default_rng(1), (200, 200)
    alpha = np.zeros((200, 200), np.float32)
    alpha[20:80, 80:120] = 1
    colour = np.full((200, 200, 3), (110, 140, 200), np.float32)
    label = np.full((200, 200), pack.IGNORE, np.uint8)
    label[:71] = pack.HAND
    out = person.bare_arm(rng, colour, alpha, label, np.array([100.0, 80.0]), np.array([0.0, 1.0]), 40, 60)
    arm, hand = out[1], out[2]
    assert (hand[(arm > 0) & (alpha == 0)] == 0).all() and (arm > 0)[90:110, 100].all()
    drawn = canvas.Canvas(np.zeros((200, 200, 3), np.uint8))
    drawn.paste(rng, out[0].astype(np.float32), arm, hand)
    assert drawn.hand[100, 100, 0] > 0.9 and drawn.hand[100, 100, 1] == 0 and drawn.valid[100, 100].all()
    assert drawn.hand[45, 100].min() > 0.9 and drawn.valid[76, 100].tolist() == [1, 0]


def test_quota_is_exact():
    assert sorted(batches.quota({"a": 2, "b": 5, "c": 1}, 16)) == ["a"] * 4 + ["b"] * 10 + ["c"] * 2
    assert len(batches.quota({"a": 1, "b": 1, "c": 1}, 16)) == 16


def test_doubt_is_marked_and_never_a_hand():
    hand, arm = np.zeros((100, 80), bool), np.zeros((100, 80), bool)
    hand[20:40, 30:50], arm[20:70, 30:50] = True, True
    label = sources.ntu_label(hand, arm)
    assert (label[hand] == pack.HAND).all()
    assert (label[45:70, 32:48] == pack.IGNORE).all() and label[10, 10] == 0
    alone = sources.ntu_hand(hand)  # behind the wristband nothing is a hand, and that is known
    assert (alone[hand] == pack.HAND).all() and (alone[45:70] == 0).all() and (alone[90:] == pack.IGNORE).all()


def test_what_has_the_colour_of_its_hand_behind_a_wristband_is_arm():
    rng = np.random.default_rng(3)
    hand, arm = np.zeros((120, 100), bool), np.zeros((120, 100), bool)
    hand[10:45, 30:70], arm[10:100, 30:70] = True, True
    image = np.full((120, 100, 3), 200, np.uint8)
    image[10:100, 30:70] = (90, 120, 180)
    image[45:50, 30:70] = 20  # the band
    image[80:100, 30:70] = (150, 60, 40)  # a sleeve
    image = np.clip(image + rng.normal(0, 5, image.shape), 0, 255).astype(np.uint8)
    label = sources.ntu_label(hand, arm, image)
    assert (label[56:74, 36:64] == pack.HAND).all() and not (label[85:] == pack.HAND).any()
    assert (label[47, 35:65] == pack.IGNORE).all() and (label[90, 35:65] == pack.IGNORE).all()
    assert (sources.ntu_hand(hand)[56:74, 36:64] == 0).all()


def test_the_lower_part_of_a_raised_arm_may_be_wrist():
    label = np.zeros((100, 80), np.uint8)
    label[20:70, 30:50], label[72:, 20:60] = pack.HAND, pack.IGNORE
    alone = sources.upper(label, 0.8)
    assert (alone[20:60, 30:50] == pack.HAND).all() and (alone[60:70, 30:50] == pack.IGNORE).all()
    # a little below its end nobody knows; what hangs further below is no hand, whatever else it is
    assert (alone[72, 20:60] == pack.IGNORE).all() and not alone[75:].any() and alone[5, 5] == 0


def test_outside_the_boxes_is_background():
    image = np.full((100, 100, 3), 200, np.uint8)  # no skin anywhere
    label = sources.box_label(image, [[0.4, 0.4, 0.6, 0.6]])
    assert label[50, 50] == pack.IGNORE and label[10, 10] == 0 and label[50, 90] == 0


def test_an_arm_below_a_box_is_no_hand():
    image = np.zeros((100, 100, 3), np.uint8)
    image[45:95, 45:55] = (110, 140, 200)  # skin from inside the box downwards
    boxes = [[0.4, 0.4, 0.6, 0.6]]
    assert sources.box_label(image, boxes)[80, 50] == pack.IGNORE
    alone = sources.outside_boxes((100, 100), boxes)
    assert alone[80, 50] == 0 and alone[50, 50] == alone[62, 50] == pack.IGNORE and alone[66, 50] == 0
