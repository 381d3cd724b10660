"""Writes a trained network as ONNX: batch normalisation folded in, weights stored in half precision.

Usage: python training/export.py TRAINED.pt OUT.onnx
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from network import ShipNetwork


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Weights as float16 with a cast to float32 behind each: half the file, computed as before (a runtime folds the
    casts when it loads the model).
    """
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type != TensorProto.FLOAT or np.prod(weight.dims) < 64:
            continue
        stored = numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), weight.name + "_half")
        casts.append(helper.make_node("Cast", [stored.name], [weight.name], to=TensorProto.FLOAT))
        weight.CopyFrom(stored)
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    weights = torch.load(source)
    planes = weights["stem.conv.weight"].shape[1]
    net = ShipNetwork(planes, bow=len(weights["head.bias"]) > 7)
    net.load_state_dict(weights)
    net.eval()
    shape = {0: "pictures", 2: "rows", 3: "cols"}
    example = torch.zeros(1, planes, 64, 64)
    torch.onnx.export(
        net, (example,), str(out), input_names=["channels"], output_names=["raw"],
        dynamic_axes={"channels": shape, "raw": shape}, opset_version=17, dynamo=False,
    )  # fmt: skip
    model = onnx.load(out)
    model.doc_string = "offing ship network"
    onnx.save(halved(model), out)
    print(out, out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
