"""SNS: what is published reaches the functions that subscribed, and can be looked up in /_local/events."""

import json
from typing import Any

from moto.sns.models import SNSBackend, Subscription, Topic, sns_backends

from .cloud import ACCOUNT, cloud
from .lambdas.deliveries import deliver

# Of a message, in its event: a hook's is whole.
TEXT_LENGTH = 2000

_moto_topic_publish = Topic.publish
_moto_publish = Subscription.publish


def install() -> None:
    Topic.publish = _topic_publish  # type: ignore[method-assign]
    Subscription.publish = _publish  # type: ignore[assignment, method-assign]


def publish(topic_arn: str, message: dict[str, Any], principal: str, subject: str = "") -> None:
    """What a service of AWS publishes with a role of ours, `principal`. Returns at once, also where the lock is held.

    Nobody is told of a failure: with a fault on sns:Publish, or without the topic, the message is lost.
    """
    text = json.dumps(message)
    fault = cloud().faults.take("sns", "Publish", f"{topic_arn} {text}")
    code: str | None = None
    if fault is not None and fault.status is not None:
        code = fault.code
    elif fault is not None and fault.delay_ms:
        cloud().clock.after(fault.delay_ms / 1000, lambda: _send_late(topic_arn, text, subject))
    else:
        code = _send(topic_arn, text, subject)
    if code is not None:
        cloud().event("publish-failed", None, topic=topic_arn.split(":")[-1], reason=code, text=text[:TEXT_LENGTH])
    cloud().calls.append(
        {
            "time": cloud().clock.utc().isoformat(),
            "principal": principal,
            "service": "sns",
            "operation": "Publish",
            "status": 200 if code is None else 400,
            "code": code,
        }
    )


def _send(topic_arn: str, text: str, subject: str) -> str | None:
    """The code of an error, if any."""
    with cloud().lock:
        topics: SNSBackend = sns_backends[ACCOUNT][topic_arn.split(":")[3]]
        if topic_arn not in topics.topics:
            return "NotFound"
        topics.publish(text, arn=topic_arn, subject=subject or None)
        return None


def _send_late(topic_arn: str, text: str, subject: str) -> None:
    _send(topic_arn, text, subject)


def _topic_publish(self: Topic, message: str, subject: str | None = None, *args: Any, **kwargs: Any) -> str:
    cloud().event("published", None, topic=self.name, subject=subject, text=message[:TEXT_LENGTH])
    return _moto_topic_publish(self, message, subject, *args, **kwargs)


def _publish(self: Subscription, message: str, message_id: str, **kwargs: Any) -> None:
    if self.protocol != "lambda":
        _moto_publish(self, message, message_id, **kwargs)
        return
    attributes = kwargs.get("message_attributes") or {}
    if self._filter_policy_matcher is not None and not self._filter_policy_matcher.matches(attributes, message):
        return
    if kwargs.get("message_structure") == "json":
        message = self._parse_message_structure(message, self.protocol)
    event = to_event(self, message, message_id, kwargs.get("subject"), attributes)
    deliver(self.endpoint, json.dumps(event).encode(), "sns.amazonaws.com", self.topic.arn)


def to_event(
    subscription: Subscription, message: str, message_id: str, subject: str | None, attributes: dict[str, Any]
) -> dict[str, Any]:
    """What the function gets: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html"""
    topic = subscription.topic
    region = topic.sns_backend.region_name
    notification = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": topic.arn,
        "Subject": subject,
        "Message": message,
        "Timestamp": cloud().clock.utc().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "SignatureVersion": "1",
        "Signature": "not signed by the local AWS",
        "SigningCertUrl": f"https://sns.{region}.amazonaws.com/SimpleNotificationService-local.pem",
        "UnsubscribeUrl": f"https://sns.{region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={subscription.arn}",
        "MessageAttributes": attributes,
    }
    return {
        "Records": [
            {
                "EventSource": "aws:sns",
                "EventVersion": "1.0",
                "EventSubscriptionArn": subscription.arn,
                "Sns": notification,
            }
        ]
    }
