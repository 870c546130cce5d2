"""Each way in which somebody's own pictures may be labelled gives the same label."""
import json
import os

import cv2
import numpy as np
import pytest

from handsover import pack, sources

SQUARE = [[10, 8], [29, 8], [29, 23], [10, 23]]


def expected():
    label = np.zeros((40, 60), np.uint8)
    label[8:24, 10:30] = pack.HAND
    return label


def as_masks(root, picture, label):
    for part, plane in (("images", picture), ("masks", label)):
        os.makedirs(root / part)
        cv2.imwrite(str(root / part / "a.png"), plane)


def as_cutouts(root, picture, label):
    for part, plane in (("original", picture), ("no_bg", np.dstack([picture, label]))):
        os.makedirs(root / part)
        cv2.imwrite(str(root / part / "a.png"), plane)


def as_labelme(root, picture, label):
    cv2.imwrite(str(root / "a.png"), picture)
    (root / "a.json").write_text(json.dumps({"imagePath": "a.png", "shapes": [{"label": "hand", "points": SQUARE}]}))


def as_coco(root, picture, label):
    os.makedirs(root / "images")
    cv2.imwrite(str(root / "images" / "a.png"), picture)
    (root / "labels.json").write_text(
        json.dumps(
            {
                "images": [{"id": 4, "file_name": "a.png"}],
                "annotations": [{"image_id": 4, "segmentation": [[v for p in SQUARE for v in p]]}],
            }
        )
    )


@pytest.mark.parametrize("write", [as_masks, as_cutouts, as_labelme, as_coco])
def test_every_form_gives_the_same_label(tmp_path, write):
    picture = np.random.default_rng(0).integers(0, 255, (40, 60, 3)).astype(np.uint8)
    write(tmp_path, picture, expected())
    items = [i for i, _ in sources.folder(str(tmp_path))]
    assert len(items) == 1
    assert np.array_equal(items[0].label, expected()) and np.array_equal(items[0].image, picture)


def test_masks_of_the_hand_alone_may_lie_beside(tmp_path):
    as_masks(tmp_path, np.zeros((40, 60, 3), np.uint8), expected())
    hand = expected()
    hand[16:] = 0
    os.makedirs(tmp_path / "hands")
    cv2.imwrite(str(tmp_path / "hands" / "a.png"), hand)
    item = next(sources.folder(str(tmp_path)))[0]
    assert np.array_equal(item.hand, hand) and np.array_equal(item.planes()[1], hand)


def test_masks_of_zeros_and_ones_are_read_too(tmp_path):
    as_masks(tmp_path, np.zeros((40, 60, 3), np.uint8), expected() // 255)
    assert np.array_equal(next(sources.folder(str(tmp_path)))[0].label, expected())
