#!/usr/bin/env python3
"""Rewrites a network so that OpenCV's DNN module reads it: fixed size, Clip with attributes, Resize by scales.

usage: for_opencv.py IN.onnx OUT.onnx WIDTH HEIGHT
OpenCV 4.6 knows Clip only as in operator set 6 (limits as attributes) and takes no symbolic sizes. Needs python3-onnx.
"""
import sys

import onnx
from onnx import helper, numpy_helper


def rewrite(source, target, width, height):
    model = onnx.load(source)
    graph = model.graph
    constants = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    for node in graph.node:
        if node.op_type == "Clip" and len(node.input) == 3:
            low, high = (float(constants[name]) for name in node.input[1:])
            del node.input[1:]
            node.attribute.extend([helper.make_attribute("min", low), helper.make_attribute("max", high)])
    for value in list(graph.input) + list(graph.output):
        dims = value.type.tensor_type.shape.dim
        for dim, size in zip(dims[2:], (height, width)):
            dim.Clear()
            dim.dim_value = size
    used = {name for node in graph.node for name in node.input}
    for tensor in [t for t in graph.initializer if t.name not in used]:
        graph.initializer.remove(tensor)
    for node in [n for n in graph.node if n.op_type == "Constant" and n.output[0] not in used]:
        graph.node.remove(node)
    onnx.save(model, target)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    rewrite(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
