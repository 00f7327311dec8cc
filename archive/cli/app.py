"""The tree of commands, and how an expected error is told at a terminal."""

import sys

import typer

from archive.cli import demo, holdings, ingest, people, retention, serving, stocktake, stubs, trail
from archive.errors import ArchiveError
from archive.messages import sentence
from archive.settings import Settings
from archive.wiring import configure_logging

UNUSABLE = 2

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="供电所档案与票据存根 · station archive and invoice stubs",
)
app.add_typer(stubs.app, name="stubs", help="票据存根扫描件 · scans of invoice stubs")
app.add_typer(ingest.app, name="ingest", help="待归档的扫描件 · scans to be filed")
app.command("pairs", help="纸电配对情况 · how paper and scans are paired")(ingest.pairs)
app.add_typer(trail.app, name="trail", help="审计链 · the sealed trail")
app.add_typer(people.app, name="people", help="人员与任职 · persons and appointments")
app.add_typer(stocktake.app, name="stocktake", help="库房盘点 · stocktakes of the store")
app.add_typer(holdings.app, name="holdings", help="馆藏 · the holdings")
app.add_typer(retention.app, name="retention", help="保管期限与到期 · retention and what is due")
app.add_typer(demo.app, name="demo", help="演示供电所 · the demo station")
app.command("serve", help="启动网站和后台 · serve the pages, with a worker")(serving.serve)
app.command("web", help="只启动网站 · serve the pages only")(serving.web)
app.command("worker", help="只启动后台 · keep promises: read scans, watch the folder")(
    serving.worker
)
app.command("migrate", help="升级数据库结构 · bring the database to the present shape")(
    serving.migrate
)


def main() -> None:
    """The ``archive`` command."""
    settings = Settings()
    configure_logging(settings)
    try:
        app()
    except ArchiveError as error:
        told = sentence(f"error.{type(error).__name__}", settings.language, **error.facts)
        sys.stderr.write(told + "\n")
        sys.exit(UNUSABLE)
