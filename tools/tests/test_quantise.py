"""Eight bits say nearly the same as floats, in a form that a runtime can fuse."""
import numpy as np
import onnx
import pytest
import torch
from onnx import numpy_helper

from handsover import export, infer, model, quantise, reading


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    torch.manual_seed(1)
    net = model.mobilenetv2_unet(0.35, 2).eval()
    graph = export.export(net, str(tmp_path_factory.mktemp("q") / "n.onnx"))
    pictures = list(np.random.default_rng(0).integers(0, 256, (3, 64, 96, 3)).astype(np.uint8))
    return graph, quantise.Quantiser(graph, quantise.ranges(graph, pictures)).run(), pictures


def test_eight_bits_stay_near(both):
    graph, small, pictures = both
    x = infer.tensor(pictures[0], (96, 64)).numpy()
    assert np.abs(reading.interpret(graph, x) - reading.interpret(small, x)).mean() < 0.02


def test_every_convolution_but_the_head_is_in_integers(both):
    graph, small, _ = both
    made = {n.output[0]: n for n in small.graph.node}
    convolutions = [n for n in small.graph.node if n.op_type == "Conv"]
    whole = [n for n in convolutions if all(made[i].op_type == "DequantizeLinear" for i in n.input if i in made)]
    floats = [n for n in convolutions if n.input[1] not in made]
    assert len(floats) == 1 and len(whole) == len(convolutions)
    kept = {t.name: t for t in small.graph.initializer}
    for node in convolutions:
        if node.input[1] in made:
            weight = numpy_helper.to_array(kept[made[node.input[1]].input[0]])
            assert weight.dtype == np.int8 and np.abs(weight).max() <= 63


def test_a_wrong_bias_scale_is_refused(both):
    broken = onnx.ModelProto()
    broken.CopyFrom(both[1])
    made = {n.output[0]: n for n in broken.graph.node}
    node = next(n for n in broken.graph.node if n.op_type == "Conv" and n.input[2] in made)
    name = made[node.input[2]].input[1]
    tensor = next(t for t in broken.graph.initializer if t.name == name)
    tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor) * np.float32(1.01), name))
    with pytest.raises(ValueError, match="bias scale"):
        quantise.check(broken)
