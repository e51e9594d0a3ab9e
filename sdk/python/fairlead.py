# SPDX-License-Identifier: Apache-2.0
"""Services behind a Fairlead broker: answer requests, hear and emit events, publish to clients.

    import fairlead

    service = fairlead.Service("orders", "1.0.0")

    @service.on("orders.create")
    def create(request: fairlead.Request) -> dict:
        if request.payload["qty"] < 1:
            raise fairlead.Error(1422, "qty must be positive")  # 1000-1999 are the application's
        service.publish("shop:feed", request.payload)
        return request.payload

    @service.listen("payments.*")
    def paid(event: fairlead.Event) -> None:
        print(event.topic, event.payload)

    raise SystemExit(service.run())  # until SIGTERM: takes no more, finishes, leaves

Payloads are what MessagePack has: None, bool, int, float, str, bytes, list, dict. All times are seconds.

Handlers and listeners run on a small pool of threads, several at once. One further thread talks to the broker; of
user code only the callbacks of futures run there, and they must not block. All functions may be called from any
thread unless they say otherwise. What happens is told to the logger `fairlead`.

Spoken is version 1 of docs/backplane-protocol.md, by its names.
"""

import heapq
import itertools
import logging
import os
import random
import re
import signal
import socket
import stat
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple, TypeVar, get_args, get_origin

import msgpack
import zmq
from zmq.utils.monitor import recv_monitor_message

__all__ = ["Caller", "Error", "Event", "Receipt", "Request", "Service"]

_log = logging.getLogger("fairlead")


# ---- Errors

ERRORS = {
    1: "deadline passed",
    2: "no broker is reachable",
    3: "the service was stopped",
    100: "internal server error",
    101: "unauthorized",
    102: "unknown channel",
    103: "permission denied",
    104: "not found",
    105: "already subscribed",
    106: "limit exceeded",
    107: "bad request",
    108: "not available",
    109: "token expired",
    110: "position expired",
    111: "overloaded",
    112: "unrecoverable position",
}
DEADLINE, UNAVAILABLE, STOPPED, INTERNAL, BAD_REQUEST, OVERLOADED = 1, 2, 3, 100, 107, 111
_TEMPORARY = {UNAVAILABLE, INTERNAL, OVERLOADED}
_MAX_MESSAGE_BYTES = 4096


class Error(Exception):
    """What a request, call or publication ends with instead of success.

    A handler raises one to answer with it: its code is of 400-1999 (1000-1999 are the application's) or one of
    `ERRORS` from 100 on. `temporary` says that trying the same again may help.
    """

    def __init__(self, code: int, message: str = "", temporary: bool | None = None) -> None:
        self.code = code
        self.message = message or ERRORS.get(code, "")
        self.temporary = code in _TEMPORARY if temporary is None else temporary
        super().__init__(f"{self.code}: {self.message}")

    def sendable(self) -> "Error":
        """This one if a handler may answer with it, else an error 100 in its place."""
        own = self.code in ERRORS
        if not (400 <= self.code <= 1999 or (own and self.code >= INTERNAL)):
            return Error(INTERNAL, temporary=own and self.temporary)
        text = self.message.encode("utf-8", "replace")[:_MAX_MESSAGE_BYTES]
        return Error(self.code, text.decode("utf-8", "ignore"), self.temporary)


def _unknown_outcome(why: str) -> Error:
    return Error(INTERNAL, f"outcome unknown: {why}", temporary=False)


# ---- Types of fields. Each annotation has the function that checks what came in.


class BadFrame(ValueError):
    """A header that cannot be read. The text says where and why."""


class OtherVersion(BadFrame):
    """A header of another version of the protocol."""


class _Pairs(list[tuple[Any, Any]]):
    """A map of a header: its keys may be anything where a later version put it."""


def _integer(least: int, most: int) -> Callable[[Any, str], int]:
    def check(value: Any, place: str) -> int:
        if type(value) is not int or not least <= value <= most:
            raise BadFrame(f"{place}: expected an integer from {least} to {most}")
        return value

    return check


def _exactly(kind: type, name: str) -> Callable[[Any, str], Any]:
    def check(value: Any, place: str) -> Any:
        if type(value) is not kind:
            raise BadFrame(f"{place}: expected {name}")
        return value

    return check


def _array_of(check: Callable[[Any, str], Any]) -> Callable[[Any, str], list[Any]]:
    def check_all(value: Any, place: str) -> list[Any]:
        if type(value) is not list:
            raise BadFrame(f"{place}: expected an array")
        return [check(item, f"{place}[{i}]") for i, item in enumerate(value)]

    return check_all


_check_str = _exactly(str, "a str")


def _check_map(value: Any, place: str) -> dict[str, str]:
    if type(value) is not _Pairs:
        raise BadFrame(f"{place}: expected a map")
    return {_check_str(key, place): _check_str(item, place) for key, item in value}


_check_u32 = _integer(0, 2**32 - 1)
_check_u64 = _integer(0, 2**64 - 1)

U32 = Annotated[int, _check_u32]
U64 = Annotated[int, _check_u64]
Ms = Annotated[int, _check_u32]  # milliseconds
Bool = Annotated[bool, _exactly(bool, "a bool")]
Str = Annotated[str, _check_str]  # empty = not set
Bin = Annotated[bytes, _exactly(bytes, "a bin")]
Map = Annotated[dict[str, str], _check_map]


# ---- Structs: arrays of fields on the wire


class Struct:
    """What has `Annotated` fields: they are on the wire, in their order. Others are not."""


_S = TypeVar("_S", bound=Struct)


@cache
def wire_fields(cls: type) -> list[tuple[str, Callable[[Any, str], Any]]]:
    return [(f.name, get_args(f.type)[1]) for f in fields(cls) if get_origin(f.type) is Annotated]


def _read(cls: type[_S], values: list[Any], place: str) -> _S:
    """Fields that are absent at the end have their defaults, those after the last known one are ignored."""
    known = zip(wire_fields(cls), values)
    return cls(**{name: check(value, f"{place}.{name}") for (name, check), value in known})


def _struct(cls: type[_S]) -> Callable[[Any, str], _S]:
    check_array = _exactly(list, "an array")
    return lambda value, place: _read(cls, check_array(value, place), place)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, Struct):
        return value
    if isinstance(value, Caller) and value == Caller():
        return None
    return [_plain(getattr(value, name)) for name, _ in wire_fields(type(value))]


@dataclass(frozen=True)
class Caller(Struct):
    """Who asks or emits: a client (`client` is set, and `user` unless it is anonymous) or a service."""

    service: Str = ""
    user: Str = ""
    client: Str = ""
    session: Str = ""
    address: Str = ""
    meta: Bin = b""

    def claims(self) -> dict[str, Any]:
        """What the client's token says in `meta`."""
        return unpack(self.meta) or {}


@dataclass
class Endpoint(Struct):
    topic: Str = ""
    window: U32 = 64
    timeout: Ms = 0
    idempotent: Bool = False
    route_by: Str = ""
    schema: Str = ""
    owner: Bool = False


@dataclass
class Interest(Struct):
    pattern: Str = ""
    group: Str = ""


def _check_caller(value: Any, place: str) -> Caller:
    return Caller() if value is None else _struct(Caller)(value, place)


CallerField = Annotated[Caller, _check_caller]  # nil = empty


# ---- Frames: the table of kinds. A kind that is not here is ignored.


class Frame(Struct):
    """A message of the protocol but for its payload."""

    kind: ClassVar[int]
    name: ClassVar[str]

    def __init_subclass__(cls, kind: int) -> None:
        cls.kind = kind
        cls.name = cls.__name__.removesuffix("Frame").lower()
        FRAMES[kind] = cls


FRAMES: dict[int, type[Frame]] = {}


@dataclass
class Greeting(Frame, kind=1):
    service: Str = ""
    version: Str = ""
    instance: Str = ""
    sdk: Str = ""
    endpoints: Annotated[list[Endpoint], _array_of(_struct(Endpoint))] = field(default_factory=list)
    interests: Annotated[list[Interest], _array_of(_struct(Interest))] = field(default_factory=list)
    running: Annotated[list[int], _array_of(_check_u64)] = field(default_factory=list)


@dataclass
class Welcome(Frame, kind=2):
    boot: Str = ""
    tag: Str = ""
    version: Str = ""
    heartbeat: Ms = 1000
    dead_after: Ms = 3000
    shared: Bool = False
    byte_window: U32 = 1024 * 1024
    max_payload_bytes: U32 = 256 * 1024


@dataclass
class Refusal(Frame, kind=3):
    code: U32 = 0
    reason: Str = ""


@dataclass
class Who(Frame, kind=4):
    boot: Str = ""


@dataclass
class Heartbeat(Frame, kind=5):
    boot: Str = ""
    in_flight: U32 = 0
    queued: U32 = 0
    oldest: Ms = 0
    taken_bytes: U64 = 0


@dataclass
class Probe(Frame, kind=6):
    pass


@dataclass
class Drain(Frame, kind=7):
    pass


@dataclass
class Goodbye(Frame, kind=8):
    reason: Str = ""


@dataclass
class Window(Frame, kind=9):
    topic: Str = ""
    window: U32 = 0


@dataclass
class Request(Frame, kind=16):
    """A question to this service, as its handler sees it."""

    call: U64 = 0
    topic: Str = ""
    deadline: Ms = 0  # as it was sent; time_left() is what remains
    caller: CallerField = field(default_factory=Caller)
    headers: Map = field(default_factory=dict)  # of a service that asks; clients have none
    trace: Str = ""  # W3C traceparent
    key: Str = ""  # the caller's idempotency key
    attempt: U32 = 1  # more when it is run again after an instance was lost

    payload: Any = None
    cancelled: bool = False  # nobody waits any more; a long handler looks here now and then
    received: float = field(default_factory=time.monotonic, repr=False)
    begun: bool = field(default=False, repr=False)

    def time_left(self) -> float:
        """Seconds until the caller gives up; 0 when it has."""
        return max(0.0, self.received + self.deadline / 1000 - time.monotonic())


@dataclass
class Reply(Frame, kind=17):
    call: U64 = 0


@dataclass
class ErrorFrame(Frame, kind=18):
    call: U64 = 0
    code: U32 = 0
    message: Str = ""
    temporary: Bool = False


@dataclass
class Returned(Frame, kind=19):
    DRAIN: ClassVar[int] = 1
    FULL: ClassVar[int] = 2
    EXPIRED: ClassVar[int] = 3
    UNKNOWN_TOPIC: ClassVar[int] = 4

    call: U64 = 0
    reason: Annotated[int, _integer(1, 4)] = FULL


@dataclass
class Cancel(Frame, kind=20):
    call: U64 = 0


@dataclass
class Event(Frame, kind=32):
    """What a service emitted, or a client sent."""

    id: U64 = 0
    topic: Str = ""
    caller: CallerField = field(default_factory=Caller)
    headers: Map = field(default_factory=dict)
    trace: Str = ""  # W3C traceparent
    group: Str = ""  # for which this copy is

    payload: Any = None


@dataclass
class Publication(Frame, kind=33):
    id: U64 = 0
    channel: Str = ""
    tags: Map = field(default_factory=dict)
    key: Str = ""
    version: U64 = 0
    idempotency: Str = ""


@dataclass
class Push(Frame, kind=34):
    id: U64 = 0
    client: Str = ""
    user: Str = ""


@dataclass
class Control(Frame, kind=35):
    id: U64 = 0
    action: Annotated[int, _integer(1, 4)] = 1
    client: Str = ""
    user: Str = ""
    channel: Str = ""
    code: U32 = 0
    reason: Str = ""


@dataclass
class Ack(Frame, kind=36):
    id: U64 = 0
    code: U32 = 0
    message: Str = ""
    offset: U64 = 0
    epoch: Str = ""
    reached: U32 = 0
    queued: U32 = 0
    dropped: U32 = 0
    taken_bytes: U64 = 0


@dataclass
class Revoke(Frame, kind=37):
    id: U64 = 0
    user: Str = ""
    session: Str = ""
    token: Str = ""
    key: Str = ""
    reason: Str = ""
    remember: Ms = 0


@dataclass
class Told(Frame, kind=38):
    group: Str = ""
    first: U64 = 0
    count: U32 = 0


@dataclass
class Heard(Frame, kind=39):
    group: Str = ""
    last: U64 = 0


@dataclass
class Lease(Frame, kind=40):
    topic: Str = ""
    key: Str = ""
    fence: U64 = 0
    held: Bool = False


@dataclass
class Release(Frame, kind=41):
    topic: Str = ""
    key: Str = ""
    fence: U64 = 0


@dataclass
class Claim(Frame, kind=42):
    topic: Str = ""
    key: Str = ""
    fence: U64 = 0


# ---- Headers and payloads

VERSION = 1
_MAX_HEADER_BYTES = 64 * 1024
_MAX_HEADER_DEPTH = 16
_MAX_HEADER_VALUES = 16_384
_check_kind = _integer(0, 255)


def encode(frame: Frame) -> bytes:
    """The header of a frame."""
    return msgpack.packb([VERSION, frame.kind, *_plain(frame)])


def decode(header: bytes) -> Frame | None:
    """The frame of a header; None for a kind that is not known. Raises BadFrame."""
    value = _unpack_header(header)
    if type(value) is not list or len(value) < 2:
        raise BadFrame("header: expected an array of version, kind and fields")
    version, kind, *values = value
    if version != VERSION or type(version) is not int:
        raise OtherVersion(f"protocol version {version} is not spoken here, {VERSION} is")
    cls = FRAMES.get(_check_kind(kind, "header.kind"))
    return None if cls is None else _read(cls, values, cls.name)


def _unpack_header(header: bytes) -> Any:
    if len(header) > _MAX_HEADER_BYTES:
        raise BadFrame("header: too large")
    try:
        value = msgpack.unpackb(header, strict_map_key=False, object_pairs_hook=_Pairs)
    except ValueError as fault:
        raise BadFrame(f"header: {fault or type(fault).__name__}") from None
    if _count(value) > _MAX_HEADER_VALUES:
        raise BadFrame("header: too many values")
    return value


def _count(value: Any, depth: int = 1) -> int:
    """How many values there are in one, itself counted."""
    if isinstance(value, (msgpack.ExtType, msgpack.Timestamp)):
        raise BadFrame("header: extension types are not used")
    if not isinstance(value, list):
        return 1
    if depth > _MAX_HEADER_DEPTH:
        raise BadFrame("header: nested too deep")
    inner = itertools.chain.from_iterable(value) if type(value) is _Pairs else value
    return 1 + sum(_count(item, depth + 1) for item in inner)


def pack(value: Any) -> bytes:
    """The payload of a value; None has none. Raises Error 107."""
    if value is None:
        return b""
    try:
        return msgpack.packb(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as fault:
        raise Error(BAD_REQUEST, f"payload: {fault}") from None


def unpack(payload: bytes) -> Any:
    """The value of a payload. Raises Error 107."""
    if not payload:
        return None
    try:
        return msgpack.unpackb(payload, strict_map_key=False)
    except (TypeError, ValueError) as fault:  # TypeError: a key that no dict can have
        raise Error(BAD_REQUEST, f"payload: {fault or type(fault).__name__}") from None


# ---- Topics

_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")
_MAX_TOPIC_BYTES = 255
_MAX_SEGMENTS = 16
_MAX_STARS = 3


def is_pattern(text: str) -> bool:
    *first, last = text.split(".")
    segments = first if last == ">" else [*first, last]
    good = all(each == "*" or _SEGMENT.fullmatch(each) for each in segments)
    return (good and segments.count("*") <= _MAX_STARS
            and len(first) < _MAX_SEGMENTS and len(text) <= _MAX_TOPIC_BYTES)


def is_topic(text: str) -> bool:
    return "*" not in text and ">" not in text and is_pattern(text)


class Handler:
    """A function for the topics of a pattern."""

    _RANKS: ClassVar[dict[str, int]] = {"*": 1, ">": 2}
    _MATCHES: ClassVar[dict[str, str]] = {"*": "[^.]+", ">": ".+"}

    def __init__(self, pattern: str, function: Callable[[Any], Any]) -> None:
        if not is_pattern(pattern):
            raise ValueError(f"`{pattern}` is no topic or pattern")
        segments = pattern.split(".")
        self.pattern = pattern
        self.function = function
        self.rank = [self._RANKS.get(each, 0) for each in segments]  # the smallest is the most specific
        self._expression = re.compile(r"\.".join(self._MATCHES.get(each, each) for each in segments))

    def takes(self, topic: str) -> bool:
        return self._expression.fullmatch(topic) is not None


class _EndpointHandler(Handler):
    """Answers requests. `running` are those that have a place in its window."""

    def __init__(self, endpoint: Endpoint, function: Callable[[Request], Any]) -> None:
        super().__init__(endpoint.topic, function)
        self.endpoint = endpoint
        self.running: set[int] = set()


class _Listener(Handler):
    def __init__(self, interest: Interest, function: Callable[[Event], None]) -> None:
        super().__init__(interest.pattern, function)
        self.interest = interest


# ---- Keys

_KEY = r"[0-9a-zA-Z.\-:+=^!/*?&<>()\[\]{}@%$#]{40}"


class _Keys(NamedTuple):
    """A service's own pair and the public keys that the broker may have."""

    public: bytes
    secret: bytes
    servers: list[bytes]


def _read_keys(key_file: str, servers: Sequence[str]) -> _Keys | None:
    for server in servers:
        if not re.fullmatch(_KEY, server):
            raise ValueError(f"server key `{server}` is no public key: 40 characters of Z85")
    if not key_file and not servers:
        return None
    if not key_file or not servers:
        missing = "the broker's public key (server_keys)" if key_file else "its own key (key_file)"
        raise ValueError(f"the service lacks {missing}")
    with open(key_file, encoding="utf-8") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise ValueError(f"{key_file} may be read by others: chmod 600 {key_file}")
        lines = dict(re.findall(rf'^(public_key|secret_key) = "({_KEY})"$', file.read(), re.MULTILINE))
    if "secret_key" not in lines:
        raise ValueError(f'{key_file} holds no line secret_key = "..."; make one with: fairlead keygen --out FILE')
    secret = lines["secret_key"].encode()
    public = zmq.curve_public(secret)
    if lines.get("public_key", public.decode()) != public.decode():
        raise ValueError(f"{key_file}: public_key and secret_key are no pair")
    return _Keys(public, secret, [server.encode() for server in servers])


# ---- The way to the broker

_MAX_PAIRS = 64
_MAX_MESSAGE_BYTES_OF_PAYLOAD = 256 * 1024
_MAX_PAYLOAD_BYTES = 8 * 1024 * 1024
_CURVE_BYTES = 64  # libzmq counts what CURVE adds to a part as the part's
_MAX_BACKLOG_BYTES = 1024 * 1024
_LEAVE = 0.5
_OPTIONS = {
    zmq.IMMEDIATE: 1,
    zmq.LINGER: 0,
    zmq.SNDHWM: 4096,
    zmq.RCVHWM: 4096,
    zmq.HANDSHAKE_IVL: 3000,
    zmq.RECONNECT_IVL: -1,  # a new connection needs a new greeting: we make it ourselves
}
_ENDINGS = (zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
            | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH)


class _Backoff:
    """Pauses, each random from 0.1 s up to a bound that doubles from 0.2 s to 5 s."""

    def __init__(self) -> None:
        self._bound = 0.1

    def next(self) -> float:
        self._bound = min(2 * self._bound, 5.0)
        return random.uniform(0.1, self._bound)

    def reset(self) -> None:
        self._bound = 0.1


class Batch:
    """Pairs of header and payload that wait to be sent, cut into messages as the protocol wants them."""

    def __init__(self) -> None:
        self._pairs: deque[tuple[bytes, bytes]] = deque()
        self.bytes = 0

    def add(self, header: bytes, payload: bytes) -> None:
        self._pairs.append((header, payload))
        self.bytes += len(header) + len(payload)

    def message(self) -> list[tuple[bytes, bytes]]:
        """The pairs of the next message; none if nothing waits."""
        pairs: list[tuple[bytes, bytes]] = []
        payload_bytes = 0
        for pair in itertools.islice(self._pairs, _MAX_PAIRS):
            payload_bytes += len(pair[1])
            if pairs and payload_bytes > _MAX_MESSAGE_BYTES_OF_PAYLOAD:
                break
            pairs.append(pair)
        return pairs

    def pop(self, count: int) -> None:
        for _ in range(count):
            self.bytes -= sum(map(len, self._pairs.popleft()))

    def clear(self) -> None:
        self._pairs.clear()
        self.bytes = 0

    def __bool__(self) -> bool:
        return bool(self._pairs)


class _State(Enum):
    CLOSED, WAITING, CONNECTING, GREETING, UP, LEAVING = range(6)


class _Link:
    """A DEALER, its greeting, its heartbeats, and what to do when the broker is gone: a new DEALER, after a pause,
    and a new greeting. Tried without end. For the I/O thread alone; `owner` is told on it what happens."""

    def __init__(self, broker: str, keys: _Keys | None, owner: "_Loop") -> None:
        self._broker = broker
        self._keys = keys
        self._owner = owner
        self._socket: zmq.Socket | None = None
        self._monitor: zmq.Socket | None = None
        self._batch = Batch()
        self._backoff = _Backoff()
        self._attempt = 0
        self._state = _State.CLOSED
        self._ending = ""  # why the connection ended; empty while it has not
        self._said: set[str] = set()  # what the log has of this absence of the broker
        self._boot = ""
        self._heartbeat, self._dead_after = 1.0, 3.0
        self._heard = self._ticked = self._next_beat = 0.0
        self.due = 0.0  # when tick() has something to do

    @property
    def up(self) -> bool:
        return self._state is _State.UP

    @property
    def leaving(self) -> bool:
        return self._state is _State.LEAVING

    @property
    def closed(self) -> bool:
        return self._state is _State.CLOSED

    @property
    def has_room(self) -> bool:
        """Up, and no backlog: what can wait elsewhere should."""
        return self.up and self._batch.bytes < _MAX_BACKLOG_BYTES

    def open(self, now: float) -> None:
        """Makes an attempt. The time for it is the pause before the next one."""
        self._state = _State.CONNECTING
        self.due = now + self._backoff.next()
        try:
            self._connect()
        except zmq.ZMQError as fault:
            self._disconnect()
            if fault.errno in (zmq.EINVAL, zmq.EPROTONOSUPPORT):
                self._refuse(UNAVAILABLE, f"the broker's address {self._broker} cannot be used: {fault}")

    def send(self, frame: Frame, payload: bytes = b"") -> bool:
        """Puts a frame into the next message. False if the link is not up."""
        if self.up:
            self._batch.add(encode(frame), payload)
        return self.up

    def leave(self, now: float) -> None:
        """Says goodbye after what was sent before, and closes when the broker has heard it, or soon."""
        if not self.send(Goodbye("the service stops")):
            return self.close()
        self._state = _State.LEAVING
        self.due = now + _LEAVE

    def close(self) -> None:
        self._disconnect()
        self._state = _State.CLOSED

    def sources(self) -> list[tuple[Any, int]]:
        """What to poll, and for what."""
        if self._socket is None:
            return []
        writes = self._batch or self._state is _State.CONNECTING
        return [(self._socket, zmq.POLLIN | (zmq.POLLOUT if writes else 0)), (self._monitor, zmq.POLLIN)]

    def flush(self) -> None:
        """Hands what waits to ZeroMQ, as far as it takes it."""
        while self._socket is not None and not self._ending and (pairs := self._batch.message()):
            if not self._send_message([part for pair in pairs for part in pair]):
                return
            self._batch.pop(len(pairs))

    def receive(self, now: float) -> None:
        """Handles all that has come."""
        if self._state is _State.CONNECTING and self._socket and self._socket.getsockopt(zmq.EVENTS) & zmq.POLLOUT:
            self._greet(now)
        while self._socket is not None:
            try:
                parts = self._socket.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                return
            self._heard = now
            for header, payload in zip(parts[::2], parts[1::2]):
                if self._socket is not None:  # handling the one before may have ended the connection
                    self._handle_pair(now, header, payload)

    def tick(self, now: float) -> None:
        """Timers. After receive(), so that nobody is taken for dead whose sign of life has come."""
        self._read_monitor()
        if self.closed:
            return
        if self.up:
            return self._lose(now, self._ending) if self._ending else self._check_life(now)
        if now < self.due and (not self._ending or self._state is _State.CONNECTING):
            return
        if self._state is _State.LEAVING:
            self.close()
        elif self._state is _State.GREETING:
            self._lose(now, self._ending or "no answer to the greeting")
        else:
            if self._state is _State.CONNECTING:
                self._complain(self._ending or "no connection")
            self._disconnect()
            self.open(now)

    def _connect(self) -> None:
        self._socket = zmq.Context.instance().socket(zmq.DEALER)
        for option, value in _OPTIONS.items():
            self._socket.setsockopt(option, value)
        self._socket.setsockopt(zmq.MAXMSGSIZE, _MAX_PAYLOAD_BYTES + (_CURVE_BYTES if self._keys else 0))
        if self._keys is not None:
            servers = self._keys.servers
            self._socket.setsockopt(zmq.CURVE_SERVERKEY, servers[self._attempt % len(servers)])
            self._socket.setsockopt(zmq.CURVE_PUBLICKEY, self._keys.public)
            self._socket.setsockopt(zmq.CURVE_SECRETKEY, self._keys.secret)
        self._attempt += 1
        self._monitor = self._socket.get_monitor_socket(_ENDINGS)
        self._socket.connect(self._broker)

    def _disconnect(self) -> None:
        self._batch.clear()
        if self._monitor is not None and self._socket is not None:
            self._socket.disable_monitor()
            self._monitor.close(linger=0)
        if self._socket is not None:
            self._socket.close(linger=0)
        self._socket = self._monitor = None
        self._ending = ""

    def _send_message(self, parts: list[bytes]) -> bool:
        assert self._socket is not None
        for i, part in enumerate(parts):
            try:
                self._socket.send(part, zmq.DONTWAIT | (zmq.SNDMORE if i + 1 < len(parts) else 0))
            except zmq.Again:
                if i == 0:
                    return False
                # The connection ended within the message. libzmq drops the parts up to the last one, so it gets them.
                self._ending = "the connection ended"
        return True

    def _read_monitor(self) -> None:
        while self._monitor is not None:
            try:
                event = recv_monitor_message(self._monitor, zmq.DONTWAIT)
            except zmq.Again:
                return
            if event["event"] == zmq.EVENT_HANDSHAKE_FAILED_AUTH:
                return self._refuse(101, "no [[service]] of the broker has this service's key")
            self._ending = self._ending or self._explain(event["event"], event["value"])

    def _explain(self, event: int, value: int) -> str:
        if event == zmq.EVENT_DISCONNECTED:
            if self._state is not _State.CONNECTING:
                return "the connection ended"
        elif event == zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL and value == zmq.PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH:
            if self._keys:
                return "the broker works without keys, and this service has one"
            return "the broker wants keys, and this service has none (key_file, server_keys)"
        if self._keys:
            return "the broker broke the handshake off: is its public key another one (server_keys)?"
        return "the broker broke the handshake off: does it want keys (key_file, server_keys)?"

    def _greet(self, now: float) -> None:
        if self.up:
            self._owner.on_down()
        self._batch.clear()
        self._state = _State.GREETING
        self._heard = now
        self.due = now + self._dead_after
        self._batch.add(encode(self._owner.greeting()), b"")

    def _handle_pair(self, now: float, header: bytes, payload: bytes) -> None:
        try:
            frame = decode(header)
        except OtherVersion as fault:
            return self._refuse(UNAVAILABLE, f"the broker speaks another version: {fault}")
        except BadFrame as fault:
            return _log.warning("broken frame from %s: %s", self._broker, fault)
        if isinstance(frame, Welcome):
            self._welcome(now, frame)
        elif isinstance(frame, Refusal):
            self._refuse(frame.code, frame.reason)
        elif isinstance(frame, Who):
            # While a greeting is on its way, its questions are about frames that came before.
            if self.up:
                self._greet(now)
        elif isinstance(frame, Goodbye):
            if self.leaving:
                return self.close()
            self._lose(now, f"it said goodbye: {frame.reason}")
        elif frame is not None and self.up:
            self._owner.on_frame(frame, payload)

    def _welcome(self, now: float, welcome: Welcome) -> None:
        if self._state is not _State.GREETING:
            return
        new_boot = welcome.boot != self._boot
        self._boot = welcome.boot
        self._heartbeat = max(welcome.heartbeat, 1) / 1000
        self._dead_after = max(welcome.dead_after / 1000, self._heartbeat)
        self._state = _State.UP
        self._ticked = now
        self.due = self._next_beat = now + self._heartbeat
        self._backoff.reset()
        self._said.clear()
        _log.info("linked to the broker at %s, version %s", self._broker, welcome.version)
        self._owner.on_welcome(welcome, new_boot)

    def _check_life(self, now: float) -> None:
        # Silence says nothing when it was us who stood still.
        if now - self._ticked > self._heartbeat + self._dead_after / 2:
            self._heard = now
        self._ticked = now
        if now - self._heard >= self._dead_after:
            return self._lose(now, "it is silent")
        if now >= self._next_beat:
            self.send(self._owner.heartbeat(now))
            self._next_beat = now + self._heartbeat
        self.due = min(self._next_beat, self._heard + self._dead_after)

    def _lose(self, now: float, why: str) -> None:
        if self.up:
            _log.warning("lost the broker at %s: %s; trying until it is back", self._broker, why)
            self._said.add("no connection")
            self._owner.on_down()
        else:
            self._complain(why)
        self._disconnect()
        self._state = _State.WAITING
        self.due = now + self._backoff.next()

    def _complain(self, why: str) -> None:
        if why not in self._said:
            self._said.add(why)
            _log.warning("no broker at %s: %s; trying until there is one", self._broker, why)

    def _refuse(self, code: int, why: str) -> None:
        self.close()
        self._owner.on_refused(Error(code or UNAVAILABLE, why, temporary=False))


# ---- The I/O thread


class Receipt(NamedTuple):
    """What the broker says of an event, publication or push that it has accepted."""

    offset: int = 0  # of a publication in a channel with history
    epoch: str = ""
    reached: int = 0  # clients, or groups of an event
    queued: int = 0  # groups in which an event waits
    dropped: int = 0  # groups that lost it


@dataclass(eq=False)
class _Waiting:
    """A call, event, publication or push that has no outcome yet."""

    frame: Request | Event | Publication | Push
    payload: bytes
    deadline: float
    future: Future[Any]
    number: int
    sent: bool = False

    def size(self) -> int:
        return len(self.payload) + 512  # the rest, about

    def window_bytes(self) -> int:
        return len(self.payload) if isinstance(self.frame, (Event, Publication)) else 0


class _ByteWindow:
    """Bounds the bytes of events and publications that the broker did not take yet."""

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, size: int) -> None:
        self._size, self._sent, self._taken = size, 0, 0

    def takes(self, size: int) -> bool:
        """One that is larger than the window goes when nothing else is under way."""
        under_way = self._sent - self._taken
        return size == 0 or under_way == 0 or under_way + size <= self._size

    def sent(self, size: int) -> None:
        self._sent += size

    def taken(self, count: int) -> None:
        # What was under way when the link was made anew counts for neither side.
        self._taken = max(self._taken, min(count, self._sent))


_DRAIN_ANSWER = 1.0  # how long the broker may need to say that it has heard our drain
_MAX_RUNNING_TOLD = 3000  # a greeting's header has a limit of its own


@dataclass
class _Options:
    broker: str
    keys: _Keys | None
    threads: int
    queue_bytes: int
    event_queue_bytes: int


class _Loop(threading.Thread):
    """Talks to the broker. post(), submit() and wait_linked() are for any thread, all else is for this one."""

    def __init__(self, greeting: Greeting, options: _Options, endpoints: list[_EndpointHandler],
                 listeners: list[_Listener]) -> None:
        super().__init__(name=f"fairlead {greeting.service}", daemon=True)
        self._greeting = greeting
        self._options = options
        self._endpoints = sorted(endpoints, key=lambda each: each.rank)
        self._listeners = listeners
        self._pool = ThreadPoolExecutor(options.threads, thread_name_prefix=greeting.service)
        self._link = _Link(options.broker, options.keys, self)
        self.max_payload_bytes = Welcome().max_payload_bytes
        self.clean = True  # nothing was given up at the end

        # Guarded by the lock.
        self._changed = threading.Condition()
        self._inbox: deque[Callable[[], None]] = deque()
        self._queued_bytes = 0
        self._linked = False
        self._ended: Error | None = None
        self._waker, self._woken = socket.socketpair()
        self._waker.setblocking(False)
        self._woken.setblocking(False)

        # Of this thread alone.
        self._running: dict[int, Request] = {}
        self._held: list[tuple[Request, Frame, bytes]] = []  # outcomes that wait for the link
        self._waiting: dict[int, _Waiting] = {}
        self._calls: deque[_Waiting] = deque()  # those that were not sent
        self._sends: deque[_Waiting] = deque()
        self._deadlines: list[tuple[float, int]] = []
        self._window = _ByteWindow()
        self._tasks = 0  # of the pool, that have not ended
        self._event_bytes = 0
        self._dropping_events = False
        self._failure_told = -1.0
        self._failures_untold = 0
        self._draining = self._drained = False
        self._drained_by = self._leave_by = 0.0

    # -- Any thread

    def post(self, job: Callable[[], None]) -> bool:
        """Runs a job on this thread. False if it has ended."""
        with self._changed:
            if self._ended is None:
                self._inbox.append(job)
                self._wake()
            return self._ended is None

    def submit(self, waiting: _Waiting) -> None:
        """Sends it as soon as link and byte window have room. Its future always gets an outcome."""
        refused = self._reserve(waiting.size())
        if refused is not None:
            waiting.future.set_exception(refused)
        elif not self.post(lambda: self._begin(waiting)):
            waiting.future.set_exception(Error(STOPPED))

    def wait_linked(self, timeout: float) -> bool:
        """Waits for the broker's welcome. Raises what this thread has ended with."""
        with self._changed:
            self._changed.wait_for(lambda: self._linked or self._ended, timeout)
            if self._ended is not None:
                raise self._ended
            return self._linked

    def _reserve(self, size: int) -> Error | None:
        with self._changed:
            if self._ended is not None:
                return self._ended
            if self._queued_bytes + size > self._options.queue_bytes:
                full = Error(OVERLOADED, "the queue towards the broker is full")
                return full if self._linked else Error(UNAVAILABLE)
            self._queued_bytes += size
            return None

    def _release(self, size: int) -> None:
        with self._changed:
            self._queued_bytes -= size

    def _wake(self) -> None:
        try:
            self._waker.send(b"\0")
        except BlockingIOError:
            pass  # enough of them are under way

    # -- Turns

    def run(self) -> None:
        why = Error(STOPPED)
        try:
            self._link.open(time.monotonic())
            while not self._link.closed:
                self._wait()
                self._turn(time.monotonic())
        except Exception as fault:
            _log.exception("the service ends")
            self.clean = False
            why = Error(INTERNAL, str(fault))
        finally:
            self._end(why)

    def _wait(self) -> None:
        due = self._link.due
        if self._deadlines:
            due = min(due, self._deadlines[0][0])
        if self._draining and not self._link.leaving:
            due = min(due, self._leave_by, self._drained_by if not self._drained else self._leave_by)
        pause = max(0.0, due - time.monotonic())
        sources = [(self._woken.fileno(), zmq.POLLIN), *self._link.sources()]
        zmq.zmq_poll(sources, int(pause * 1000) + 1 if pause else 0)
        try:
            self._woken.recv(4096)
        except BlockingIOError:
            pass

    def _turn(self, now: float) -> None:
        with self._changed:
            jobs, self._inbox = self._inbox, deque()
        for job in jobs:
            job()
        self._link.receive(now)
        self._link.tick(now)
        self._expire(now)
        self._pump(self._calls, now)
        self._pump(self._sends, now)
        if self._draining:
            self._go_on_leaving(now)
        self._link.flush()

    def _end(self, why: Error) -> None:
        with self._changed:
            self._linked = False
            self._ended = why = self._ended or why
            jobs, self._inbox = self._inbox, deque()
            self._changed.notify_all()
        for job in jobs:
            job()
        self._cancel_all()
        for number in list(self._waiting):
            self._fail(number, why)
        self._link.close()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._waker.close()
        self._woken.close()

    # -- The link's owner

    def greeting(self) -> Greeting:
        running = list(itertools.islice(self._running, _MAX_RUNNING_TOLD))
        if self._draining:
            return replace(self._greeting, running=running)
        endpoints = [each.endpoint for each in self._endpoints]
        interests = [each.interest for each in self._listeners]
        return replace(self._greeting, endpoints=endpoints, interests=interests, running=running)

    def heartbeat(self, now: float) -> Heartbeat:
        requests = self._running.values()
        oldest = max((now - each.received for each in requests), default=0.0)
        queued = sum(not each.begun for each in requests)
        return Heartbeat("", len(self._running), queued, int(oldest * 1000))

    def on_welcome(self, welcome: Welcome, new_boot: bool) -> None:
        self.max_payload_bytes = welcome.max_payload_bytes
        self._window.reset(welcome.byte_window)
        if new_boot:
            self._forget()
        held, self._held = self._held, []
        for request, frame, payload in held:
            self._send_outcome(request, frame, payload)
        self._set_linked(True)

    def on_down(self) -> None:
        self._set_linked(False)

    def on_refused(self, why: Error) -> None:
        _log.error("the broker refuses this service: %s", why)
        self.clean = False
        with self._changed:
            self._ended = why

    def on_frame(self, frame: Frame, payload: bytes) -> None:
        match frame:
            case Request():
                self._on_request(frame, payload)
            case Cancel():
                self._on_cancel(frame.call)
            case Event():
                self._on_event(frame, payload)
            case Reply():
                self._on_reply(frame.call, payload)
            case ErrorFrame():
                self._fail(frame.call, Error(frame.code, frame.message, frame.temporary))
            case Ack():
                self._on_ack(frame)
            case Heartbeat():
                self._window.taken(frame.taken_bytes)
            case Drain():
                self._drained = self._draining
            case _:
                pass  # a probe, or what the broker has no reason to send

    def _set_linked(self, linked: bool) -> None:
        with self._changed:
            self._linked = linked
            self._changed.notify_all()

    def _forget(self) -> None:
        """Another run of the broker knows nothing of what was under way."""
        self._cancel_all()
        self._running.clear()
        self._held.clear()
        for number in [number for number, each in self._waiting.items() if each.sent]:
            self._fail(number, _unknown_outcome("the broker was started anew"))

    # -- Requests

    def _on_request(self, request: Request, payload: bytes) -> None:
        handler = next((each for each in self._endpoints if each.takes(request.topic)), None)
        if self._draining:
            self._link.send(Returned(request.call, Returned.DRAIN))
        elif handler is None:
            self._link.send(Returned(request.call, Returned.UNKNOWN_TOPIC))
        elif request.deadline == 0:
            self._link.send(Returned(request.call, Returned.EXPIRED))
        elif len(handler.running) >= handler.endpoint.window:
            self._link.send(Returned(request.call, Returned.FULL))
        elif request.call not in self._running:
            self._running[request.call] = request
            handler.running.add(request.call)
            self._start(lambda: self._answer(handler, request, payload),
                        lambda outcome: self._finish(handler, request, *outcome))

    def _start(self, task: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Runs a task on the pool, then `done` with its result on this thread."""
        def finish(result: Any) -> None:
            self._tasks -= 1
            done(result)

        def work() -> None:
            result = task()
            self.post(lambda: finish(result))

        self._tasks += 1
        self._pool.submit(work)

    def _answer(self, handler: _EndpointHandler, request: Request, payload: bytes) -> tuple[Frame, bytes]:
        """The outcome of a request. On a thread of the pool."""
        request.begun = True
        if request.cancelled or request.time_left() == 0:
            return Returned(request.call, Returned.EXPIRED), b""
        try:
            request.payload = unpack(payload)
            answer = handler.function(request)
        except Error as error:
            return self._error(request, error)
        except BaseException:  # even one that would end a thread: somebody waits
            _log.exception("the handler of %s threw", request.topic)
            return self._error(request, Error(INTERNAL, temporary=False))
        try:
            return Reply(request.call), self.check_payload(pack(answer))
        except Error as error:
            _log.error("the answer to %s cannot be sent: %s", request.topic, error.message)
            return self._error(request, Error(INTERNAL, temporary=False))

    def _error(self, request: Request, error: Error) -> tuple[Frame, bytes]:
        sent = error.sendable()
        if sent.code != error.code:
            _log.warning("a request of %s failed: error %s is none that a handler may give", request.topic, error)
        return ErrorFrame(request.call, sent.code, sent.message, sent.temporary), b""

    def check_payload(self, payload: bytes) -> bytes:
        """The payload, if it is not too large: Error 107. On any thread."""
        if len(payload) > self.max_payload_bytes:
            most = self.max_payload_bytes
            raise Error(BAD_REQUEST, f"payload of {len(payload)} bytes, at most {most} are taken")
        return payload

    def _finish(self, handler: _EndpointHandler, request: Request, frame: Frame, payload: bytes) -> None:
        if self._running.get(request.call) is not request:
            return  # it came from another run of the broker
        handler.running.discard(request.call)
        if self._link.up:
            self._send_outcome(request, frame, payload)
        else:
            self._held.append((request, frame, payload))

    def _send_outcome(self, request: Request, frame: Frame, payload: bytes) -> None:
        del self._running[request.call]
        self._link.send(frame, payload)

    def _on_cancel(self, call: int) -> None:
        """After a while the broker gives the place in the window to another, whether or not this one ends."""
        request = self._running.get(call)
        if request is not None:
            request.cancelled = True
            for handler in self._endpoints:
                handler.running.discard(call)

    def _cancel_all(self) -> None:
        for call in self._running:
            self._on_cancel(call)

    # -- Events

    def _on_event(self, event: Event, payload: bytes) -> None:
        size = len(payload) + 512
        for listener in self._listeners:
            if listener.interest.group != event.group or not listener.takes(event.topic):
                continue
            if self._event_bytes + size > self._options.event_queue_bytes:
                self._drop_event(event.topic)
                continue
            self._dropping_events = False
            self._event_bytes += size
            self._start(lambda function=listener.function: self._hear(function, event, payload),
                        lambda _: self._heard(size))

    def _drop_event(self, topic: str) -> None:
        if not self._dropping_events:
            _log.warning("events are dropped, of %s first: the handlers are behind and the queue is full", topic)
        self._dropping_events = True

    def _hear(self, function: Callable[[Event], None], event: Event, payload: bytes) -> None:
        """On a thread of the pool."""
        try:
            function(replace(event, payload=unpack(payload)))
        except BaseException:
            _log.exception("a listener to %s threw", event.topic)

    def _heard(self, size: int) -> None:
        self._event_bytes -= size

    # -- Calls, events, publications, pushes

    def _begin(self, waiting: _Waiting) -> None:
        self._waiting[waiting.number] = waiting
        heapq.heappush(self._deadlines, (waiting.deadline, waiting.number))
        (self._calls if isinstance(waiting.frame, Request) else self._sends).append(waiting)

    def _pump(self, queue: deque[_Waiting], now: float) -> None:
        while queue and self._link.has_room:
            waiting = queue[0]
            if waiting.number in self._waiting:
                if not self._window.takes(waiting.window_bytes()):
                    return
                self._transmit(waiting, now)
            queue.popleft()

    def _transmit(self, waiting: _Waiting, now: float) -> None:
        if isinstance(waiting.frame, Request):
            waiting.frame.deadline = max(1, int((waiting.deadline - now) * 1000))
        self._link.send(waiting.frame, waiting.payload)
        self._window.sent(waiting.window_bytes())
        self._release(waiting.size())
        waiting.sent = True

    def _on_reply(self, call: int, payload: bytes) -> None:
        try:
            self._settle(call, unpack(payload))
        except Error as error:
            self._fail(call, error)

    def _on_ack(self, ack: Ack) -> None:
        self._window.taken(ack.taken_bytes)
        if ack.code != 0:
            self._fail(ack.id, Error(ack.code, ack.message))
        else:
            self._settle(ack.id, Receipt(ack.offset, ack.epoch, ack.reached, ack.queued, ack.dropped))

    def _expire(self, now: float) -> None:
        while self._deadlines and self._deadlines[0][0] <= now:
            _, number = heapq.heappop(self._deadlines)
            waiting = self._waiting.get(number)
            if waiting is not None:
                self._fail(number, self._late(waiting))

    def _late(self, waiting: _Waiting) -> Error:
        if isinstance(waiting.frame, Request):
            if not waiting.sent:
                return Error(UNAVAILABLE)
            self._link.send(Cancel(waiting.number))
            return Error(DEADLINE)
        if waiting.sent:
            return _unknown_outcome("the broker did not acknowledge in time")
        return Error(OVERLOADED, "the broker did not take it in time") if self._link.up else Error(UNAVAILABLE)

    def _settle(self, number: int, result: Any) -> None:
        waiting = self._take(number)
        if waiting is not None:
            waiting.future.set_result(result)

    def _fail(self, number: int, error: Error) -> None:
        waiting = self._take(number)
        if waiting is not None:
            waiting.future.set_exception(error)
            if not isinstance(waiting.frame, Request):  # its future may have been ignored
                self._tell_failure(waiting.frame, error)

    def _take(self, number: int) -> _Waiting | None:
        waiting = self._waiting.pop(number, None)
        if waiting is not None and not waiting.sent:
            self._release(waiting.size())
        return waiting

    def _tell_failure(self, frame: Frame, error: Error) -> None:
        """At most once a second."""
        now = time.monotonic()
        if now - self._failure_told < 1.0:
            self._failures_untold += 1
            return
        _log.warning("%s failed: %s (%d more before)", frame.name, error, self._failures_untold)
        self._failure_told, self._failures_untold = now, 0

    # -- The end

    def leave(self, deadline: float) -> None:
        """Takes no more requests, and ends when all is done, at the latest at the deadline."""
        if self._draining:
            return
        _log.info("stopping")
        now = time.monotonic()
        self._draining = True
        self._leave_by = deadline
        self._drained_by = now + _DRAIN_ANSWER
        self._link.send(Drain())

    def _go_on_leaving(self, now: float) -> None:
        if self._link.leaving or self._link.closed:
            return
        finished = self._finished(now)
        if finished or now >= self._leave_by:
            self.clean = self.clean and finished
            self._link.leave(now)

    def _finished(self, now: float) -> bool:
        if not self._link.up:  # nobody will take what is left
            return self._tasks == 0
        self._drained = self._drained or now >= self._drained_by
        return self._drained and not self._running and self._tasks == 0 and not self._waiting


# ---- What services use

_DEFAULT_BROKER = "tcp://127.0.0.1:7000"
_MAX_VERSION_BYTES = 128
_MAX_WINDOW = 1_000_000
_MAX_TIMEOUT = 600.0
_F = TypeVar("_F", bound=Callable[..., Any])


def _of_environment(name: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


class Service:
    """A service behind the broker. What is not given comes from the environment, then from the default.

    name, version      all instances of a service have the same name: one segment of a topic or several
    broker             FAIRLEAD_SDK_BROKERS, tcp://127.0.0.1:7000
    server_keys        the broker's public key, or several that are tried in turn. FAIRLEAD_SDK_SERVER_KEYS
    key_file           with the service's own key, as `fairlead keygen` makes it. FAIRLEAD_SDK_KEY_FILE
    threads            that run handlers. FAIRLEAD_SDK_THREADS, the cores, at least 4
    group              of listeners that name none: one copy of an event goes to each group. The service's name
    call_timeout       of calls that name none and are not made through a request
    send_timeout       how long an event, publication or push may wait for a broker and its acknowledgement
    queue_bytes        what may wait to be sent; beyond it Error 111, or 2 without a broker
    event_queue_bytes  events that may wait for a handler thread; beyond it they are dropped, and the log says so

    The broker is looked for without end, with growing, jittered pauses. A connection that is lost is made again, and
    requests that run go on. Raises ValueError for what cannot be.
    """

    def __init__(self, name: str, version: str, *, broker: str | None = None,
                 server_keys: Sequence[str] | None = None, key_file: str | None = None,
                 threads: int | None = None, group: str | None = None, call_timeout: float = 4.0,
                 send_timeout: float = 10.0, queue_bytes: int = 8 * 1024 * 1024,
                 event_queue_bytes: int = 16 * 1024 * 1024) -> None:
        if not is_topic(name) or name.startswith("_"):
            raise ValueError(f"`{name}` is no name of a service")
        if len(version.encode()) > _MAX_VERSION_BYTES:
            raise ValueError("the version is no text of at most 128 bytes")
        if not is_topic(group or name):
            raise ValueError(f"`{group}` is no name of a group")
        brokers = [broker] if broker else _of_environment("FAIRLEAD_SDK_BROKERS") or [_DEFAULT_BROKER]
        if len(brokers) > 1:
            raise ValueError(f"this SDK links to one broker: {len(brokers)} are named")
        if not re.fullmatch(r"tcp://.+:.+|ipc://.+", brokers[0]):
            raise ValueError(f"broker `{brokers[0]}` is neither tcp://host:port nor ipc://path")
        if server_keys is None:
            server_keys = _of_environment("FAIRLEAD_SDK_SERVER_KEYS")
        keys = _read_keys(key_file or os.environ.get("FAIRLEAD_SDK_KEY_FILE", ""), server_keys)
        threads = threads or int(os.environ.get("FAIRLEAD_SDK_THREADS", 0)) or max(4, os.cpu_count() or 1)
        self.name = name
        self.instance = str(uuid.uuid4())
        self._greeting = Greeting(name, version, self.instance, "fairlead-python 0.1.0")
        self._options = _Options(brokers[0], keys, threads, queue_bytes, event_queue_bytes)
        self._group = group or name
        self._call_timeout = call_timeout
        self._send_timeout = send_timeout
        self._endpoints: dict[str, _EndpointHandler] = {}
        self._listeners: list[_Listener] = []
        self._loop: _Loop | None = None
        self._numbers = itertools.count(1)  # next() is atomic

    def on(self, topic: str, *, window: int = 64, timeout: float = 0.0,
           idempotent: bool = False, route_by: str = "") -> Callable[[_F], _F]:
        """Decorates the handler of a topic, or of a pattern (`*` one segment, `>` one or more at the end; the most
        specific wins). It gets a Request; what it returns is the answer, and what it raises an error.

        At most `window` requests are under way at once. `timeout` is the deadline of requests that name none; 0 = the
        broker's. An `idempotent` one may run again when the instance that had it was lost. `route_by` says which requests
        go to the same instance: `user`, `client`, `segment:<n>`, `header:<name>`. Before start() only.
        """
        if not 1 <= window <= _MAX_WINDOW or not 0 <= timeout <= _MAX_TIMEOUT:
            raise ValueError("a window is 1 to 1,000,000 requests, a timeout at most 10 minutes")
        if topic.startswith("_") and not topic.startswith("_hook."):
            raise ValueError(f"`{topic}`: topics that begin with `_` are the broker's")

        def add(function: _F) -> _F:
            self._require_new()
            if topic in self._endpoints:
                raise ValueError(f"`{topic}` has a handler already")
            endpoint = Endpoint(topic, window, int(timeout * 1000), idempotent, route_by)
            self._endpoints[topic] = _EndpointHandler(endpoint, function)
            return function

        return add

    def listen(self, pattern: str, *, group: str | None = None) -> Callable[[_F], _F]:
        """Decorates a listener to the events of a topic or pattern. It gets an Event. Of all instances that listen in
        one group, one gets it. Before start() only."""
        if pattern.startswith("_"):
            raise ValueError(f"`{pattern}`: topics that begin with `_` are the broker's")

        def add(function: _F) -> _F:
            self._require_new()
            self._listeners.append(_Listener(Interest(pattern, group or self._group), function))
            return function

        return add

    def run(self) -> int:
        """start(), wait for SIGTERM or SIGINT, stop() within 10 s. A second signal ends the process. Returns 0 after a
        clean stop; 1 if the broker refused the service (the log says why) or handlers did not finish. On the main
        thread only."""
        numbers = (signal.SIGTERM, signal.SIGINT)

        def ask_to_stop(*_: Any) -> None:
            for number in numbers:
                signal.signal(number, signal.SIG_DFL)
            self._leave(10.0)

        self.start()
        before = [(number, signal.signal(number, ask_to_stop)) for number in numbers]
        self._started().join()
        for number, handler in before:
            signal.signal(number, handler)
        return 0 if self._started().clean else 1

    def start(self) -> None:
        """Begins to look for the broker and returns. Once."""
        self._require_new()
        self._loop = _Loop(self._greeting, self._options, list(self._endpoints.values()), self._listeners)
        self._loop.start()

    def ready(self, timeout: float) -> bool:
        """Waits until the broker has taken the registration. Raises the broker's refusal, which is final, or Error 3
        after a stop."""
        return self._started().wait_linked(timeout)

    def stop(self, timeout: float = 10.0) -> bool:
        """Takes no more requests, waits for those that run and for what is to be sent, says goodbye and leaves. When the
        time is over, the rest is cancelled. True if all had finished. Not from a handler."""
        self._leave(timeout)
        self._started().join()
        return self._started().clean

    def emit(self, topic: str, value: Any = None, *, headers: Mapping[str, str] | None = None,
             trace: str = "") -> Future[Receipt]:
        """Tells other services: one copy to each group that listens to the topic. The future need not be looked at: a
        failure is logged. The order of one thread and topic is kept."""
        event = Event(self._number(), topic, headers=dict(headers or {}), trace=trace)
        return self._send(event, value, is_topic(topic), f"`{topic}` is no topic")

    def publish(self, channel: str, value: Any, *, tags: Mapping[str, str] | None = None, key: str = "",
                version: int = 0, idempotency: str = "") -> Future[Receipt]:
        """To all subscribers of a channel. `user:<id>` is the channel of a user's clients, where the tag `name` tells
        the page what it is. The future need not be looked at: a failure is logged."""
        frame = Publication(self._number(), channel, dict(tags or {}), key, version, idempotency)
        return self._send(frame, value, channel != "", "a publication needs a channel")

    def push(self, value: Any, *, client: str = "", user: str = "") -> Future[Receipt]:
        """A message to one client, or to all clients of a user that are there now, at most once. The receipt says how
        many it `reached`; Error 104 if the client is gone."""
        frame = Push(self._number(), client, user)
        return self._send(frame, value, bool(client) != bool(user), "a push is for a client or for a user")

    def call(self, topic: str, value: Any = None, *, timeout: float | None = None, request: Request | None = None,
             headers: Mapping[str, str] | None = None, key: str = "") -> Any:
        """Asks another service and waits for the answer. Raises its Error, or 1 deadline, 2 unavailable, 3 stopped.

        Through `request` the call has its trace, on behalf of its client, and no longer deadline. A handler that calls
        needs one thread of the pool for as long; the handler it calls must not need the same one."""
        if threading.current_thread() is self._loop:
            raise RuntimeError("call() on the I/O thread would wait for itself")
        return self.call_async(topic, value, timeout=timeout, request=request, headers=headers, key=key).result()

    def call_async(self, topic: str, value: Any = None, *, timeout: float | None = None,
                   request: Request | None = None, headers: Mapping[str, str] | None = None,
                   key: str = "") -> Future[Any]:
        """As call(), without waiting."""
        frame = Request(self._number(), topic, headers=dict(headers or {}), key=key)
        seconds = self._call_timeout if timeout is None else timeout
        if request is not None:
            frame.trace = request.trace
            frame.caller = replace(request.caller, service="") if request.caller.client else Caller()
            seconds = request.time_left() if timeout is None else min(timeout, request.time_left())
        return self._send(frame, value, is_topic(topic), f"`{topic}` is no topic", seconds)

    def __enter__(self) -> "Service":
        self.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def _number(self) -> int:
        return next(self._numbers)

    def _send(self, frame: Request | Event | Publication | Push, value: Any, good: bool, why: str,
              seconds: float | None = None) -> Future[Any]:
        loop = self._started()
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # from here on it cannot be cancelled
        try:
            if not good:
                raise Error(BAD_REQUEST, why)
            self._check_frame(frame)
            payload = loop.check_payload(pack(value))
        except Error as error:
            future.set_exception(error)
            return future
        number = frame.call if isinstance(frame, Request) else frame.id
        deadline = time.monotonic() + (self._send_timeout if seconds is None else seconds)
        loop.submit(_Waiting(frame, payload, deadline, future, number))
        return future

    @staticmethod
    def _check_frame(frame: Frame) -> None:
        """Reads it as the broker will, which counts malformed headers and cuts those who send them."""
        try:
            decode(encode(frame))
        except (TypeError, ValueError, OverflowError) as fault:
            raise Error(BAD_REQUEST, str(fault)) from None

    def _leave(self, timeout: float) -> None:
        loop = self._started()
        deadline = time.monotonic() + timeout
        loop.post(lambda: loop.leave(deadline))

    def _started(self) -> _Loop:
        if self._loop is None:
            raise RuntimeError("the service is not started")
        return self._loop

    def _require_new(self) -> None:
        if self._loop is not None:
            raise RuntimeError("the service is started already")
