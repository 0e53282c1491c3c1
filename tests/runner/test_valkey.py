import os
import signal

import pytest
import redis

from acorn.runner.home import Home
from acorn.runner.supervisor import Supervisor
from acorn.runner.valkey import Valkey


def test_killed_broker_starts_again_with_its_messages(home: Home, supervisor: Supervisor, broker: Valkey) -> None:
    supervisor.start(broker.program())
    redis.from_url(broker.url()).rpush("default", "message")
    [entry] = home.left_over()

    os.kill(entry["pid"], signal.SIGKILL)

    def again() -> bool:
        return any(each["pid"] != entry["pid"] for each in home.left_over()) and broker.is_ready()

    assert supervisor.watch_until(again, 30)
    assert redis.from_url(broker.url()).lrange("default", 0, -1) == [b"message"]


def test_nobody_enters_without_the_password(supervisor: Supervisor, broker: Valkey) -> None:
    supervisor.start(broker.program())

    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=broker.port, retry=None).ping()


def test_password_is_not_on_the_command_line(home: Home, broker: Valkey) -> None:
    assert home.secret("valkey") not in " ".join(broker.program().command)
