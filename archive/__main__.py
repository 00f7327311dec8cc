"""``python -m archive`` is the ``archive`` command."""

from archive.cli import main

if __name__ == "__main__":
    main()
