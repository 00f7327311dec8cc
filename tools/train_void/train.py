"""Trains the void-mark finder and writes it as ONNX: ``train.py SHARDS OUT.onnx [MINUTES]``."""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

STRIDE = 8
SIZE_UNIT = 32.0
PEAK = 1.2e-3  # learning rate


def block(taken: int, given: int, stride: int = 1, apart: int = 1) -> nn.Sequential:
    """A convolution, normalised, with its bend."""
    return nn.Sequential(
        nn.Conv2d(taken, given, 3, stride, apart, dilation=apart, bias=False),
        nn.BatchNorm2d(given),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """Two convolutions beside a straight way."""

    def __init__(self, width: int, apart: int = 1) -> None:
        super().__init__()
        self.way = nn.Sequential(block(width, width, apart=apart), block(width, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.way(x)


class Finder(nn.Module):
    """Tells for every 8 × 8 cell how likely the middle of a mark's character stands in it.

    Gives 5 maps: 废, another character of a mark, log size, cosine and sine of the slant.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            block(3, 16, 2),
            block(16, 24, 2),
            Residual(24),
            block(24, 48, 2),
            Residual(48),
            Residual(48, 2),
            Residual(48, 3),
        )
        self.head = nn.Conv2d(48, 5, 1)
        nn.init.constant_(self.head.bias[:2], -4.0)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        maps = self.head(self.body(pixels * (2 / 255) - 1))
        return torch.cat([torch.sigmoid(maps[:, :2]), maps[:, 2:]], 1)


def targets(marks: list[np.ndarray], cells: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Heat maps, values and where values count, for a batch of lists of marks."""
    heat = np.zeros((len(marks), 2, cells, cells), np.float32)
    value = np.zeros((len(marks), 3, cells, cells), np.float32)
    where = np.zeros((len(marks), 1, cells, cells), np.float32)
    ys, xs = np.mgrid[:cells, :cells]
    for n, spots in enumerate(marks):
        for x, y, size, angle, is_waste in spots:
            cx, cy = x / STRIDE - 0.5, y / STRIDE - 0.5
            if not (-0.5 <= cx < cells - 0.5 and -0.5 <= cy < cells - 0.5):
                continue
            spread = max(0.55, size / STRIDE * 0.13)
            away = (xs - round(cx)) ** 2 + (ys - round(cy)) ** 2
            bump = np.exp(-away / (2 * spread**2))
            kind = 0 if is_waste else 1
            heat[n, kind] = np.maximum(heat[n, kind], bump)
            near = away <= max(1.0, (size / STRIDE * 0.25) ** 2)
            value[n, 0][near] = np.log(size / SIZE_UNIT)
            value[n, 1][near], value[n, 2][near] = np.cos(angle), np.sin(angle)
            where[n, 0][near] = 1
    return torch.from_numpy(heat), torch.from_numpy(value), torch.from_numpy(where)


def loss_of(maps: torch.Tensor, heat, value, where) -> torch.Tensor:
    """Focal loss on the heat, distance on size and slant."""
    p = maps[:, :2].clamp(1e-4, 1 - 1e-4)
    middle = (heat > 0.99).float()
    hit = -(torch.log(p) * (1 - p) ** 2 * middle).sum()
    miss = -(torch.log(1 - p) * p**2 * (1 - heat) ** 4 * (1 - middle)).sum()
    aside = functional.smooth_l1_loss(maps[:, 2:] * where, value * where, reduction="sum")
    return (hit + miss) / (middle.sum() + 1) + 0.3 * aside / (where.sum() + 1)


def batches(shards: list[Path], rng: np.random.Generator, size: int):
    """Patches and marks, mirrored nowhere (characters are not), brightness left as drawn.

    Channels last: on processors without bfloat16 that learns a third faster.
    """
    for path in rng.permutation(shards):
        with np.load(path) as held:
            patches, marks = held["patches"], held["marks"]
        order = rng.permutation(len(patches))
        by_patch = [marks[marks[:, 0] == n][:, 1:] for n in range(len(patches))]
        for start in range(0, len(order) - size + 1, size):
            chosen = order[start : start + size]
            pixels = torch.from_numpy(patches[chosen].transpose(0, 3, 1, 2).astype(np.float32))
            yield pixels.to(memory_format=torch.channels_last), [by_patch[n] for n in chosen]


def main(folder: Path, out: Path, minutes: float) -> None:
    """Learn until the time is up, then write the model and what it finds on the last shard."""
    torch.manual_seed(7)
    torch.set_num_threads(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    rng = np.random.default_rng(7)
    finder = Finder().to(memory_format=torch.channels_last)
    start_from = out.with_suffix(".pt")
    if start_from.exists():
        finder.load_state_dict(torch.load(start_from))
    learner = torch.optim.AdamW(finder.parameters(), lr=2e-3, weight_decay=1e-4)
    began, seen, running = time.monotonic(), 0, 0.0
    spent = 0.0
    while spent < 1:
        shards = sorted(folder.glob("[0-9][0-9][0-9].npz"))
        held_back, shards = shards[0], shards[1:] or shards
        for pixels, marks in batches(shards, rng, 16):
            spent = (time.monotonic() - began) / 60 / minutes
            if spent >= 1:
                break
            for group in learner.param_groups:
                group["lr"] = (
                    PEAK * min(1, seen / 3000 + 0.05) * (0.5 + 0.5 * np.cos(np.pi * min(1, spent)))
                    + 1e-5
                )
            loss = loss_of(finder(pixels), *targets(marks, pixels.shape[-1] // STRIDE))
            learner.zero_grad()
            loss.backward()
            learner.step()
            seen += len(pixels)
            running = 0.99 * running + 0.01 * float(loss.detach())
            if seen % 1600 == 0:
                print(f"{spent:.2f} seen {seen} loss {running:.3f}", flush=True)
                torch.save(finder.state_dict(), start_from)
        torch.save(finder.state_dict(), start_from)
        judge(finder, held_back)
    export(finder, out)


@torch.no_grad()
def judge(finder: Finder, shard: Path) -> None:
    """How many marks of a shard are found, and how many patches without one raise an alarm."""
    finder.eval()
    with np.load(shard) as held:
        patches, marks = held["patches"][:400], held["marks"]
    found = {0.3: [0, 0, 0, 0], 0.5: [0, 0, 0, 0]}
    for n, patch in enumerate(patches):
        maps = finder(torch.from_numpy(patch.transpose(2, 0, 1).astype(np.float32))[None])[
            0
        ].numpy()
        own = marks[(marks[:, 0] == n) & (marks[:, 5] > 0)]
        inner = own[(own[:, 1:3] > 12).all(1) & (own[:, 1:3] < 180).all(1)]
        for level, count in found.items():
            if len(own) == 0:
                count[2] += 1
                count[3] += bool(maps[0].max() > level)
            for _, x, y, size, _, _ in inner:
                reach = max(1, int(size / STRIDE * 0.5))
                cx, cy = int(x / STRIDE), int(y / STRIDE)
                part = maps[
                    0, max(0, cy - reach) : cy + reach + 1, max(0, cx - reach) : cx + reach + 1
                ]
                count[0] += 1
                count[1] += bool(part.max() > level)
    for level, (marks_, hit, clean, alarm) in found.items():
        print(f"  at {level}: found {hit}/{marks_}, alarms {alarm}/{clean}", flush=True)
    finder.train()


def export(finder: Finder, out: Path) -> None:
    """Write the model for onnxruntime; any height and width that 8 divides."""
    finder.eval()
    torch.onnx.export(
        finder,
        (torch.zeros(1, 3, 256, 256),),
        str(out),
        input_names=["pixels"],
        output_names=["maps"],
        dynamic_axes={"pixels": {2: "height", 3: "width"}, "maps": {2: "rows", 3: "columns"}},
        dynamo=False,
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 20)
