"""Makes the networks of the live tests: a "hand" is green; a red room makes them fail, each in its way.

usage: make.py FOLDER   (needs Debian's python3-onnx)
Input 1 x 3 x height x width, R'G'B' 0..1; output 1 x 1 x height x width, probability of hand.
"""
import json
import sys

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as n


def constant(name, value, kind=np.float32):
    return n.from_array(np.array(value, kind), name)


COMMON = [
    h.make_node("Slice", ["input", "zero1", "one1", "axis1"], ["red"]),
    h.make_node("Slice", ["input", "one1", "two1", "axis1"], ["green"]),
    h.make_node("Slice", ["input", "two1", "three1", "axis1"], ["blue"]),
    h.make_node("Sub", ["green", "red"], ["greener"]),
    h.make_node("Sub", ["greener", "half"], ["above"]),
    h.make_node("Mul", ["above", "steep"], ["logit"]),
    h.make_node("Sigmoid", ["logit"], ["hand"]),
    h.make_node("Sub", ["red", "blue"], ["redder"]),
    h.make_node("ReduceMean", ["redder"], ["mean"], keepdims=0),
    h.make_node("Greater", ["mean", "half"], ["fault"]),
]
CONSTANTS = [
    constant("zero1", [0], np.int64), constant("one1", [1], np.int64), constant("two1", [2], np.int64), constant("three1", [3], np.int64),
    constant("axis1", [1], np.int64), constant("half", 0.4), constant("steep", 40.0),
]


def throws():
    """Reads beyond the end of a list of one."""
    return [h.make_node("Cast", ["fault"], ["index"], to=T.INT64), h.make_node("Gather", ["list", "index"], ["one"]),
            h.make_node("Mul", ["hand", "one"], ["mask"])], [constant("list", [1.0])]


def counting():
    """The body of a loop that takes its time."""
    return h.make_graph(
        [h.make_node("Identity", ["go"], ["go_on"]), h.make_node("Sin", ["v"], ["v_next"])], "body",
        [h.make_tensor_value_info("i", T.INT64, []), h.make_tensor_value_info("go", T.BOOL, []), h.make_tensor_value_info("v", T.FLOAT, [])],
        [h.make_tensor_value_info("go_on", T.BOOL, []), h.make_tensor_value_info("v_next", T.FLOAT, [])])


def hangs():
    """Counts to some ten million first, which takes a second or more."""
    return [h.make_node("Cast", ["fault"], ["count"], to=T.INT64), h.make_node("Mul", ["count", "many"], ["trips"]),
            h.make_node("Loop", ["trips", "yes", "zero"], ["v_last"], body=counting()),
            h.make_node("Add", ["hand", "v_last"], ["mask"])], \
        [constant("many", 2_000_000, np.int64), constant("yes", True, bool), constant("zero", 0.0)]


def slow():
    """Counts to ten for each input pixel first, so that a smaller input takes less time."""
    return [h.make_node("Cast", ["fault"], ["count"], to=T.INT64), h.make_node("Shape", ["input"], ["shape"]),
            h.make_node("Gather", ["shape", "height_at"], ["rows"]), h.make_node("Gather", ["shape", "width_at"], ["columns"]),
            h.make_node("Mul", ["rows", "columns"], ["cells"]), h.make_node("Mul", ["cells", "each"], ["all"]),
            h.make_node("Mul", ["all", "count"], ["trips"]),
            h.make_node("Loop", ["trips", "yes", "zero"], ["v_last"], body=counting()),
            h.make_node("Add", ["hand", "v_last"], ["mask"])], \
        [constant("height_at", 2, np.int64), constant("width_at", 3, np.int64), constant("each", 10, np.int64), constant("yes", True, bool),
         constant("zero", 0.0)]


def everything():
    """Calls everything a hand."""
    return [h.make_node("Cast", ["fault"], ["all"], to=T.FLOAT), h.make_node("Max", ["hand", "all"], ["mask"])], []


for name, make in (("throws", throws), ("hangs", hangs), ("everything", everything), ("slow", slow)):
    nodes, constants = make()
    shape = [1, 3, "height", "width"]
    graph = h.make_graph(
        COMMON + nodes, name, [h.make_tensor_value_info("input", T.FLOAT, shape)],
        [h.make_tensor_value_info("mask", T.FLOAT, [1, 1, "height", "width"])], CONSTANTS + constants)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    onnx.save(model, f"{sys.argv[1]}/{name}.onnx")
    card = {
        "title": f"Test: {make.__doc__.strip()}", "file": f"{name}.onnx",
        "input": {"name": "input", "layout": "nchw", "type": "float32", "order": "rgb",
                  "size": {"multiple": 16, "extra": 0, "pixels": 4096}, "mean": [0, 0, 0], "std": [255, 255, 255]},
        "output": {"name": "mask", "layout": "nchw", "activation": "probability", "classes": ["hand"], "keep": ["hand"]},
        "licence": "Apache-2.0", "data": "none"}
    with open(f"{sys.argv[1]}/{name}.json", "w") as f:
        json.dump(card, f, indent=2)
        f.write("\n")
