"""`hands quantise`: an exported network in 8 bits, as QuantizeLinear / DequantizeLinear pairs that a runtime fuses.

Activations are uint8 with the ranges seen on calibration pictures; weights int8 by output channel, held to 7 bits,
because AVX2's multiply-add saturates beyond; biases int32, whose scale must be input scale x weight scale: else nothing
is fused and the network is slower than in floats. The head stays in floats, its answers are finer than 8 bits.
"""
import argparse
import json
import os

import numpy as np
import onnx
from onnx import helper, numpy_helper

from . import export, infer, pack, reading

SIZES = ((320, 192), (256, 224), (224, 288))
HALF = 63  # largest weight: 7 bits with the sign
MOVES = ("Resize",)  # what only moves values keeps its input's scale


def ranges(model, images):
    """{tensor: (least, most)} over the pictures; the outermost 1 in 100,000 values of each picture do not count."""
    found = {}

    def see(name, values):
        v = values.reshape(-1)
        k = max(1, v.numel() // 100000)
        low, high = float(v.kthvalue(k).values), float(v.kthvalue(v.numel() - k + 1).values)
        before = found.get(name, (0.0, 0.0))  # zero must be a code of its own: borders are padded with it
        found[name] = min(before[0], low), max(before[1], high)

    for k, image in enumerate(images):
        reading.interpret(model, infer.tensor(image, SIZES[k % len(SIZES)]).numpy(), see)
    return found


def code(low, high):
    """(scale, zero point) of uint8 for a range that holds 0."""
    scale = max(high - low, 1e-6) / 255
    return np.float32(scale), np.uint8(np.clip(round(-low / scale), 0, 255))


class Quantiser:
    """Rewrites a copy of a graph; `codes` holds (scale, zero point) of every tensor that is in 8 bits."""

    def __init__(self, model, found):
        self.model = onnx.ModelProto()
        self.model.CopyFrom(model)
        graph = self.model.graph
        self.weights = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
        self.found, self.codes, self.nodes, self.used = found, {}, [], {}
        readers = {}
        for node in graph.node:
            for name in node.input:
                readers.setdefault(name, []).append(node)
        sums = [n for n in graph.node if n.op_type == "Sigmoid"][0]
        made = {n.output[0]: n for n in graph.node}
        self.head = made[sums.input[0]]
        while self.head.op_type != "Conv":
            self.head = made[self.head.input[0]]
        self.floats = {self.head.output[0], sums.input[0], sums.output[0]}
        # a convolution before its Clip: the pair after the Clip is enough, for 0..255 are the Clip's own limits
        for node in graph.node:
            if node.op_type == "Conv" and [r.op_type for r in readers.get(node.output[0], [])] == ["Clip"]:
                self.floats.add(node.output[0])

    def constant(self, name, values):
        self.model.graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def pair(self, name, like=None):
        """Quantises and dequantises tensor `name` from here on."""
        scale, zero = self.codes[like] if like in self.codes else code(*self.found[name])
        self.codes[name] = scale, zero
        terms = [self.constant(f"{name}.scale", scale), self.constant(f"{name}.zero", zero)]
        self.nodes.append(helper.make_node("QuantizeLinear", [name, *terms], [f"{name}.q"], f"q_{name}"))
        self.nodes.append(helper.make_node("DequantizeLinear", [f"{name}.q", *terms], [f"{name}.d"], f"d_{name}"))
        self.used[name] = f"{name}.d"

    def convolution(self, node):
        """Weights and bias in integers; the bias's scale is input scale x weight scale."""
        weight = self.weights[node.input[1]]
        source = next(k for k, v in self.used.items() if v == node.input[0])
        scale = np.maximum(np.abs(weight).reshape(len(weight), -1).max(1), 1e-8).astype(np.float32) / HALF
        shaped = scale.reshape(-1, *[1] * (weight.ndim - 1))
        node.input[1] = self.integers(f"{node.name}.weight", np.round(weight / shaped).astype(np.int8), scale)
        if len(node.input) > 2:
            both = (self.codes[source][0] * scale).astype(np.float32)
            bias = np.clip(np.round(self.weights[node.input[2]] / both), -(2**31) + 1, 2**31 - 1).astype(np.int32)
            node.input[2] = self.integers(f"{node.name}.bias", bias, both)

    def integers(self, name, values, scale):
        out = f"{name}.d"
        inputs = [
            self.constant(f"{name}.q", values),
            self.constant(f"{name}.scale", scale),
            self.constant(f"{name}.zero", np.zeros(scale.shape, values.dtype)),
        ]
        self.nodes.append(helper.make_node("DequantizeLinear", inputs, [out], f"d_{name}", axis=0))
        return out

    def run(self):
        graph = self.model.graph
        self.pair("input")
        for node in graph.node:
            source = node.input[0] if node.input else None
            node.input[:] = [self.used.get(n, n) for n in node.input]
            if node.op_type == "Conv" and node.output[0] != self.head.output[0]:
                self.convolution(node)
            self.nodes.append(node)
            out = node.output[0]
            if node.op_type != "Constant" and out not in self.floats:
                self.pair(out, source if node.op_type in MOVES else None)
        del graph.node[:]
        graph.node.extend(self.nodes)
        export.prune(graph)
        check(self.model)
        onnx.checker.check_model(self.model, full_check=True)
        return self.model


def check(model):
    """Every convolution in integers has a bias scale of input scale x weight scale, or it would not be fused."""
    values = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    made = {n.output[0]: n for n in model.graph.node}
    for node in model.graph.node:
        terms = [made.get(n) for n in node.input] if node.op_type == "Conv" else []
        if len(terms) == 3 and all(t is not None and t.op_type == "DequantizeLinear" for t in terms):
            x, w, b = (values[t.input[1]] for t in terms)
            if not np.array_equal(b, (x * w).astype(np.float32)):
                raise ValueError(f"{node.name}: the bias scale is not input scale x weight scale")


def main(argv):
    p = argparse.ArgumentParser(prog="hands quantise", description=__doc__)
    p.add_argument("--model", required=True, help=".onnx that `hands export` wrote; its card is beside it")
    p.add_argument("--pack", required=True, help="pack whose training photographs give the ranges")
    p.add_argument("--count", type=int, default=60, help="photographs")
    p.add_argument("--out", required=True)
    a = p.parse_args(argv)
    items = pack.load(a.pack, "train", ("pair", "room", "boxed", "face", "background"))
    images = [i.image for i in items][:: max(1, len(items) // a.count)][: a.count]
    model = onnx.load(a.model)
    small = Quantiser(model, ranges(model, images)).run()
    onnx.save(small, a.out)
    held = [i.image for i in pack.load(a.pack, "validate")][::20]
    differences = []
    for image in held:
        x = infer.tensor(image, SIZES[0]).numpy()
        differences.append(float(np.abs(reading.interpret(model, x) - reading.interpret(small, x)).mean()))
    print(f"{a.out}: {os.path.getsize(a.out) / 1e6:.2f} MB, differs by {np.mean(differences):.4f} on the average")
    with open(os.path.splitext(a.model)[0] + ".json") as f:
        card = json.load(f)
    output = card["output"]
    fresh = export.card(a.out, card["title"] + ", 8 bits", {}, card["data"], card["licence"], output["classes"])
    fresh["output"] = output
    with open(os.path.splitext(a.out)[0] + ".json", "w") as f:
        json.dump(fresh, f, indent=2)
        f.write("\n")
