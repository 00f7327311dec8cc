import subprocess
import sys

from archive.ingest.spool import spool, sweep


def test_the_spools_of_the_dead_are_swept_and_those_of_the_living_left(tmp_path):
    dying = (
        "import os, sys; from pathlib import Path; from archive.ingest.spool import Spool\n"
        "with Spool(Path(sys.argv[1]), limit_bytes=9999) as home:\n"
        "    home.take([b'%PDF-1.7 '], 'x'); os.kill(os.getpid(), 9)"
    )
    ended = subprocess.run([sys.executable, "-c", dying, str(tmp_path)], check=False)
    assert ended.returncode == -9
    assert len(list(tmp_path.iterdir())) == 1
    with spool([b"%PDF-1.7 living"], limit_bytes=9999, folder=tmp_path) as living:
        assert sweep(tmp_path) == 1
        assert living.path.read_bytes() == b"%PDF-1.7 living"
        assert sweep(tmp_path) == 0
    assert not list(tmp_path.iterdir())
