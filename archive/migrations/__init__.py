"""Bringing a database to the present shape (Alembic), from the program itself."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

_HERE = Path(__file__).parent


def configuration(url: str = "") -> "Config":
    """Alembic's configuration for these migrations."""
    from alembic.config import Config  # noqa: PLC0415 - a start that migrates nothing needs none

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to ``revision``; nothing happens when it is there."""
    from alembic import command  # noqa: PLC0415 - as above

    config = configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the database back; for tests of the migrations."""
    from alembic import command  # noqa: PLC0415 - as above

    config = configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def head() -> str:
    """The newest revision: files are named ``NNNN_what.py`` and follow one another."""
    return max(path.name[:4] for path in (_HERE / "versions").glob("[0-9]*_*.py"))


def is_current(engine: Engine) -> bool:
    """Whether the database has the present shape."""
    if not inspect(engine).has_table("alembic_version"):
        return False
    with engine.connect() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return bool(version == head())
