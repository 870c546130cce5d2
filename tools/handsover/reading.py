"""What an ONNX graph answers, read without the runtime that will run it and without the code that exported it."""
import torch
from onnx import helper, numpy_helper


def run(model, x):
    """The graph's answer by ONNX's own reference evaluator, or by torch operators below where that is not installed."""
    try:
        from onnx.reference import ReferenceEvaluator
    except ImportError:
        return interpret(model, x)
    return ReferenceEvaluator(model).run(None, {"input": x})[0]


def interpret(model, x, seen=None):
    """A reading of the graph, node by node, by torch's operators: independent of how the graph was exported.

    Float16 graphs are computed in float32 with every result rounded to float16, for want of such kernels on CPUs.
    Integers are computed as floats that hold integers. `seen(name, tensor)` is told of every result.
    """
    from torch.nn import functional as F

    def constant(tensor):
        return torch.from_numpy(numpy_helper.to_array(tensor).copy()).float()

    def across(v, axis, like):  # one number a channel, or one for all
        return v.reshape([-1 if k == axis else 1 for k in range(like.dim())]) if v.dim() else v

    values = {t.name: constant(t) for t in model.graph.initializer}
    values["input"], rounded = torch.from_numpy(x), any(n.op_type == "Cast" for n in model.graph.node)
    if seen:
        seen("input", values["input"])
    for node in model.graph.node:
        a = {k.name: helper.get_attribute_value(k) for k in node.attribute}
        v = [values[n] if n else None for n in node.input]
        if node.op_type == "Conv":
            top, left, bottom, right = a.get("pads", [0, 0, 0, 0])
            out = F.conv2d(
                F.pad(v[0], (left, right, top, bottom)), *v[1:], stride=a.get("strides", 1), groups=a.get("group", 1)
            )
        elif node.op_type == "ConvTranspose":
            out = F.conv_transpose2d(
                *v, stride=a["strides"], padding=a.get("pads", [0, 0])[:2], output_padding=a.get("output_padding", 0)
            )
        elif node.op_type == "MaxPool":
            out = F.max_pool2d(v[0], a["kernel_shape"], a["strides"])
        elif node.op_type == "BatchNormalization":
            out = F.batch_norm(v[0], v[3], v[4], v[1], v[2], eps=a["epsilon"])
        elif node.op_type == "Relu":
            out = F.relu(v[0])
        elif node.op_type == "Softmax":
            out = torch.softmax(v[0], a["axis"])
        elif node.op_type == "Clip":
            out = torch.clamp(v[0], v[1].item(), v[2].item())
        elif node.op_type == "Add":
            out = v[0] + v[1]
        elif node.op_type == "Concat":
            out = torch.cat(v, a["axis"])
        elif node.op_type == "Sigmoid":
            out = torch.sigmoid(v[0])
        elif node.op_type == "Constant":
            out = constant(a["value"])
        elif node.op_type == "Resize":
            if a["mode"] != b"linear" or a.get("coordinate_transformation_mode", b"half_pixel") not in (
                b"half_pixel",
                b"pytorch_half_pixel",
            ):
                raise ValueError("only bilinear half-pixel resizing is expected")
            out = F.interpolate(v[0], scale_factor=tuple(v[2].tolist()[2:]), mode="bilinear", align_corners=False)
        elif node.op_type == "Cast":
            out = v[0]
        elif node.op_type == "QuantizeLinear":
            out = torch.clamp(torch.round(v[0] / v[1]) + v[2], 0, 255)
        elif node.op_type == "DequantizeLinear":
            scale, zero = (across(t, a.get("axis", 1), v[0]) for t in v[1:])
            out = (v[0] - zero) * scale
        else:
            raise ValueError(f"{node.op_type} is not expected in this graph")
        values[node.output[0]] = out.half().float() if rounded else out
        if seen:
            seen(node.output[0], out)
    return values["mask"].numpy()
