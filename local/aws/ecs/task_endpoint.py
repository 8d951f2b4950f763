"""http://169.254.170.2: credentials of a task's role, and metadata of its containers, as agents of ECS serve them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4.html
"""

import json
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ..cloud import cloud
from ..principals import session_of
from . import network
from .containers import ADDRESS, role_of
from .names import Record
from .tasks import Task, tasks_in_all

PORT = 80
SESSION_SECONDS = 6 * 3600
_PATHS = {
    "credentials": re.compile(r"/v2/credentials/(?P<secret>[\w-]{36})"),
    "container": re.compile(r"/v4/(?P<secret>[\w-]{36})-(?P<name>[\w-]+)"),
    "task": re.compile(r"/v4/(?P<secret>[\w-]{36})-(?P<name>[\w-]+)/task(WithTags)?"),
}
_servers: list[ThreadingHTTPServer] = []
_lock = threading.Lock()


def serve() -> None:
    """From the first task on."""
    with _lock:
        if not _servers:
            network.add_address(ADDRESS)
            server = ThreadingHTTPServer((ADDRESS, PORT), Handler)
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            _servers.append(server)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = answer(self.path.partition("?")[0])
        content = json.dumps(body, default=str).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Paths are secrets."""


def answer(path: str) -> tuple[int, Record]:
    for kind, pattern in _PATHS.items():
        match = pattern.fullmatch(path)
        if match:
            with cloud().lock:
                task = next((task for task in tasks_in_all() if task.secret_path == match["secret"]), None)
                if task is not None and not task.is_stopped:
                    return _answer(kind, task, match)
    return 404, {"code": "InvalidIdInRequest", "message": "CredentialsV2Request: Credentials not found"}


def _answer(kind: str, task: Task, match: re.Match[str]) -> tuple[int, Record]:
    if kind == "credentials":
        return _credentials(task)
    containers = [_container(task, one) for one in task.containers]
    if kind == "container":
        return 200, next((one for one in containers if one["Name"] == match["name"]), {})
    return 200, {
        "Cluster": task.record["clusterArn"],
        "TaskARN": task.arn,
        "Family": task.definition["family"],
        "Revision": str(task.definition["revision"]),
        "DesiredStatus": task.record["desiredStatus"],
        "KnownStatus": task.status,
        "LaunchType": task.record["launchType"],
        "Containers": containers,
    }


def _container(task: Task, one: Record) -> Record:
    return {
        "Name": one["name"],
        "DockerId": one.get("runtimeId", ""),
        "Image": one["image"],
        "ImageID": one.get("imageDigest", ""),
        "KnownStatus": one["lastStatus"],
        "Labels": {"com.amazonaws.ecs.task-arn": task.arn, "com.amazonaws.ecs.container-name": one["name"]},
    }


def _credentials(task: Task) -> tuple[int, Record]:
    role = role_of(task)
    if role is None:
        return 400, {"code": "NoIdInRequest", "message": "The task has no role."}
    session = session_of(role, task.id, task.region, SESSION_SECONDS)
    expires = cloud().clock.utc() + timedelta(seconds=SESSION_SECONDS)
    return 200, {
        "RoleArn": role,
        "AccessKeyId": session["AWS_ACCESS_KEY_ID"],
        "SecretAccessKey": session["AWS_SECRET_ACCESS_KEY"],
        "Token": session["AWS_SESSION_TOKEN"],
        "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
