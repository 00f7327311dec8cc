"""Whatever is kept in the object store is known to the sweep that clears the store."""

import ast

from archive import models
from archive.db import Base
from archive.housekeeping import NAMED_BY
from tests.house_rules.code import modules

assert models.__all__

KEYS_OF_NUMBERS = {"first_key", "last_key", "number_key"}
"""Columns that sort invoice numbers (``archive.custody.numbers``)."""

MAKE_OBJECTS = {
    "archive.ingest.keeping.keep_bytes": "scan_page.image_key, scan_page.thumb_key,"
    " delivered_page.image_key, delivered_page.thumb_key",
    "archive.ingest.keeping._stored": "scan_file.object_key, delivered_file.object_key,"
    " destruction_photo.object_key",
    "archive.filing.renditions.make_rendition": "electronic_copy.rendition_key",
    "archive.retention.erasing._separate": "delivered_file.object_key, erased_object.object_key",
    "archive.retention.filed_paper.stored": "electronic_copy.rendition_key,"
    " appraisal_paper.object_key",
}
"""Who makes a key of the store, and the columns it goes to."""


def swept() -> set[str]:
    return {str(column.property.columns[0]) for column in NAMED_BY}


def test_every_column_that_names_an_object_is_asked_before_anything_is_swept():
    """A key that the sweep does not know is swept away with its object, a day later."""
    keys = {
        str(column)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_key") and column.name not in KEYS_OF_NUMBERS
    }
    assert keys - swept() == set(), "put these into archive.housekeeping.NAMED_BY"
    assert swept() - keys == set(), "a column with the key of an object is called …_key"
    assert len(keys) >= 3


def test_whoever_makes_a_key_says_which_column_it_goes_to():
    made = {
        f"{module.name}.{function.name}"
        for module in modules("archive")
        for function in module.functions()
        if any(called.split(".")[-1] == "new_key" for called, _ in module.calls(function))
    }
    assert made == set(MAKE_OBJECTS)
    told = {column for columns in MAKE_OBJECTS.values() for column in columns.split(", ")}
    assert told == swept()


def test_no_object_is_put_under_a_key_of_ones_own_making():
    """``new_key`` is the only source: a key says nothing and is used once."""
    offenders = [
        module.at(call)
        for module in modules("archive")
        if not module.name.startswith("archive.storage")
        for called, call in module.calls()
        if called.endswith("objects.put") and not isinstance(call.args[0], ast.Name)
    ]
    assert offenders == []
