import numpy as np
import onnx
import pytest
import torch

from handsover import export, model


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    n = model.mobilenetv2_unet(0.35)
    with torch.no_grad():  # statistics away from 0 and 1, as after training
        for m in n.modules():
            if isinstance(m, torch.nn.BatchNorm2d):
                m.running_mean.normal_(0, 0.2)
                m.running_var.uniform_(0.5, 2)
    return n.eval()


@pytest.fixture(scope="module")
def graph(net, tmp_path_factory):
    return export.export(net, str(tmp_path_factory.mktemp("x") / "n.onnx"), {"licence": "none"})


def pictures(n):
    return list(np.random.default_rng(0).integers(0, 256, (n, 60, 90, 3)).astype(np.uint8))


def test_graph_keeps_the_contract(graph):
    for value, name, channels in ((graph.graph.input[0], "input", 3), (graph.graph.output[0], "mask", 1)):
        dims = value.type.tensor_type.shape.dim
        assert value.name == name
        assert [d.dim_param or d.dim_value for d in dims] == [1, channels, "height", "width"]
    assert graph.opset_import[0].version >= 17
    assert {n.op_type for n in graph.graph.node} <= {"Conv", "Clip", "Add", "Concat", "Resize", "Sigmoid", "Constant"}


def test_parity_at_three_sizes(net, graph):
    assert export.parity(net, graph, pictures(3), ((96, 64), (64, 64), (32, 96)))[0] <= 1e-4


def test_two_classes_are_two_channels(tmp_path):
    torch.manual_seed(0)
    net = model.mobilenetv2_unet(0.35, 2).eval()
    graph = export.export(net, str(tmp_path / "n.onnx"))
    dims = graph.graph.output[0].type.tensor_type.shape.dim
    assert [d.dim_param or d.dim_value for d in dims] == [1, 2, "height", "width"]
    assert export.parity(net, graph, pictures(1), ((64, 32),))[0] <= 1e-4
    card = export.card(str(tmp_path / "n.onnx"), "t", {}, "d", "l", ["arm", "hand"])
    assert card["output"]["classes"] == ["arm", "hand"] and card["output"]["keep"] == ["arm"]


def test_half_stays_near(net, graph):
    half = export.half(graph)
    types = {t.data_type for t in half.graph.initializer if t.dims and len(t.dims) == 4}
    assert types == {onnx.TensorProto.FLOAT16}
    assert export.parity(net, half, pictures(2), ((96, 64),))[1] <= 2e-3


def test_card_names_the_files_digest(graph, tmp_path):
    path = str(tmp_path / "n.onnx")
    onnx.save(graph, path)
    card = export.card(path, "t", {"iou": 0.5}, "d", "l")
    assert len(card["sha256"]) == 64 and card["file"] == "n.onnx" and card["output"]["keep"] == ["arm"]
