"""Where the registry keeps its layers and manifests: Debian's docker-registry, behind a socket of its own."""

import contextlib
import http.client
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from ..processes import spawn

PROGRAM = "docker-registry"
START_SECONDS = 20.0


class NoRegistry(Exception):
    """It cannot be started."""


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path):
        super().__init__("registry")
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self._path)


class Store:
    """Starts with the first that is asked of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def connect(self) -> Connection:
        with self._lock:
            if self._process is None:
                self._start()
            assert self._folder is not None
            return Connection(self._folder / "socket")

    def stop(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.wait()
                self._process = None
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        program = shutil.which(PROGRAM)
        if program is None:
            raise NoRegistry(f"{PROGRAM} is missing: apt-get install {PROGRAM}")
        # A short path: that of a socket has at most 107 bytes.
        folder = self._folder = Path(tempfile.mkdtemp(prefix="muster-registry-"))
        config = folder / "config.yml"
        config.write_text(
            "version: 0.1\n"
            "log: {level: error, accesslog: {disabled: true}}\n"
            f"storage: {{filesystem: {{rootdirectory: {folder}/data}}, delete: {{enabled: true}}}}\n"
            f"http: {{net: unix, addr: {folder}/socket, relativeurls: true, secret: local}}\n"
        )
        with (folder / "log").open("ab") as log:
            self._process = spawn([program, "serve", str(config)], {"PATH": "/usr/bin:/bin"}, folder, log.fileno())
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = Connection(folder / "socket")
                connection.request("GET", "/v2/")
                connection.getresponse().read()
                return
            time.sleep(0.05)
        raise NoRegistry(f"{PROGRAM} did not start: {(folder / 'log').read_text()[-500:]}")


store = Store()
