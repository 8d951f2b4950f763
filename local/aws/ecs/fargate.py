"""A Fargate task: processes in namespaces of their own, on the cloud's bridge, from the image's root directory."""

import shutil
import signal
import subprocess
import threading
from pathlib import Path

from moto.logs.models import logs_backends

from ..cloud import ACCOUNT, cloud
from ..lambdas.logs import LogStream
from . import network, pulling, root_filesystem, task_endpoint
from .containers import STOP_TIMEOUT, command_of, environment_of, execution_role_of, log_of
from .names import Record
from .processes import PATH, ContainerProcess
from .root_filesystem import Image
from .tasks import Task
from .users import find_user

NETWORK = Path(__file__).parent / "task-network.sh"
_running: set["FargateRun"] = set()


def stop() -> None:
    for run in list(_running):
        run.kill()


class FargateRun:
    def __init__(self, task: Task):
        self._task = task
        # What a container writes; in memory, as the disks of machines are.
        self._folder = Path("/run/muster/tasks") / task.id
        self._processes: dict[str, ContainerProcess] = {}
        self._codes: dict[str, int] = {}
        self._stopping = False

    def start(self) -> None:
        threading.Thread(target=self._start, daemon=True).start()

    def stop(self) -> None:
        self._stopping = True
        if not self._processes:
            # It pulls still: `_launch` finds that it is not wanted any more.
            return
        for one in self._task.definition["containerDefinitions"]:
            process = self._processes.get(one["name"])
            if process is not None and one["name"] not in self._codes:
                process.signal(signal.SIGTERM)
                cloud().clock.after(one.get("stopTimeout") or STOP_TIMEOUT, process.kill)

    def kill(self) -> None:
        """With the cloud: nothing of it stays."""
        for process in self._processes.values():
            process.kill()
        self._clean()

    def _start(self) -> None:
        container = None
        try:
            images: dict[str, Image] = {}
            for one in self._task.definition["containerDefinitions"]:
                container = one["name"]
                with cloud().lock:
                    source = pulling.find(self._task.region, one["image"])
                images[container] = root_filesystem.fetch(self._task, source)
            with cloud().lock:
                self._launch(images)
        except pulling.PullError as error:
            self._fail(str(error), container)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            self._fail(f"CannotStartContainerError: {error}", container)

    def _launch(self, images: dict[str, Image]) -> None:
        task = self._task
        task.pulled({name: image.digest for name, image in images.items()})
        if self._stopping:
            task.ended({})
            return
        assert task.interface is not None and task.interface.private_ip_address
        for name in images:
            _check_log(task, name)
        _running.add(self)
        words = [network.bridge(), task.interface.private_ip_address, network.gateway()]
        task_endpoint.serve()
        subprocess.run([NETWORK, "up", task.id, *words], check=True, capture_output=True)
        for name, image in images.items():
            self._launch_container(name, image)
        task.started()

    def _launch_container(self, name: str, image: Image) -> None:
        task = self._task
        assert task.interface is not None
        one = next(one for one in task.definition["containerDefinitions"] if one["name"] == name)
        user, groups, home = find_user(image.root, one.get("user") or image.config.get("User") or "")
        own = dict(entry.split("=", 1) for entry in image.config.get("Env") or [])
        hostname = f"ip-{str(task.interface.private_ip_address).replace('.', '-')}"
        environment = {"PATH": PATH, "HOME": home, **own, **environment_of(task, one), "HOSTNAME": hostname}
        spec: Record = {
            "argv": command_of(task, one, image.config),
            "environment": environment,
            "user": user,
            "groups": groups,
            "directory": one.get("workingDirectory") or image.config.get("WorkingDir") or "/",
            "hostname": hostname,
            "address": task.interface.private_ip_address,
        }
        log = log_of(task, name)
        stream = None
        if log is not None:
            stream = LogStream(log["region"], log["group"], log["stream"])
            # Of the driver, which has the execution role.
            role = (execution_role_of(task) or "ecs").rsplit("/", 1)[-1]
            for operation in ("CreateLogStream", "PutLogEvents"):
                cloud().book(role, "logs", operation)

        def ended(code: int) -> None:
            with cloud().lock:
                self._ended(name, code, one["essential"])

        self._processes[name] = ContainerProcess(task.id, self._folder / name, image, spec, stream, ended)

    def _ended(self, name: str, code: int, essential: bool) -> None:
        self._codes[name] = code
        if len(self._codes) == len(self._processes):
            self._clean()
            self._task.ended(self._codes)
        elif essential and not self._stopping:
            self.stop()

    def _fail(self, reason: str, container: str | None) -> None:
        with cloud().lock:
            for process in self._processes.values():
                process.kill()
            self._clean()
            self._task.fail(reason, container)

    def _clean(self) -> None:
        _running.discard(self)
        subprocess.run([NETWORK, "down", self._task.id], check=False, capture_output=True)
        shutil.rmtree(self._folder, ignore_errors=True)


def _check_log(task: Task, name: str) -> None:
    log = log_of(task, name)
    if log is not None and log["group"] not in logs_backends[ACCOUNT][log["region"]].groups:
        raise pulling.PullError(
            "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
            "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist."
        )
