"""Every recipe can be read; those for other classes than hands run from a folder of pictures to a card."""
import glob
import json
import os

import cv2
import numpy as np
import onnx
import pytest
import torch
from PIL import Image

from handsover import batches, export, infer, model, pack, prepare, reading, sources, train, validation
from handsover.augment import PRESETS
from handsover.losses import LOSSES
from handsover.scene import SCENES
from handsover.world import World

from conftest import hand, program

RECIPES = os.path.join(os.path.dirname(__file__), "..", "recipes")


@pytest.mark.parametrize("path", sorted(glob.glob(f"{RECIPES}/*.yaml")), ids=os.path.basename)
def test_every_recipe_can_be_built(path):
    recipe = train.read_recipe(path)
    assert recipe["augment"] in PRESETS and recipe["loss"] in LOSSES and set(recipe["mix"]) <= {*SCENES, "classes"}
    assert recipe["exclusive"] or len(recipe["class_weights"]) >= len(recipe["classes"])
    with torch.no_grad():
        out = model.build(recipe).eval()(torch.zeros(1, 3, 64, 96))
    assert out.shape == (1, len(recipe["classes"]), 64, 96)


def pictures(root, count, part, plane):
    """`count` generated pictures below `root`, each with what `plane` makes of its mask."""
    rng = np.random.default_rng(3)
    for name in ("images", part):
        os.makedirs(root / name)
    for k in range(count):
        image, mask = hand(rng)
        cv2.imwrite(str(root / f"images/{k}.jpg"), image)
        plane(mask).save(root / f"{part}/{k}.png")


def numbers(mask):
    """As PASCAL VOC has them: a palette picture, 15 is person, a rim of void."""
    rim = cv2.dilate(mask, np.ones((3, 3), np.uint8)) > mask
    picture = Image.fromarray(np.where(rim, 255, np.where(mask > 0, 15, 0)).astype(np.uint8), "P")
    picture.putpalette([v for n in range(256) for v in (n * 37 % 256, n * 91 % 256, n * 53 % 256)])
    return picture


def trained(tmp_path, name, changes):
    packed, out = str(tmp_path / "p.npz"), str(tmp_path / "run")
    prepare.main(["--add", str(tmp_path / "mine"), "--out", packed, "--split", "80/10/10"])
    run = ["--recipe", f"{RECIPES}/{name}.yaml", "--pack", packed, "--out", out, "--threads", "1"]
    sets = {"width": 0.35, "batch": 4, "sizes": "[[96, 64]]", "warmup": 2, **changes}
    train.main([*run, *(a for k, v in sets.items() for a in ("--set", f"{k}={v}"))])
    onnx_path = str(tmp_path / "n.onnx")
    export.main(["--model", f"{out}/last.pt", "--out", onnx_path])
    with open(tmp_path / "n.json") as f:
        return out, onnx.load(onnx_path), json.load(f)


def served(tmp_path, *options):
    """The card is a model of the program: three frames of mattes, each of the size of its picture."""
    program(
        "process", "pattern:hands?size=192x128&frames=3", tmp_path / "m_%d.png", "--model", tmp_path / "n.json",
        "--only-mask", *options
    )  # fmt: skip
    frames = sorted(tmp_path.glob("m_*.png"))
    return [cv2.imread(str(f)).shape for f in frames] == [(128, 192, 3)] * 3


def test_portraits_from_a_folder_to_a_card(tmp_path):
    pictures(tmp_path / "mine", 10, "masks", Image.fromarray)
    out, graph, card = trained(tmp_path, "portrait", {"minutes": 0.05})
    assert card["output"]["classes"] == card["output"]["keep"] == ["person"]
    assert graph.graph.output[0].type.tensor_type.shape.dim[1].dim_value == 1
    assert os.path.exists(f"{out}/curve.png")
    assert served(tmp_path)


def test_classes_from_a_folder_to_a_card_and_early_stopping(tmp_path):
    pictures(tmp_path / "mine", 10, "classes", numbers)
    # it never learns: patience ends it long before its time is over
    changes = {"rate": 0.0, "encoder_rate": 0.0, "minutes": 5, "evaluate_minutes": 0.01, "patience": 2}
    out, graph, card = trained(tmp_path, "voc", changes)
    state = torch.load(f"{out}/last.pt")
    assert state["stale"] == 2 and state["seconds"] < 120
    classes = card["output"]["classes"]
    assert len(classes) == 22 and card["output"]["keep"] == classes[1:-1]
    assert graph.graph.output[0].type.tensor_type.shape.dim[1].dim_value == 22
    p = reading.run(graph, infer.tensor(np.zeros((64, 96, 3), np.uint8), (96, 64)).numpy())
    assert np.allclose(p.sum(1), 1, atol=1e-5)
    assert served(tmp_path, "--keep", "person,dog")


def test_class_numbers_are_read_as_they_are(tmp_path):
    pictures(tmp_path, 1, "classes", numbers)
    item = next(sources.folder(str(tmp_path)))[0]
    assert item.kind == "classes" and set(np.unique(item.label)) == {0, 15, 255}
    x, y, v = batches.sample(World([item]), np.random.default_rng(0), "classes", (96, 64), PRESETS["none"], count=22)
    assert np.array_equal(y[..., 0], np.where(item.label == 255, 21, item.label)) and v.all()


def test_class_figures_by_hand():
    """Four pixels: two background, one person found, one person missed; void is not counted."""

    class Said(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.a = torch.nn.Parameter(torch.zeros(1))

        def forward(self, x):
            z = torch.zeros(1, 3, *x.shape[2:])
            z[:, 1, : x.shape[2] // 2] = 5  # the upper half is said to be a person
            return z

    label = np.zeros((32, 32), np.uint8)
    label[:16, :16], label[16:, :16], label[:, 28:] = 1, 1, 255
    item = pack.Item("a", "classes", "s", "-", image=np.zeros((32, 32, 3), np.uint8), label=label)
    figures = validation.validate_classes(Said(), [item], 3)
    person, background = 256 / (512 + 192), 192 / (256 + 384)
    assert abs(figures["mean IoU"] - (person + background) / 2) < 0.02
    assert abs(figures["accuracy"] - (256 + 192) / 896) < 0.02


def test_only_open_pictures_train_a_clean_network(tmp_path):
    pictures(tmp_path / "open", 2, "masks", Image.fromarray)
    pictures(tmp_path / "closed", 2, "masks", Image.fromarray)
    packed = str(tmp_path / "p.npz")
    prepare.main(["--add-open", str(tmp_path / "open"), "--add", str(tmp_path / "closed"), "--out", packed])
    assert {i.source: i.open for i in pack.load(packed)} == {"open": True, "closed": False}
    assert train.read_recipe(f"{RECIPES}/clean.yaml")["open_only"]
