"""One build: its phases, run by a shell on this machine."""

import os
import shutil
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..cloud import cloud
from ..lambdas.logs import LogStream
from ..processes import spawn
from .buildspec import PHASES, Buildspec, BuildspecError, Phase, parse_buildspec
from .source import SourceError, unpack_source
from .variables import to_variables


class Stopped(Exception):
    """The build was stopped, or took too long."""


class Build:
    """`record` is what BatchGetBuilds shows; it is changed under the cloud's lock."""

    def __init__(
        self, record: dict[str, Any], region: str, variables: list[dict[str, str]], ended: Callable[["Build"], None]
    ):
        self.record = record
        self.id: str = record["id"]
        self._region = region
        self._variables = variables
        self._ended = ended
        self._root = cloud().run_dir / "codebuild" / uuid.uuid4().hex[:12]
        self._log: LogStream
        self._process: subprocess.Popen[bytes] | None = None
        self._stop: str | None = None
        self._deadline = time.time() + 60 * int(record["timeoutInMinutes"])
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def running(self) -> bool:
        return not self.record["buildComplete"]

    def start(self) -> None:
        self._thread.start()

    def stop(self, status: str = "STOPPED") -> None:
        if self._stop is None:
            self._stop = status
        self._kill()

    def kill(self) -> None:
        """With the cloud: nothing of it stays."""
        self.stop()
        self._thread.join(timeout=2)
        shutil.rmtree(self._root, ignore_errors=True)

    def _kill(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)

    def _run(self) -> None:
        succeeded = False
        try:
            logs = self.record["logs"]
            self._log = LogStream(self._region, logs["groupName"], logs["streamName"])
            succeeded = self._run_phases()
        except Stopped:
            self._end_phase(self._stop or "STOPPED")
        except Exception as error:  # whatever breaks is the build's failure, not the cloud's
            self._fail_phase("LOCAL_CLOUD_ERROR", f"{type(error).__name__}: {error}")
        shutil.rmtree(self._root, ignore_errors=True)
        with cloud().lock:
            self._phase("FINALIZING")
            self._end_phase("SUCCEEDED")
            self._phase("COMPLETED")
            self.record["buildStatus"] = self._stop or ("SUCCEEDED" if succeeded else "FAILED")
            self.record["endTime"] = cloud().clock.utc()
            self.record["buildComplete"] = True
            self._ended(self)

    def _run_phases(self) -> bool:
        for name in ("SUBMITTED", "QUEUED", "PROVISIONING"):
            self._phase(name)
            self._end_phase("SUCCEEDED")
        self._phase("DOWNLOAD_SOURCE")
        try:
            source = self._root / "src"
            unpack_source(self.record["source"], self.record.get("sourceVersion"), source)
            spec = self._read_buildspec(source)
            variables = to_variables(spec, self.record, self._variables, self._region, source)
        except SourceError as error:
            return self._fail_phase("CLIENT_ERROR", str(error))
        except BuildspecError as error:
            return self._fail_phase("YAML_FILE_ERROR", str(error))
        self._end_phase("SUCCEEDED")
        succeeding = True
        for name in PHASES:
            if not succeeding and name != "post_build":
                continue
            self._phase(name.upper())
            variables["CODEBUILD_BUILD_SUCCEEDING"] = "1" if succeeding else "0"
            phase = spec.phases[name]
            if not self._run_phase(spec.shell, name, phase, variables):
                # As CodeBuild's phase transitions: only a failed build goes on to post_build.
                if name != "build" or phase.aborts:
                    return False
                succeeding = False
        # Always attempted, as on AWS; there are none to upload here.
        self._phase("UPLOAD_ARTIFACTS")
        self._end_phase("SUCCEEDED")
        return succeeding

    def _run_phase(self, shell: str, name: str, phase: Phase, variables: dict[str, str]) -> bool:
        failure = None
        for commands in (phase.commands, phase.lasts):
            for command in commands:
                status = self._command(shell, command, variables)
                if status != 0:
                    failure = failure or f"Error while executing command: {command}. Reason: exit status {status}"
                    break
        if failure is not None:
            return self._fail_phase("COMMAND_EXECUTION_ERROR", failure)
        self._end_phase("SUCCEEDED")
        return True

    def _command(self, shell: str, command: str, variables: dict[str, str]) -> int:
        """The exit status. It runs where, and with the variables with which, the command before ended, as in one shell."""
        self._log.put([f"[Container] {cloud().clock.utc():%Y/%m/%d %H:%M:%S} Running command {command}"])
        (self._root / "command").write_text(command + "\n")
        state = self._root / "state"
        script = f'trap \'s=$?; {{ pwd; env -0; }} >"{state}"; exit $s\' EXIT; . "{self._root}/command"'
        read_end, write_end = os.pipe()
        with os.fdopen(read_end, "rb") as output:
            process = spawn([shell, "-c", script], variables, Path(variables["PWD"]), write_end)
            self._process = process
            os.close(write_end)
            watch = threading.Timer(max(0.0, self._deadline - time.time()), self.stop, ["TIMED_OUT"])
            watch.daemon = True
            watch.start()
            if self._stop is not None:
                self._kill()
            # What a command leaves in the background holds its output open: it does not hold up the build.
            reader = threading.Thread(target=self._read, args=[output], daemon=True)
            reader.start()
            status = process.wait()
            reader.join(timeout=1)
            watch.cancel()
        self._log.close()
        if self._stop is not None:
            raise Stopped
        if state.exists():
            folder, _, env = state.read_bytes().partition(b"\n")
            pairs = (entry.partition(b"=") for entry in env.split(b"\0") if b"=" in entry)
            variables.clear()
            variables.update({os.fsdecode(key): os.fsdecode(value) for key, _, value in pairs})
            variables["PWD"] = os.fsdecode(folder)
        return status

    def _read(self, output: Any) -> None:
        try:
            while chunk := os.read(output.fileno(), 65536):
                self._log.write(chunk)
        except (OSError, ValueError):  # closed
            pass

    def _read_buildspec(self, source: Path) -> Buildspec:
        text = self.record["source"].get("buildspec") or "buildspec.yml"
        if "\n" in text or text.lstrip().startswith(("version", "{")):
            return parse_buildspec(text)
        if not (source / text).is_file():
            raise BuildspecError(f"YAML_FILE_ERROR: stat {text}: no such file or directory")
        return parse_buildspec((source / text).read_text())

    # Phases as BatchGetBuilds shows them.
    def _phase(self, name: str) -> None:
        with cloud().lock:
            self.record["currentPhase"] = name
            self.record["phases"].append({"phaseType": name, "startTime": cloud().clock.utc()})

    def _end_phase(self, status: str, code: str = "", message: str = "") -> None:
        with cloud().lock:
            phase, now = self.record["phases"][-1], cloud().clock.utc()
            phase.update(phaseStatus=status, endTime=now, contexts=[{"statusCode": code, "message": message}])
            phase["durationInSeconds"] = int((now - phase["startTime"]).total_seconds())

    def _fail_phase(self, code: str, message: str) -> bool:
        if hasattr(self, "_log"):
            self._log.put([f"Phase context status code: {code} Message: {message}"])
        if self.record["phases"]:
            self._end_phase("FAILED", code, message)
        return False
