"""The process of one container of a Fargate task."""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from ..lambdas.logs import LogStream
from ..processes import spawn
from .names import Record
from .root_filesystem import Image

HERE = Path(__file__).parent
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class ContainerProcess:
    """Starts at once; `ended` is called with its exit code, in a thread."""

    def __init__(
        self,
        network: str,
        folder: Path,
        image: Image,
        spec: Record,
        log: LogStream | None,
        ended: Callable[[int], None],
    ):
        self._log, self._ended = log, ended
        self._killed = False
        (folder / "etc").mkdir(parents=True)
        (folder / "etc" / "hosts").write_text(f"127.0.0.1 localhost\n{spec['address']} {spec['hostname']}\n")
        (folder / "etc" / "hostname").write_text(f"{spec['hostname']}\n")
        (folder / "etc" / "resolv.conf").write_text("")
        (folder / "spec.json").write_text(json.dumps({**spec, "root": str(folder / "root")}))
        # It has what the task was told, a secret's name among it.
        (folder / "spec.json").chmod(0o600)
        read_end, write_end = os.pipe()
        self._process = spawn(
            [
                *["ip", "netns", "exec", network, "unshare", "--mount", "--uts", "--ipc", "--pid", "--fork"],
                *["--kill-child=KILL", str(HERE / "run-container.sh")],
                *[str(image.root), str(folder), spec["hostname"], sys.executable],
            ],
            {"PATH": PATH},
            folder,
            write_end,
        )
        os.close(write_end)
        reader = threading.Thread(target=self._read, args=[read_end], daemon=True)
        reader.start()
        threading.Thread(target=self._wait, args=[reader], daemon=True).start()

    def signal(self, number: int) -> None:
        """To the first process of the container alone, as ECS does."""
        pid = self._child()
        if pid is not None:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def kill(self) -> None:
        """With its first process goes everything of the container."""
        self._killed = True
        self.signal(signal.SIGKILL)
        if self._process.poll() is None and self._child() is None:
            self._process.kill()

    def _child(self) -> int | None:
        """`ip netns exec` became `unshare`, whose only child is the container's first process."""
        pid = self._process.pid
        try:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        except OSError:
            return None
        return int(children[0]) if children else None

    def _read(self, source: int) -> None:
        with os.fdopen(source, "rb", buffering=0) as output:
            while chunk := output.read(65536):
                if self._log is not None:
                    self._log.write(chunk)
        if self._log is not None:
            self._log.close()

    def _wait(self, reader: threading.Thread) -> None:
        code = self._process.wait()
        reader.join(timeout=5)
        # unshare ends of the signal that its child ended of, or fails when that was SIGKILL.
        if self._killed and code != 0:
            code = -signal.SIGKILL
        self._ended(code if code >= 0 else 128 - code)
