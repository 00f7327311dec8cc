"""Every measurement, one after the other; each writes its table into ``bench/results/``.

python -m bench            a sample of the reading, the whole scale: about an hour
python -m bench --full     3,000 numbers read, and memory over 200 pages: some hours
"""

import argparse

from bench import appraisal, filing, reading, retention, scale, search, store


def main() -> None:
    ask = argparse.ArgumentParser(description="Measure, beside the yardsticks.")
    ask.add_argument("--full", action="store_true", help="read 3,000 numbers")
    ask.add_argument("--books", type=int, default=scale.BOOKS)
    given = ask.parse_args()
    scale.main(given.books, scale.RESULTS)
    reading.main(full=given.full)
    filing.main(filing.RECORDS, with_gigabyte=given.full)
    store.main()
    retention.main(retention.RECORDS, retention.RESULTS)
    appraisal.main()
    search.main(search.RECORDS, search.VOLUMES, search.RESULTS)


if __name__ == "__main__":
    main()
