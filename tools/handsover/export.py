"""`hands export`: a checkpoint as ONNX that the program runs, checked against PyTorch before it is written.

Input `input`: float32 1 x 3 x H x W, RGB, value / 127.5 - 1 (the card says so); output `mask`: float32 1 x C x H x W,
probability of each class. H and W are symbolic, multiples of 32. --half stores weights and arithmetic as float16 with
the same float32 input and output.
"""
import argparse
import hashlib
import json
import os
import warnings

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from . import infer
from .reading import run

OPSET = 17


class Probability(nn.Module):
    """`exclusive`: each pixel has one class, so that the probabilities of all sum to one."""

    def __init__(self, net, exclusive=False):
        super().__init__()
        self.net, self.exclusive = net, exclusive

    def forward(self, x):
        z = self.net(x)
        return torch.softmax(z, 1) if self.exclusive else torch.sigmoid(z)


def fold_pads(graph):
    """Pad (0, 1, 0, 1) before a Conv becomes the Conv's own padding: one node and one copy of the plane less."""
    made = {out: node for node in graph.node for out in node.output}
    for node in graph.node:
        pad = made.get(node.input[0]) if node.op_type == "Conv" else None
        if pad is not None and pad.op_type == "Pad":
            node.input[0] = pad.input[0]
            for attribute in node.attribute:
                if attribute.name == "pads":
                    attribute.ints[:] = [0, 0, 1, 1]


def prune(graph):
    """Drops nodes and initialisers whose results nobody reads."""
    while True:
        read = {name for node in graph.node for name in node.input} | {o.name for o in graph.output}
        dead = [node for node in graph.node if not any(out in read for out in node.output)]
        if not dead:
            break
        for node in dead:
            graph.node.remove(node)
    for tensor in [t for t in graph.initializer if t.name not in read]:
        graph.initializer.remove(tensor)


def inline_identities(graph):
    alias = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Identity"}
    for node in graph.node:
        for k, name in enumerate(node.input):
            while name in alias:
                name = alias[name]
            node.input[k] = name


def shapes(model, channels=1):
    for value, c, names in (
        (model.graph.input[0], 3, ("height", "width")),
        (model.graph.output[0], channels, ("height", "width")),
    ):
        dims = value.type.tensor_type.shape.dim
        for d, v in zip(dims, (1, c, *names)):
            d.Clear()
            setattr(d, "dim_param" if isinstance(v, str) else "dim_value", v)


def export(net, path, metadata=None, exclusive=False):
    """Writes `path` and returns the model. `net` gives logits."""
    warnings.filterwarnings("ignore", category=UserWarning, module="torch.onnx")  # of its own folding, which works
    net = net.cpu().to(memory_format=torch.contiguous_format).eval()
    torch.onnx.export(
        Probability(net, exclusive).eval(),
        torch.zeros(1, 3, 192, 256),
        path,
        opset_version=OPSET,
        input_names=["input"],
        output_names=["mask"],
        dynamic_axes={n: {2: "height", 3: "width"} for n in ("input", "mask")},
    )
    model = onnx.load(path)
    fold_pads(model.graph)
    inline_identities(model.graph)
    prune(model.graph)
    shapes(model, net(torch.zeros(1, 3, 32, 32)).shape[1])
    for k, node in enumerate(model.graph.node):
        node.name, node.doc_string = f"{node.op_type.lower()}_{k:03d}", ""
    del model.graph.value_info[:]
    model.graph.name, model.producer_name, model.doc_string = "hands", "handsover", ""
    for key, value in (metadata or {}).items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value if isinstance(value, str) else json.dumps(value)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    return model


def half(model):
    """A copy with float16 weights and arithmetic; input and output stay float32. Resize scales must stay float32."""
    m = onnx.ModelProto()
    m.CopyFrom(model)
    g = m.graph
    scales = {node.input[2] for node in g.node if node.op_type == "Resize" and len(node.input) > 2}

    def convert(tensor):
        if tensor.data_type == TensorProto.FLOAT:
            array = np.clip(numpy_helper.to_array(tensor), -65504, 65504).astype(np.float16)
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))

    for tensor in g.initializer:
        if tensor.name not in scales:
            convert(tensor)
    for node in g.node:
        if node.op_type == "Constant" and node.output[0] not in scales:
            for attribute in node.attribute:
                convert(attribute.t)
        if node.op_type == "Cast":
            raise ValueError("casts in the graph are not expected")
        node.input[:] = ["input_half" if n == "input" else n for n in node.input]
        node.output[:] = ["mask_half" if n == "mask" else n for n in node.output]
    g.node.insert(0, helper.make_node("Cast", ["input"], ["input_half"], "cast_in", to=TensorProto.FLOAT16))
    g.node.append(helper.make_node("Cast", ["mask_half"], ["mask"], "cast_out", to=TensorProto.FLOAT))
    onnx.checker.check_model(m, full_check=True)
    return m


def parity(net, model, images, sizes=((320, 192), (288, 224), (192, 320)), exclusive=False):
    """(largest, mean) difference between the graph and PyTorch over pictures (BGR uint8) and sizes."""
    worst, means = 0.0, []
    net = Probability(net.cpu().to(memory_format=torch.contiguous_format), exclusive).eval()
    for k, image in enumerate(images):
        x = infer.tensor(image, sizes[k % len(sizes)])
        with torch.no_grad():
            difference = np.abs(net(x).numpy() - run(model, x.numpy()))
        worst = max(worst, float(difference.max()))
        means.append(float(difference.mean()))
    return worst, float(np.mean(means))


def card(path, title, metrics, data, licence, classes=("arm",), exclusive=False, pixels=infer.PIXELS, live=None):
    """The program's card for the file, as a dict; `live`: about how many input pixels where frames do not wait. It keeps the first of the classes unless told otherwise; of exclusive
    classes, of which the first is the background, all others but void."""
    with open(path, "rb") as f:
        digest = hashlib.sha256(f.read()).hexdigest()
    return {
        "title": title,
        "file": os.path.basename(path),
        "sha256": digest,
        "input": {
            "name": "input",
            "layout": "nchw",
            "type": "float32",
            "order": "rgb",
            "size": {"multiple": 32, "extra": 0, "pixels": pixels, **({"live": live} if live else {})},
            "mean": [127.5] * 3,
            "std": [127.5] * 3,
        },
        "output": {
            "name": "mask",
            "layout": "nchw",
            "activation": "probability",
            "classes": list(classes),
            "keep": [c for c in classes[1:] if c != "void"] if exclusive else [classes[0]],
        },
        "licence": licence,
        "data": data,
        "metrics": metrics,
    }


def main(argv):
    p = argparse.ArgumentParser(prog="hands export", description=__doc__)
    p.add_argument("--model", required=True, help="checkpoint")
    p.add_argument("--out", required=True, help="the .onnx to write; its card is written beside it as .json")
    p.add_argument("--half", action="store_true", help="float16 inside")
    p.add_argument("--pack", help="check parity on 50 pictures of this pack (else on noise)")
    p.add_argument("--title", default="Hands and bare arms: MobileNetV2 U-Net")
    p.add_argument("--data", default="see models/README.md")
    p.add_argument("--licence", default="see models/README.md")
    p.add_argument("--live", type=int, help="about how many input pixels while live, where that is fewer than the recipe's")
    p.add_argument("--metric", action="append", default=[], metavar="NAME=VALUE", help="a measured figure for the card")
    a = p.parse_args(argv)
    metrics = {k: float(v) for k, v in (m.split("=") for m in a.metric)}
    net, state = infer.load_checkpoint(a.model), torch.load(a.model, map_location="cpu")
    recipe = state.get("recipe", {}) if isinstance(state, dict) else {}
    exclusive = recipe.get("exclusive", False)
    if getattr(net, "preprocess", "none") != "none":
        raise SystemExit(f"the program has no preprocessing {net.preprocess}: a network of that trial cannot be shipped")
    model = export(
        net,
        a.out,
        {
            "recipe": recipe,
            "commit": str(state.get("commit", "")),
            "metrics": metrics,
            "licence": a.licence,
            "data": a.data,
        },
        exclusive,
    )
    if a.half:
        model = half(model)
        onnx.save(model, a.out)
    if a.pack:
        from . import pack

        images = [i.image for i in pack.load(a.pack, "validate")]
        images = images[:: max(1, len(images) // 50)][:50]
    else:
        images = list(np.random.default_rng(0).integers(0, 256, (3, 200, 300, 3), np.uint8))
    worst, mean = parity(net, model, images, exclusive=exclusive)
    print(f"{a.out}: {os.path.getsize(a.out) / 1e6:.2f} MB, on {len(images)} pictures")
    print(f"differs from PyTorch by at most {worst:.1e}, on the average {mean:.1e}")
    # 11 bits of mantissa move single pixels on an outline by more than that; on the average they must not
    differs, limit = (mean, 2e-3) if a.half else (worst, 1e-4)
    if differs > limit:
        raise SystemExit(f"that is more than {limit:.0e}: not to be shipped")
    with open(os.path.splitext(a.out)[0] + ".json", "w") as f:
        json.dump(
            card(a.out, a.title, metrics, a.data, a.licence, recipe.get("classes", ["arm"]), exclusive, net.pixels, a.live),
            f,
            indent=2,
        )
        f.write("\n")
