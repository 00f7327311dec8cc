"""A process that owns a sandbox and is killed: ``python -m tests.integration.ingest.owner``."""

import sys

from archive.ingest.sandbox import Sandbox
from tests.integration.ingest import misdeeds

if __name__ == "__main__":
    task = getattr(misdeeds, sys.argv[1])
    with Sandbox() as sandbox:
        for result in sandbox.run(task):
            sys.stdout.write(f"{result}\n")
            sys.stdout.flush()
