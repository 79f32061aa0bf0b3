"""Each message goes to one queue."""

from __future__ import annotations

import pytest
from kombu import Connection, Exchange, Producer, Queue

from config.celery import app


def _lengths(queues: list[Queue], name: str) -> dict[str, int]:
    """How many messages lie in each of QUEUES after one was sent to the queue NAME."""
    with Connection("memory://") as connection:
        channel = connection.channel()
        bound = [queue.bind(channel) for queue in queues]
        for queue in bound:
            queue.declare()
            queue.purge()
        target = next(queue for queue in bound if queue.name == name)
        Producer(channel).publish(
            {}, exchange=target.exchange, routing_key=target.routing_key, declare=[target]
        )
        return {queue.name: queue.queue_declare(passive=True).message_count for queue in bound}


@pytest.mark.parametrize("name", ["celery", "artifacts", "pictures"])
def test_a_message_lies_in_its_own_queue_alone(name: str) -> None:
    lengths = _lengths(list(app.amqp.queues.values()), name)
    assert lengths == {"celery": 0, "artifacts": 0, "pictures": 0} | {name: 1}


def test_without_keys_of_their_own_each_queue_would_get_it() -> None:
    shared = Exchange("shared-by-all")
    queues = [Queue(f"all-{name}", shared, routing_key="celery") for name in ("one", "two")]
    assert _lengths(queues, "all-one") == {"all-one": 1, "all-two": 1}


def test_reading_and_pictures_have_queues_of_their_own() -> None:
    route = app.amqp.router.route
    assert route({}, "sources.make_artifact")["queue"].name == "artifacts"
    assert route({}, "sources.take_picture")["queue"].name == "pictures"
    assert route({}, "sources.capture")["queue"].name == "celery"
