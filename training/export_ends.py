"""Writes a trained network of ends as ONNX: ``python training/export_ends.py TRAINED.pt OUT.onnx``."""

from __future__ import annotations

import sys
from pathlib import Path

import onnx
import torch

from ends_network import BARS, STRIPS, EndsNetwork
from export import halved


def main() -> None:
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    weights = torch.load(source)
    planes = (weights["enter.conv.weight"].shape[1] - 2) // STRIPS - 1
    net = EndsNetwork(planes)
    net.load_state_dict(weights)
    net.eval()
    example = torch.zeros(1, planes + 1, 96, STRIPS), torch.zeros(1, planes + 1, BARS, 24), torch.zeros(1, 2)
    names = ["strips", "bars", "scales", "ends", "sides", "lean"]
    torch.onnx.export(
        net, example, str(out), input_names=names[:3], output_names=names[3:],
        dynamic_axes={name: {0: "ships"} for name in names}, opset_version=17, dynamo=False,
    )  # fmt: skip
    model = onnx.load(out)
    model.doc_string = "offing network of ships' ends"
    onnx.save(halved(model), out)
    print(out, out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
