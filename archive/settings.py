"""Everything that differs between installations, read from the environment (``ARCHIVE_…``)."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One installation. Every field is a row of the README's table of settings."""

    model_config = SettingsConfigDict(env_prefix="ARCHIVE_", env_file=".env", extra="ignore")

    data_dir: Path = Field(
        default=Path("data"), description="folder of the embedded database, objects and queue"
    )
    database_url: str = Field(
        default="", description="SQLAlchemy URL; empty = SQLite in the data folder"
    )
    objects: str = Field(
        default="",
        description="disk:/folder, or s3://key:secret@host:port/bucket (s3s:// with TLS); "
        "empty = a folder in the data folder",
    )
    object_lock_years: int = Field(
        default=0,
        ge=0,
        description="years for which a new S3 bucket locks everything (GOVERNANCE): only an "
        "approved destruction releases it sooner; 0 = no lock",
    )
    queue_url: str = Field(
        default="",
        description="PostgreSQL URL of the work queue; empty = SQLite in the data folder",
    )
    host: str = Field(default="127.0.0.1", description="address the pages are served on")
    port: int = Field(
        default=8000, description="port the pages are served on", validation_alias="PORT"
    )
    language: Literal["zh", "en"] = Field(default="zh", description="language before one is chosen")
    public_url: str = Field(
        default="",
        description="address people use, if behind a proxy; https turns on Secure cookies",
    )
    session_hours: int = Field(default=10, ge=1, description="a sign-in ends after so many hours")
    sign_in_attempts: int = Field(
        default=5, ge=1, description="wrong passwords in a row before an account waits"
    )
    sign_in_wait_minutes: int = Field(default=15, ge=1, description="how long it waits")
    max_upload_mb: int = Field(default=1024, ge=1, description="largest scan file, in MB")
    max_scan_pages: int = Field(default=2000, ge=1, description="most pages of one scan")
    spool_dir: Path | None = Field(
        default=None, description="folder for bytes on their way in; empty = in the data folder"
    )
    watch_dir: Path | None = Field(
        default=None, description="folder watched for scans; empty = none is watched"
    )
    pair_days: int = Field(
        default=30, ge=1, description="days after which an incomplete pair is overdue"
    )
    loan_days: int = Field(
        default=30, ge=1, le=366, description="days a record may be lent at most, and renewed once"
    )
    watch_settle_seconds: int = Field(
        default=5, ge=1, description="a watched file must be unchanged so long before it is taken"
    )
    reader_threads: int = Field(default=2, ge=1, description="processor threads for reading scans")
    reader_memory_mb: int = Field(
        default=6144, ge=1024, description="address space of the process that reads a scan, in MB"
    )
    page_seconds: int = Field(
        default=120, ge=5, description="a page that takes longer to read is given up, in seconds"
    )
    lease_seconds: int = Field(
        default=60, ge=5, description="work of a worker that died is taken up after so long"
    )
    orphan_hours: int = Field(
        default=24, ge=1, description="objects no row names are swept after so many hours"
    )
    binding_grace_days: int = Field(
        default=5, ge=0, description="days after a month's end before unbound stubs close the gate"
    )
    destruction_cooling_days: int = Field(
        default=0, ge=0, description="days between the leader's approval and a destruction"
    )
    filing_grace_days: int = Field(
        default=15, ge=0, description="days after a period's end before its records are overdue"
    )
    special_key_file: Path | None = Field(
        default=None,
        description="key the register of special customers is sealed with; empty = "
        "keys/special.key in the data folder, made on first use. Keep it apart from the backups",
    )
    search: Literal["tantivy", "whoosh"] = Field(
        default="tantivy",
        description="engine of the index of words; whoosh is slower and runs everywhere",
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")

    @property
    def effective_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'archive.sqlite3'}"

    @property
    def effective_objects(self) -> str:
        return self.objects or f"disk:{self.data_dir / 'objects'}"

    @property
    def effective_special_key_file(self) -> Path:
        return self.special_key_file or self.data_dir / "keys" / "special.key"

    @property
    def effective_spool_dir(self) -> Path:
        return self.spool_dir or self.data_dir / "spool"
