"""Operators' commands: ``archive …``. Sentences in the language of ``ARCHIVE_LANGUAGE``.

Exit status: 0 done, 1 the check found something, 2 the input or the request was not usable.
"""

from archive.cli.app import main

__all__ = ["main"]
