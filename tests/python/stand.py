# SPDX-License-Identifier: Apache-2.0
"""A real broker and other programs under test, on free ports of loopback. All that a stand started ends with it."""

import os
import re
import subprocess
import tempfile
import threading
from pathlib import Path

PATIENCE = 20.0  # seconds until something that must happen counts as one that does not
ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("FAIRLEAD_BIN_DIR", ROOT / "build/dev/bin"))


class Program:
    """A child process whose output can be waited for."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        # The broker takes each FAIRLEAD_ variable as an option of its own and refuses those of the tests.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("FAIRLEAD_")}
        self._process = subprocess.Popen(command, env=inherited | environment, stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._lines: list[str] = []
        self._changed = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def line(self, pattern: str) -> str:
        """The first line of the output that fits, as soon as it is there."""
        def found() -> str | None:
            return next((line for line in self._lines if re.search(pattern, line)), None)

        with self._changed:
            self._changed.wait_for(lambda: found() or self._ended, PATIENCE)
            if line := found():
                return line
        raise AssertionError(f"no line with {pattern!r}:\n{self.output()}")

    def output(self) -> str:
        with self._changed:
            return "".join(self._lines)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def wait(self) -> int:
        """Waits for the end, and for the whole output; the exit code, or minus the signal."""
        code = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._lines.append(line)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()


class Stand:
    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fairlead-python-")
        self._programs: list[Program] = []
        self.broker: Program | None = None
        self.client_address = "127.0.0.1:0"
        self.backplane = "tcp://127.0.0.1:*"

    def start_broker(self, config: str = "", *options: str) -> None:
        """The first start takes free ports, later ones the same again. Without `config`, a TOML text, the broker runs on
        its development profile."""
        settings = [f"websocket.listen={self.client_address}", f"backplane.listen={self.backplane}", *options]
        command = [str(BIN / "fairlead-broker")]
        if config:
            command += ["--config", self.write("broker.toml", config)]
        for setting in settings:
            command += ["--set", setting]
        self.broker = self.start(command)
        ready = self.broker.line(r"ready.*ws://.*tcp://")
        self.client_address = re.search(r"ws://([^/]+)/", ready)[1]  # type: ignore[index]
        self.backplane = re.search(r"tcp://[^\s\",]+", ready)[0]  # type: ignore[index]

    def start(self, command: list[str], **environment: str) -> Program:
        program = Program(command, environment)
        self._programs.append(program)
        return program

    def start_service(self, *command: str) -> Program:
        """A program that is told where the broker is."""
        return self.start(list(command), FAIRLEAD_SDK_BROKERS=self.backplane, FAIRLEAD_SDK_LOG="info",
                          PYTHONPATH=str(ROOT / "sdk/python"), PYTHONUNBUFFERED="1")

    def key(self, name: str) -> str:
        """The public key of a new key file, `path(name)`."""
        keygen = [str(BIN / "fairlead"), "keygen", "--out", self.path(name)]
        made = subprocess.run(keygen, check=True, capture_output=True, text=True).stdout
        return re.search(r'[^\s"]{40}', made)[0]  # type: ignore[index]

    def path(self, name: str) -> str:
        return str(Path(self._folder.name, name))

    def write(self, name: str, text: str) -> str:
        Path(self.path(name)).write_text(text, encoding="utf-8")
        return self.path(name)

    def close(self) -> None:
        for program in reversed(self._programs):
            program.close()
        self._folder.cleanup()
