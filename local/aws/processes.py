"""Processes that end with the local AWS, whatever ends it."""

import ctypes
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# A child gets its parent-death signal when the *thread* that made it ends: so one thread that lasts makes them all.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawn")
_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


def spawn(command: list[str], variables: dict[str, str], cwd: Path, output: int) -> "subprocess.Popen[bytes]":
    """In a session of its own; `output` is the file descriptor of both its outputs."""
    return _spawner.submit(_spawn, command, variables, cwd, output).result()


def _spawn(command: list[str], variables: dict[str, str], cwd: Path, output: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        env=variables,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        preexec_fn=lambda: _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL),
        start_new_session=True,
    )
