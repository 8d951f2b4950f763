"""What a lifecycle hook sends to its topic.

https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from moto.autoscaling.exceptions import ValidationError
from moto.iam.models import iam_backends
from moto.sns.models import sns_backends

from .. import sns
from ..cloud import ACCOUNT, cloud
from .hooks import LAUNCHING, LifecycleHook, Wait

if TYPE_CHECKING:
    from .group import Group
    from .member import Member


def check_target(hook: LifecycleHook) -> None:
    """Before the hook is put: what AWS finds out with its test message."""
    target, role = hook.notification_target_arn, hook.role_arn
    if not target:
        return
    if target.split(":")[2:3] != ["sns"]:
        raise NotImplementedError(f"The local AWS notifies SNS topics only, not {target}.")
    if not role:
        # AWS wants both as well; its words are not known.
        raise ValidationError(f"A hook with the notification target {target} needs a RoleARN.")
    topics = sns_backends[ACCOUNT][target.split(":")[3]].topics
    roles = iam_backends[ACCOUNT]["aws"].roles.values()
    if target not in topics or role not in [known.arn for known in roles]:
        raise ValidationError(
            f"Unable to publish test message to notification target {target} using IAM role {role}. "
            "Please check your target and role configuration and try to put lifecycle hook again."
        )


def send_test(group: Group, hook: LifecycleHook) -> None:
    message = {**_common(group), "Event": "autoscaling:TEST_NOTIFICATION", "AutoScalingGroupARN": group.arn}
    _publish(hook, message, f'Auto Scaling: test notification for group "{group.name}"')


def send_wait(group: Group, member: Member, wait: Wait, from_pool: bool) -> None:
    """`from_pool`: the instance waits on its way out of the warm pool."""
    hook = wait.hook
    inside = "AutoScalingGroup" if member.pool_state is None else "WarmPool"
    launching = hook.lifecycle_transition == LAUNCHING
    message = {
        **_common(group),
        "Origin": ("WarmPool" if from_pool else "EC2") if launching else inside,
        "Destination": inside if launching else "EC2",
        "LifecycleHookName": hook.lifecycle_hook_name,
        "LifecycleTransition": hook.lifecycle_transition,
        "LifecycleActionToken": wait.token,
        "EC2InstanceId": member.instance_id,
    }
    if hook.notification_metadata:
        message["NotificationMetadata"] = hook.notification_metadata
    transition = "LAUNCHING" if launching else "TERMINATING"
    _publish(
        hook,
        message,
        f"Auto Scaling:  Lifecycle action '{transition}' for instance {member.instance_id} in progress.",
    )


def _common(group: Group) -> dict[str, Any]:
    return {
        "Service": "AWS Auto Scaling",
        "Time": cloud().clock.utc().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "RequestId": str(uuid.uuid4()),
        "AccountId": ACCOUNT,
        "AutoScalingGroupName": group.name,
    }


def _publish(hook: LifecycleHook, message: dict[str, Any], subject: str) -> None:
    if hook.notification_target_arn and hook.role_arn:
        sns.publish(hook.notification_target_arn, message, hook.role_arn.rsplit("/", 1)[-1], subject)
