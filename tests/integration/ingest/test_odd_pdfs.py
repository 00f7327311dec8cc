"""No PDF of the collection takes a process down, keeps it for ever, or loses a page unseen."""

import pytest

from archive.ingest.raster import PageUnreadable
from archive.ingest.refusals import BadScan
from archive.ingest.sandbox import Limits, ReaderDied, Sandbox
from tests.integration.ingest import odd_pdfs, tasks

WORDS = {kind.__name__ for kind in (*BadScan.__subclasses__(), PageUnreadable)}
MEMORY = 600 << 20


@pytest.mark.slow
@pytest.mark.parametrize("part", odd_pdfs.CORPUS)
def test_every_odd_pdf_is_taken_whole_or_refused_with_a_word(part, tmp_path):
    path = tmp_path / "odd"
    wrong, told = [], set()
    limits = Limits(memory=2 << 30, seconds_per_result=30)
    with Sandbox(limits, preload=tasks.__name__, jobs=10_000) as sandbox:
        for name, data in odd_pdfs.CORPUS[part]():
            path.write_bytes(data)
            try:
                (word,) = sandbox.run(tasks.judged_and_rendered, [str(path)])
            except ReaderDied as died:  # the doors would say CannotBeChecked
                wrong.append((name, died.facts["how"]))
                continue
            taken, _, shown = word.partition(" ")
            told.add(word)
            if not (word in WORDS or taken == shown):
                wrong.append((name, word))
        assert sandbox.peak_memory < MEMORY
    assert not wrong
    assert len(told) > 1
