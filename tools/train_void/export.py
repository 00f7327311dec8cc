"""Writes weights saved by ``train.py`` as ONNX: ``export.py WEIGHTS.pt OUT.onnx``."""

import sys
from pathlib import Path

import torch
from train import Finder, export

if __name__ == "__main__":
    finder = Finder()
    finder.load_state_dict(torch.load(sys.argv[1]))
    export(finder, Path(sys.argv[2]))
