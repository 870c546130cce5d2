import json
import os

import cv2
import numpy as np
import pytest

from handsover import classic, metrics, pack


def picture(rng):
    """A skin-coloured disc before a blue-grey noisy wall."""
    image = (np.array([150, 120, 100]) + rng.integers(-20, 20, (60, 80, 3))).astype(np.uint8)
    yy, xx = np.mgrid[:60, :80]
    disc = (xx - rng.integers(25, 55)) ** 2 + (yy - rng.integers(20, 40)) ** 2 < 15**2
    image[disc] = np.array([120, 150, 210]) + rng.integers(-12, 12, (disc.sum(), 3))
    return pack.Item("x", "pair", "s", "p", image=image, label=np.where(disc, 255, 0).astype(np.uint8))


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(0)
    return classic.methods([picture(rng) for _ in range(6)])


@pytest.mark.parametrize("name", ["otsu", "ridler-calvard", "gmm", "som", "random-walker"])
def test_each_finds_plain_skin(fitted, name):
    item = picture(np.random.default_rng(9))
    p = fitted[name](item.image)
    assert p.shape == (60, 80) and 0 <= p.min() and p.max() <= 1 + 1e-6
    assert metrics.count(p, item.label > 0, np.ones((60, 80), bool)).iou > 0.85


def test_the_walker_decides_between_its_seeds():
    """Half of the disc is open to doubt; the walk fills it up to the edge that the picture shows."""
    item = picture(np.random.default_rng(3))
    disc = item.label > 0
    doubt = disc.copy()
    doubt[:, : int(np.nonzero(disc)[1].mean())] = False
    walker = classic.Walker(lambda image: np.where(doubt, 0.5, disc * 1.0))
    assert metrics.count(walker(item.image), disc, np.ones((60, 80), bool)).iou > 0.95


def test_thresholds_on_one_colour_find_nothing(fitted):
    assert fitted["otsu"](np.full((20, 20, 3), 99, np.uint8)).sum() == 0


def test_mixtures_come_back_from_a_card(tmp_path):
    """A card keeps five figures of each number, so the probabilities move in the third."""
    rng = np.random.default_rng(0)
    gmm = classic.Gmm.fit(*classic.samples([picture(rng) for _ in range(6)]))
    card = tmp_path / "skin.json"
    card.write_text('{"title": "mine", "kind": "classic"}')
    classic.write_card(card, gmm)
    read = json.loads(card.read_text())
    image = picture(rng).image
    assert read["title"] == "mine" and read["method"]["name"] == "skin-gmm"
    assert np.abs(classic.Gmm.of(read).cells(image) - gmm.cells(image)).max() < 0.01


def test_cut_outs_lend_their_skin_but_no_surroundings():
    cut = picture(np.random.default_rng(0))
    cut.image, cut.label = np.dstack([cut.image, cut.label]), None
    skin, other = classic.samples([cut, picture(np.random.default_rng(1))])
    assert len(skin) == 300 and len(other) == 150


@pytest.mark.parametrize("name", ["hands", "colours"])
@pytest.mark.parametrize("card", ["otsu", "ridler-calvard", "skin-gmm"])
def test_the_programs_goldens_are_these_masks(request, name, card):
    """ClassicSegmenterTest holds the Java code to the same files."""
    root = os.path.join(os.path.dirname(__file__), "..", "..")
    with open(f"{root}/models/{card}.json") as f:
        method = json.load(f)
    folder = f"{root}/src/test/resources/classic"
    image = cv2.imread(f"{folder}/{name}.png")
    rules = {"otsu": classic.threshold_otsu, "ridler-calvard": classic.threshold_isodata}
    p = classic.threshold(rules[card])(image) if card in rules else classic.Gmm.of(method).cells(image)
    mask = np.round(p * 255).astype(np.uint8)
    if request.config.getoption("--golden-update"):
        cv2.imwrite(f"{folder}/{name}-{card}.png", mask)
    assert np.array_equal(cv2.imread(f"{folder}/{name}-{card}.png", cv2.IMREAD_GRAYSCALE), mask)
