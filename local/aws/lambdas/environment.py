"""One execution environment: a process that runs one function, and the Runtime API it asks for work."""

import os
import queue
import shutil
import signal
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ..cloud import cloud
from ..processes import spawn

BOOTSTRAP = Path(__file__).parent.parent / "lambda_bootstrap.js"
RUNTIME_PATH = "/2018-06-01/runtime/"

# AWS's limit for loading a function, outside of its own timeout; more generous for a machine that also boots others.
INIT_SECONDS = 30.0


@dataclass
class Invocation:
    payload: bytes
    timeout: float
    function_arn: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    # Set when the function takes it.
    deadline: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """`error` None: the function returned `payload`. Otherwise what went wrong, as AWS names it."""

    payload: bytes
    error: str | None


class Environment:
    """Takes one invocation at a time. Dead after a timeout or an exit of the process."""

    def __init__(self, variables: dict[str, str], cwd: Path, on_output: Callable[[bytes], None]):
        self._work: queue.Queue[Invocation] = queue.Queue()
        self._outcome: queue.Queue[Outcome] = queue.Queue()
        self._current: Invocation | None = None
        self._ready = threading.Event()
        self._on_output = on_output
        self._output_lock = threading.Lock()
        self._api = _serve(self)
        # Only what AWS gives a function: nothing of the local machine's environment but the way to node.
        variables = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "TZ": ":UTC",
            "LANG": "en_US.UTF-8",
            **variables,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._api.server_port}",
            # The bootstrap takes it out before it loads the function.
            "LOCAL_CLOCK_FILE": str(cloud().clock_file),
        }
        read_end, write_end = os.pipe()
        os.set_blocking(read_end, False)
        self._output = read_end
        self._process = spawn([_node(variables), str(BOOTSTRAP)], variables, cwd, write_end)
        os.close(write_end)

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def run(self, invocation: Invocation) -> Outcome:
        self._current = invocation
        init_limit = time.time() + INIT_SECONDS
        while not self._ready.wait(0.01) and self.alive and time.time() < init_limit:
            self.pump_output()
        invocation.deadline = time.time() + invocation.timeout
        self._work.put(invocation)
        while True:
            try:
                outcome = self._outcome.get(timeout=min(0.05, max(0.001, invocation.deadline - time.time())))
                break
            except queue.Empty:
                self.pump_output()
            if not self.alive:
                outcome = self._exited(invocation)
                break
            if time.time() >= invocation.deadline:
                self.pump_output()
                self.kill()
                outcome = Outcome(b"", "Sandbox.Timedout")
                break
        self._current = None
        self.pump_output()
        return outcome

    def _exited(self, invocation: Invocation) -> Outcome:
        try:  # it may have answered and then gone
            return self._outcome.get_nowait()
        except queue.Empty:
            message = f"RequestId: {invocation.id} Error: Runtime exited with exit status {self._process.returncode}"
            return Outcome(message.encode(), "Runtime.ExitError")

    def memory_mb(self) -> int:
        """The most it ever held."""
        try:
            for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) // 1024
        except OSError:
            pass
        return 0

    def kill(self) -> None:
        if self.alive:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._api.shutdown()
        self._api.server_close()
        with self._output_lock:
            if self._output >= 0:
                os.close(self._output)
                self._output = -1

    def pump_output(self) -> None:
        with self._output_lock:
            while self._output >= 0:
                try:
                    chunk = os.read(self._output, 65536)
                except BlockingIOError:
                    return
                if not chunk:
                    return
                self._on_output(chunk)

    # The Runtime API's side.
    def next(self) -> Invocation:
        self._ready.set()
        return self._work.get()

    def answer(self, path: str, body: bytes) -> None:
        if path == "init/error":
            self._outcome.put(Outcome(body, "Runtime.InitError"))
        elif self._current is not None and path.startswith(f"invocation/{self._current.id}/"):
            self._outcome.put(Outcome(body, None if path.endswith("/response") else "Unhandled"))


def _serve(environment: Environment) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            invocation = environment.next()
            self._reply(
                200,
                invocation.payload,
                {
                    "Lambda-Runtime-Aws-Request-Id": invocation.id,
                    "Lambda-Runtime-Deadline-Ms": str(int(invocation.deadline * 1000)),
                    "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
                },
            )

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            environment.answer(self.path.removeprefix(RUNTIME_PATH), body)
            self._reply(202, b"{}", {})

        def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet: the function's own output is its log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


def _node(variables: dict[str, str]) -> str:
    node = shutil.which("node", path=variables["PATH"])
    if node is None:
        raise RuntimeError("node was not found on the PATH: the local AWS needs it to run functions.")
    return node
