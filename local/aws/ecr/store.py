"""Where the registry keeps its layers and manifests: Debian's docker-registry, behind a socket of its own."""

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import threading
import time

from ..cloud import cloud
from ..processes import spawn

PROGRAM = "docker-registry"
START_SECONDS = 20.0


class NoRegistry(Exception):
    """It cannot be started."""


# Of its socket, which has no path: that would have at most 107 bytes.
_NAME = f"muster-registry-{os.getpid()}"


class Connection(http.client.HTTPConnection):
    """HTTP over the registry's socket."""

    def __init__(self) -> None:
        super().__init__("registry")

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(f"\0{_NAME}")


class Store:
    """Starts with the first that is asked of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def connect(self) -> Connection:
        with self._lock:
            if self._process is None:
                self._start()
            return Connection()

    def stop(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.wait()
                self._process = None

    def _start(self) -> None:
        program = shutil.which(PROGRAM)
        if program is None:
            raise NoRegistry(f"{PROGRAM} is missing: apt-get install {PROGRAM}")
        folder = cloud().run_dir.absolute() / "registry"
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "config.yml"
        config.write_text(
            "version: 0.1\n"
            "log: {level: error, accesslog: {disabled: true}}\n"
            f"storage: {{filesystem: {{rootdirectory: {folder}/data}}, delete: {{enabled: true}}}}\n"
            f'http: {{net: unix, addr: "@{_NAME}", relativeurls: true, secret: local}}\n'
        )
        with (folder / "log").open("ab") as log:
            self._process = spawn([program, "serve", str(config)], {"PATH": "/usr/bin:/bin"}, folder, log.fileno())
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = Connection()
                connection.request("GET", "/v2/")
                connection.getresponse().read()
                return
            time.sleep(0.05)
        raise NoRegistry(f"{PROGRAM} did not start: {(folder / 'log').read_text()[-500:]}")


store = Store()
