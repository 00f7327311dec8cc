"""Draws the patches the classifier learns from: ``draw.py FOLDER SHARDS [FIRST]``."""

import sys
from pathlib import Path

import numpy as np
from sketches import drawn

PER_SHARD = 1000


def main(folder: Path, shards: int, first: int = 0) -> None:
    """Write shards of patches with their marks; the same number always gives the same shard."""
    for shard in range(first, first + shards):
        rng = np.random.default_rng([7, shard])
        patches, marks = [], []
        for n in range(PER_SHARD):
            pixels, spots = drawn(rng)
            patches.append(pixels)
            marks.extend((n, *spot) for spot in spots)
        temporary = folder / f"{shard:03d}.part.npz"
        np.savez(temporary, patches=np.stack(patches), marks=np.array(marks, np.float32))
        temporary.rename(folder / f"{shard:03d}.npz")
        print(shard, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *(int(word) for word in sys.argv[3:]))
