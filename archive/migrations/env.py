"""Alembic's entry: runs on a connection the program gives it."""

from alembic import context

from archive import models as _models  # noqa: F401 - their tables
from archive.db import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
