"""A server that answers exactly the bytes it is told to, faults included."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

# a callable writes to the connection itself, and returns True if the connection stays open
Reply = bytes | Callable[[socket.socket], bool | None]


@dataclass
class Received:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedServer:
    """Gives its replies in order, then the last one again. `received` holds what came in."""

    port: int
    replies: list[Reply]
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def reply(
    status: int = 200,
    body: Any = b"",
    headers: dict[str, str] | None = None,
    *,
    claim: int | None = None,
) -> bytes:
    """One HTTP answer; a body that is not bytes goes out as JSON. `claim` overrides Content-Length."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Whatever"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if "Transfer-Encoding" not in (headers or {}):
        lines.append(f"Content-Length: {len(content) if claim is None else claim}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def hang_up_after(data: bytes) -> Reply:
    """Send these bytes and close: an answer that breaks off."""

    def act(connection: socket.socket) -> None:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_RDWR)

    return act


def reset(connection: socket.socket) -> None:
    """Drop the connection hard, without an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def silence(connection: socket.socket) -> None:
    """Accept the request and say nothing until the client leaves."""
    connection.settimeout(10)
    connection.recv(1)


def trickle(data: bytes, pause: float) -> Reply:
    """Send one byte after the other."""

    def act(connection: socket.socket) -> None:
        for number in range(len(data)):
            connection.sendall(data[number : number + 1])
            time.sleep(pause)

    return act


@contextmanager
def scripted_server(*replies: Reply) -> Iterator[ScriptedServer]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = ScriptedServer(listener.getsockname()[1], list(replies))
    threading.Thread(target=_accept, args=(listener, server), daemon=True).start()
    try:
        yield server
    finally:
        # close() alone leaves a thread that is waiting in accept() to take one more
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _accept(listener: socket.socket, server: ScriptedServer) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        server.connections += 1
        threading.Thread(target=_serve, args=(connection, server), daemon=True).start()


def _serve(connection: socket.socket, server: ScriptedServer) -> None:
    try:
        stream = connection.makefile("rb")
        while first := stream.readline().decode():
            method, target, _ = first.split(" ", 2)
            headers = {}
            while (line := stream.readline().decode().strip()) != "":
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = stream.read(int(headers.get("content-length", 0)))
            server.received.append(Received(method, target, headers, body))
            answer = server.next_reply()
            if callable(answer):
                if not answer(connection):
                    return
                continue
            connection.sendall(answer)
    except OSError:
        return
