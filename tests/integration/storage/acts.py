"""What the tests of stores do again and again."""

import io
from datetime import timedelta

from archive.clock import Clock
from archive.digest import digest_of
from archive.storage import new_key

NOW = Clock().now()
EARLIER = NOW - timedelta(hours=1)
LATER = NOW + timedelta(hours=1)


def keep(store, content, key=None):
    key = key or new_key()
    store.put(key, io.BytesIO(content), digest_of([content]))
    return key


def read(store, key):
    with store.open(key) as file:
        return file.read()


def keys_in(store, prefix=""):
    return [key for key, _ in store.keys(prefix)]
