"""python -m local.aws --host 127.0.0.1 --port 0 --run-dir DIR: AWS in one process, as far as Muster needs it."""

import argparse
import ctypes
import faulthandler
import json
import os
import shutil
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType

# moto reads these at import. Only images that were registered here exist.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
os.environ.setdefault("MOTO_ACCOUNT_ID", "123456789012")

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from . import (
    alarms,
    buckets,
    cloudwatch,
    ec2,
    events,
    images,
    launch_templates,
    parameters,
    scheduler,
    secrets,
    sns,
    spot,
    web_identity,
)
from .autoscaling import api as autoscaling_api
from .autoscaling import backend as autoscaling_backend
from .cloud import Cloud, Options, install
from .codebuild import api as codebuild_api
from .codebuild import builds
from .ecr import api as ecr_api
from .ecr.store import store as registry_store
from .ecs import api as ecs_api
from .ecs import fargate
from .lambdas import api as lambda_api
from .lambdas import urls
from .server import Application
from .ssm import api as ssm_api

PR_SET_PDEATHSIG = 1


class QuietHandler(MotoRequestHandler):
    def setup(self) -> None:
        """A machine that dies says no goodbye: the kernel asks after a minute, so that its connections end."""
        super().setup()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, seconds in ((socket.TCP_KEEPIDLE, 60), (socket.TCP_KEEPINTVL, 10), (socket.TCP_KEEPCNT, 3)):
            self.connection.setsockopt(socket.IPPROTO_TCP, option, seconds)

    def log_request(self, *_: object) -> None:
        """Calls are in /_local/calls."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.aws", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--run-dir", type=Path, required=True, help="for unpacked functions; left clean")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the process that started it does")
    arguments = parser.parse_args()

    options = Options(
        minute_seconds=float(os.environ.get("MUSTER_LOCAL_MINUTE_SECONDS", "60")),
        jwks_url=os.environ.get("MUSTER_LOCAL_JWKS_URL", ""),
    )
    cloud = Cloud(arguments.run_dir, os.environ.get("MUSTER_LOCAL_MACHINES_URL"), options)
    install(cloud)
    if arguments.exit_with_parent:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    buckets.install()
    ec2.install()
    images.install()
    launch_templates.install()
    parameters.install()
    secrets.install()
    autoscaling_backend.install()
    autoscaling_api.install()
    cloudwatch.install()
    alarms.install()
    codebuild_api.install()
    ecr_api.install()
    ecs_api.install()
    lambda_api.install()
    urls.install()
    scheduler.install()
    sns.install()
    events.install()
    spot.install()
    web_identity.install()
    ssm_api.install()

    application = Application(cloud)

    def listen(host: str, port: int) -> BaseWSGIServer:
        server = make_server(host, port, application, threaded=True, request_handler=QuietHandler)
        server.daemon_threads = True  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    server = listen(arguments.host, arguments.port)
    cloud.url = f"http://{arguments.host}:{server.port}"
    cloud.listen = listen
    threading.Thread(target=cloud.clock.run_until_stopped, daemon=True).start()

    done = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        done.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    faulthandler.register(signal.SIGUSR1)
    print(json.dumps({"url": cloud.url}), flush=True)
    done.wait()

    cloud.clock.stop()
    server.shutdown()
    lambda_api.stop()
    builds.stop()
    fargate.stop()
    registry_store.stop()
    cloud.machines.close()
    for folder in ("lambda", "codebuild", "registry", "images", "pulls"):
        shutil.rmtree(arguments.run_dir / folder, ignore_errors=True)
    sys.stdout.flush()
    # Threads that still serve a request, or wait in one, do not hold up the exit.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
