"""One instance of a group."""

from moto.ec2.models.instances import Instance

from .activities import Activity
from .hooks import Wait


class Member:
    """Among the attributes are those that moto's serializer looks for (Instance, AutoScalingInstanceDetails)."""

    def __init__(
        self,
        group: str,
        instance: Instance,
        launch_template: dict[str, str],
        launch: Activity,
        pool_state: str | None = None,
    ):
        self.auto_scaling_group_name = group
        self.instance_id: str = instance.id
        self.instance_type = instance.instance_type
        self.availability_zone = instance.availability_zone or ""
        self.launch_template = launch_template
        self.launch_configuration_name = None
        # Of the warm pool that it is in; None in the group itself.
        self.pool_state = pool_state
        self.lifecycle_state = f"{self.prefix}Pending"
        self.health_status = "Healthy"
        self.protected_from_scale_in = False

        self.instance = instance
        self.launch = launch
        self.termination: Activity | None = None
        self.waits: dict[str, Wait] = {}
        # Launched before another one goes: one more than desired, until it is the other one's turn.
        self.extra = False
        self.in_service_at: float | None = None

    @property
    def prefix(self) -> str:
        """What the names of its lifecycle states begin with."""
        return "" if self.pool_state is None else "Warmed:"

    @property
    def counts(self) -> bool:
        """Whether it is part of the desired capacity. One that terminates is not, even while it waits in a hook."""
        return self.lifecycle_state.startswith("Pending") or self.in_service

    @property
    def in_service(self) -> bool:
        return self.lifecycle_state == "InService"

    @property
    def on_standby(self) -> bool:
        return self.lifecycle_state in ("EnteringStandby", "Standby")

    @property
    def launches(self) -> bool:
        return self.lifecycle_state.removeprefix("Warmed:").startswith("Pending")

    @property
    def terminates(self) -> bool:
        return self.lifecycle_state.removeprefix("Warmed:").startswith("Terminat")

    @property
    def ready(self) -> bool:
        """Whether it waits in the pool, prepared."""
        return self.lifecycle_state == f"Warmed:{self.pool_state}"

    @property
    def target_state(self) -> str:
        """What the metadata service shows: where it goes, not where it is."""
        if self.terminates:
            return f"{self.prefix}Terminated"
        if self.on_standby:
            return "Standby"
        if self.lifecycle_state == "Detaching":
            return "Detached"
        return f"Warmed:{self.pool_state}" if self.pool_state else "InService"

    @property
    def dead(self) -> bool:
        """Not running, and not because its pool keeps it stopped."""
        state = self.instance.state
        return state not in ("pending", "running") and (self.pool_state is None or state not in ("stopping", "stopped"))

    @property
    def template_age(self) -> tuple[str, int]:
        return self.launch_template["LaunchTemplateId"], int(self.launch_template["Version"])

    def drop_waits(self) -> None:
        for wait in self.waits.values():
            wait.cancel()
        self.waits.clear()

    def wait_with(self, hook: str, token: str | None) -> Wait | None:
        wait = self.waits.get(hook)
        return wait if wait is not None and token in (None, wait.token) else None
