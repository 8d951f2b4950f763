"""What the services share. moto makes its backends itself, so they find it here instead of being given it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .clock import Clock
from .faults import Faults
from .journal import Journal
from .machines import Machines

ACCOUNT = "123456789012"


@dataclass
class Options:
    """What AWS leaves open or does in its own time. Durations in seconds."""

    # AWS notices a dead instance within minutes.
    health_check_seconds: float = 2.0
    # First pause after a failed or abandoned launch; doubled with each further one.
    launch_retry_seconds: float = 2.0
    launch_retry_max_seconds: float = 60.0
    # How long zones are uneven before AZRebalance evens them out; minutes on AWS.
    rebalance_seconds: float = 60.0
    # From EnteringStandby to Standby, from Standby to InService, from Detaching to Detached.
    standby_seconds: float = 1.0
    # What EC2 has none of, on demand and as spot: instance types, zones, names of groups; "*" for all.
    no_capacity: list[str] = field(default_factory=list)
    no_spot_capacity: list[str] = field(default_factory=list)
    # Quotas of the account, in instances.
    on_demand_limit: int | None = None
    spot_limit: int | None = None
    # Length of the minute of rate() schedules.
    minute_seconds: float = 60.0
    # Not confirmed for AWS: whether an abandoned launch passes through the terminating hook.
    abandoned_runs_terminating_hook: bool = False
    # Not confirmed for AWS: whether an instance that is already dead still waits in the terminating hook.
    dead_instance_waits: bool = False
    # Not said: whether terminating an instance in Standby with decrement lowers a desired that does not count it.
    standby_termination_decrements: bool = False
    # Not said: whether an InstancesDistribution with some of its members leaves the others, or takes their defaults.
    distribution_update_merges: bool = True
    # AWS has a state for it, Warmed:Terminating:Wait, but an instance that is stopped cannot complete its hook.
    stopped_instance_waits: bool = True
    # Not said for scheduled actions: whether one whose hour the clock skips fires when it goes on (and twice in autumn).
    skipped_hour_fires: bool = False
    # What becomes of an SSM command whose agent does not answer. All were seen on AWS: it is `delayed` until it times out,
    # `undeliverable` at once, or `refused` with InvalidInstanceId.
    unreachable_agent: str = "delayed"
    # GetCommandInvocation knows a command only a moment after SendCommand.
    command_visible_seconds: float = 0.2
    # From a Fargate task's start to its network interface, and from its end to STOPPED; tens of seconds on AWS.
    ecs_provisioning_seconds: float = 0.2
    ecs_deprovisioning_seconds: float = 0.2
    # How long tasks take to end that are records only.
    ecs_stop_seconds: float = 0.1
    # How often managed scaling looks (a minute on AWS), and after how long it lets an idle instance go (15 minutes).
    ecs_scaling_seconds: float = 1.0
    ecs_scale_in_seconds: float = 30.0
    # With how many instances it begins when there is none: AWS's documents say two.
    ecs_first_step: int = 2
    # Silence after which an agent is not connected, in real seconds.
    ecs_agent_lost_seconds: float = 30.0
    # Where the keys of OpenID Connect's provider are, whatever its name says.
    jwks_url: str = ""
    # Images that tasks find without a registry, as skopeo names where they are: {"name:tag": "oci:/folder"}.
    ecs_images: dict[str, str] = field(default_factory=dict)
    # Whether tasks that are records only run images that the registry does not have.
    ecs_any_image: bool = False
    # Host and port by which everybody names the registry (ECR); "": those of this server.
    registry_host: str = ""
    # Before the PATH of builds: commands of the local cloud that stand in for those of the build's image.
    build_path: str = ""
    # More variables of builds, weaker than those of project and buildspec.
    build_environment: dict[str, str] = field(default_factory=dict)


class Cloud:
    def __init__(self, run_dir: Path, machines_url: str | None, options: Options):
        self.run_dir = run_dir
        self.options = options
        # moto is not thread-safe: whoever touches its state holds this.
        self.lock = threading.RLock()
        self.clock_file = run_dir.absolute() / "clock-offset-ms"
        self.clock = Clock(self.lock, offset_file=self.clock_file)
        self.calls = Journal()
        self.events = Journal()
        self.faults = Faults()
        self.machines = Machines(machines_url)
        self.url = ""
        # Serves the same at another host and port.
        self.listen: Callable[[str, int], object] = lambda _, __: None
        self._request = threading.local()

    @property
    def principal(self) -> str | None:
        """Who makes the request that this thread serves; None in a timer."""
        return getattr(self._request, "principal", None)

    @principal.setter
    def principal(self, value: str | None) -> None:
        self._request.principal = value

    def book(self, principal: str, service: str, operation: str, status: int = 200, code: str | None = None) -> None:
        """A call for /_local/calls."""
        self.calls.append(
            {
                "time": self.clock.utc().isoformat(),
                "principal": principal,
                "service": service,
                "operation": operation,
                "status": status,
                "code": code,
            }
        )

    def event(self, event: str, group: str | None, instance_id: str | None = None, **detail: Any) -> None:
        self.events.append(
            {
                "time": self.clock.utc().isoformat(),
                "group": group,
                "instanceId": instance_id,
                "event": event,
                "detail": detail,
            }
        )


@dataclass
class _Holder:
    cloud: Cloud | None = field(default=None)


_holder = _Holder()


def install(cloud: Cloud) -> None:
    _holder.cloud = cloud


def cloud() -> Cloud:
    if _holder.cloud is None:
        raise RuntimeError("No local cloud was installed: call install() first.")
    return _holder.cloud
