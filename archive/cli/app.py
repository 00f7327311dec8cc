"""The tree of commands, and how an expected error is told at a terminal.

A command's module is loaded when that command is called, so that ``archive --help`` and the start
of the pages need not wait for what they do not use.
"""

import sys
from importlib import import_module
from typing import Any

import typer

from archive.errors import ArchiveError
from archive.logs import configure_logging
from archive.messages import sentence
from archive.settings import Settings

UNUSABLE = 2

COMMANDS = {
    "stubs": ("archive.cli.stubs:app", "票据存根扫描件 · scans of invoice stubs"),
    "ingest": ("archive.cli.ingest:app", "待归档的扫描件 · scans to be filed"),
    "pairs": ("archive.cli.ingest:pairs", "纸电配对情况 · how paper and scans are paired"),
    "trail": ("archive.cli.trail:app", "审计链 · the sealed trail"),
    "people": ("archive.cli.people:app", "人员与任职 · persons and appointments"),
    "stocktake": ("archive.cli.stocktake:app", "库房盘点 · stocktakes of the store"),
    "holdings": ("archive.cli.holdings:app", "馆藏 · the holdings"),
    "retention": ("archive.cli.retention:app", "保管期限与到期 · retention and what is due"),
    "search": ("archive.cli.search:search", "检索档案 · find records"),
    "reindex": ("archive.cli.search:reindex", "重建检索索引 · make the index of words anew"),
    "index": ("archive.cli.search:app", "检索索引 · the index of words"),
    "demo": ("archive.cli.demo:app", "演示供电所 · the demo station"),
    "serve": ("archive.cli.serving:serve", "启动网站和后台 · serve the pages, with a worker"),
    "web": ("archive.cli.serving:web", "只启动网站 · serve the pages only"),
    "worker": (
        "archive.cli.serving:worker",
        "只启动后台 · keep promises: read scans, watch the folder",
    ),
    "migrate": (
        "archive.cli.serving:migrate",
        "升级数据库结构 · bring the database to the present shape",
    ),
}
"""By name: the module and what in it is called – a tree of commands or one function – and help."""


class _LoadedWhenCalled(typer.core.TyperGroup):
    """Knows its commands by name and help; loads the one that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command if name is None else loaded(name), rest


def loaded(name: str) -> Any:
    """The command of this name, ready to run."""
    place, told = COMMANDS[name]
    module, _, attribute = place.partition(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        command: Any = typer.main.get_group(found)
    else:
        alone = typer.Typer(add_completion=False)
        alone.command()(found)
        command = typer.main.get_command(alone)
    command.name, command.help = name, told
    return command


app = typer.Typer(
    cls=_LoadedWhenCalled,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="供电所档案与票据存根 · station archive and invoice stubs",
)
for _name, (_place, _told) in COMMANDS.items():
    app.add_typer(typer.Typer(), name=_name, help=_told)


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
