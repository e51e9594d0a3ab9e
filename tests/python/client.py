# SPDX-License-Identifier: Apache-2.0
"""A client of the broker: one WebSocket, the client protocol in JSON. As much as the tests need, blocking."""

import base64
import json
import os
import socket
import struct
from typing import Any

from stand import PATIENCE

_TEXT, _CLOSE = 1, 8


class Client:
    """For one thread."""

    def __init__(self, address: str, path: str = "/connection/websocket") -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), PATIENCE)
        self._input = self._socket.makefile("rb")
        self._upgrade(address, path)
        self._number = 0
        self.pushes: list[Any] = []
        self.id: str = self._ask("connect", {})["client"]

    def rpc(self, topic: str, data: Any) -> Any:
        """The answer; an error of the broker or a service is a LookupError(code, message)."""
        return self._ask("rpc", {"method": topic, "data": data})["data"]

    def subscribe(self, channel: str) -> None:
        self._ask("subscribe", {"channel": channel})

    def send(self, data: Any) -> None:
        """Nobody answers it."""
        self._write({"send": {"data": data}})

    def next_push(self) -> Any:
        """The next publication or message."""
        while not self.pushes:
            self._read()
        return self.pushes.pop(0)

    def close(self) -> None:
        self._input.close()
        self._socket.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _ask(self, command: str, body: Any) -> Any:
        self._number += 1
        self._write({"id": self._number, command: body})
        while True:
            for reply in self._read():
                if reply.get("id") != self._number:
                    continue
                if error := reply.get("error"):
                    raise LookupError(error["code"], error["message"])
                return reply.get(command, {})

    def _upgrade(self, address: str, path: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                             f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
        status = self._input.readline()
        if b" 101 " not in status:
            raise ConnectionError(status)
        while self._input.readline() != b"\r\n":
            pass

    def _write(self, command: Any) -> None:
        text = json.dumps(command).encode()
        assert len(text) < 2**16
        length = bytes([0x80 | len(text)]) if len(text) < 126 else struct.pack("!BH", 0x80 | 126, len(text))
        self._socket.sendall(bytes([0x80 | _TEXT]) + length + bytes(4) + text)  # a mask of zeros changes nothing

    def _read(self) -> list[Any]:
        """The replies of one frame; pings are answered, pushes kept."""
        opcode, length = self._exactly(2)
        if length == 126:
            length = struct.unpack("!H", self._exactly(2))[0]
        elif length == 127:
            length = struct.unpack("!Q", self._exactly(8))[0]
        body = self._exactly(length)
        if opcode & 15 == _CLOSE:
            raise ConnectionError(body[2:].decode())
        replies = [json.loads(line) for line in body.splitlines()]
        for reply in replies:
            if not reply:
                self._write({})
            elif "push" in reply:
                self.pushes.append(reply["push"])
        return replies

    def _exactly(self, size: int) -> bytes:
        data = self._input.read(size)
        if len(data) < size:
            raise ConnectionError("the connection ended")
        return data
