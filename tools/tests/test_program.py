"""The program and the tools say the same of the same pictures, and what the tools export runs in the program."""
import json
import os

import cv2
import numpy as np
import onnx
import pytest

from handsover import evaluate, infer, metrics, prepare, reading

from conftest import ROOT, program


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The rendered hands with their exact masks, in four lights and sizes."""
    root = tmp_path_factory.mktemp("hands") / "mine"
    pictures = f"{ROOT}/src/test/resources/classic"
    image, truth = cv2.imread(f"{pictures}/hands.png"), cv2.imread(f"{pictures}/hands-truth.png", 0)
    for part in ("images", "masks"):
        os.makedirs(root / part)
    for k, (times, gain, flip) in enumerate([(3, 1.0, False), (2, 0.6, True), (4, 1.3, False), (3, 0.8, True)]):
        size = (160 * times, 90 * times)
        big = np.clip(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC) * gain, 0, 255).astype(np.uint8)
        mask = np.where(cv2.resize(truth, size, interpolation=cv2.INTER_LINEAR) > 127, 255, 0).astype(np.uint8)
        cv2.imwrite(str(root / f"images/r_{k}.png"), big[:, ::-1] if flip else big)
        cv2.imwrite(str(root / f"masks/r_{k}.png"), mask[:, ::-1] if flip else mask)
    return root


@pytest.mark.parametrize("model", ["hands", "skin-gmm"])
def test_eval_and_evaluate_give_the_same_figures(folder, tmp_path, model):
    packed = str(tmp_path / "p.npz")
    prepare.main(["--add", str(folder), "--out", packed])
    evaluate.main(["--model", model, "--pack", packed, "--use", "train", "--out", str(tmp_path)])
    with open(tmp_path / "figures.json") as f:
        tools = json.load(f)[model]["all with hands"]
    own = json.loads(program("eval", model, "--data", folder, "--json"))[model]["r"]
    assert own["pictures"] == tools["pictures"] == 4 and 0.3 < own["iou"] < 0.99
    pairs = dict(iou="iou", meanIou="picture_iou", f="f1", precision="precision", recall="recall", mae="mae")
    for a, b in dict(pairs, outlineF="boundary_f").items():
        assert own[a] == pytest.approx(tools[b], abs=0.002), a


def test_what_the_network_answers_is_near_what_the_program_shows(folder, tmp_path):
    """The graph read by torch's operators, without the program's matte."""
    graph = onnx.load(f"{ROOT}/models/hands.onnx")
    mattes = tmp_path / "mattes"
    program("eval", "hands", "--data", folder, "--mattes", mattes)
    ious = []
    for k in range(4):
        image, truth = cv2.imread(f"{folder}/images/r_{k}.png"), cv2.imread(f"{folder}/masks/r_{k}.png", 0) > 127
        h, w = truth.shape
        p = cv2.resize(reading.run(graph, infer.tensor(image, infer.fit(w, h)).numpy())[0, 0], (w, h))
        matte = cv2.imread(f"{mattes}/r_{k}.pgm", 0) / 255
        ious.append([metrics.count(x, truth, np.ones_like(truth)).iou for x in (p, matte)])
    assert np.abs(np.subtract(*np.array(ious).T)).max() < 0.05
