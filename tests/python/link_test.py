# SPDX-License-Identifier: Apache-2.0
"""The life of a link, against a broker that says what the test wants."""

import logging
import tempfile
import threading
import time
import unittest
import uuid
from collections import deque
from typing import Any, TypeVar
from unittest.mock import patch

import zmq

import fairlead
from fairlead import (Ack, Cancel, Drain, ErrorFrame, Event, Goodbye, Greeting, Heard, Heartbeat, Probe, Publication,
                      Push, Refusal, Reply, Request, Returned, Welcome, Who)
from stand import PATIENCE

logging.getLogger("fairlead").addHandler(logging.NullHandler())

F = TypeVar("F", bound=fairlead.Frame)


class Broker:
    """A ROUTER that one service talks to."""

    def __init__(self, secret_key: bytes = b"") -> None:
        self._socket = zmq.Context.instance().socket(zmq.ROUTER)
        if secret_key:  # without a ZAP handler it lets everybody in
            self._socket.setsockopt(zmq.CURVE_SERVER, 1)
            self._socket.setsockopt(zmq.CURVE_SECRETKEY, secret_key)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
        self._socket.bind("tcp://127.0.0.1:*")
        self.address = self._socket.getsockopt(zmq.LAST_ENDPOINT).decode()
        self.peer = b""
        self._frames: deque[tuple[fairlead.Frame, bytes]] = deque()

    def next(self) -> tuple[fairlead.Frame, bytes]:
        """The next frame and its payload."""
        while not self._frames:
            if not self._socket.poll(PATIENCE * 1000):
                raise AssertionError("the service says nothing")
            self.peer, *parts = self._socket.recv_multipart()
            for header, payload in zip(parts[::2], parts[1::2]):
                frame = fairlead.decode(header)
                assert frame is not None
                self._frames.append((frame, payload))
        return self._frames.popleft()

    def hear(self, kind: type[F]) -> tuple[F, bytes]:
        """The next frame but for heartbeats, which must be of that kind."""
        while True:
            frame, payload = self.next()
            if isinstance(frame, kind):
                return frame, payload
            if not isinstance(frame, Heartbeat):
                raise AssertionError(f"{frame} in place of {kind.__name__}")

    def hear_begun(self) -> Heartbeat:
        """Waits until the service says that a request is under way."""
        while True:
            frame, _ = self.next()
            if isinstance(frame, Heartbeat) and frame.in_flight > 0:
                return frame

    def say(self, frame: fairlead.Frame, payload: bytes = b"") -> None:
        self.say_parts([fairlead.encode(frame), payload])

    def say_parts(self, parts: list[bytes]) -> None:
        self._socket.send_multipart([self.peer, *parts])

    def welcome(self, boot: str = "boot-1", heartbeat: int = 20, dead_after: int = 60_000, **more: Any) -> Greeting:
        """Hears a greeting and takes it."""
        greeting, _ = self.hear(Greeting)
        self.say(Welcome(boot, "tag", "test", heartbeat, dead_after, **more))
        return greeting

    def close(self) -> None:
        self._socket.close()


class LinkTest(unittest.TestCase):
    def setUp(self) -> None:
        self.broker = Broker()
        self.service = fairlead.Service("orders", "1.0", broker=self.broker.address, server_keys=[], threads=4)
        self.release = threading.Event()
        self.addCleanup(self.end)

        @self.service.on("orders.echo", window=2, timeout=1.5, idempotent=True)
        def echo(request: Request) -> Any:
            return request.payload

        @self.service.on("orders.hold", window=2)
        def hold(request: Request) -> Any:
            self.release.wait(PATIENCE)
            return {"cancelled": request.cancelled}

    def end(self) -> None:
        self.release.set()
        self.broker.close()  # so that nobody is waited for
        try:
            self.service.stop(0)
        except RuntimeError:
            pass  # it was not started

    def start(self, **welcome: Any) -> Greeting:
        self.service.start()
        greeting = self.broker.welcome(**welcome)
        self.assertTrue(self.service.ready(PATIENCE))
        return greeting

    def ask(self, call: int, topic: str, payload: Any = None, deadline: int = 60_000) -> None:
        self.broker.say(Request(call, topic, deadline), fairlead.pack(payload))

    def test_the_greeting_says_what_was_registered(self) -> None:
        self.service.on("orders.mine", route_by="user")(print)
        self.service.listen("payments.*")(print)
        self.service.listen("stock.>", group="mailer")(print)
        greeting = self.start()
        self.assertEqual((greeting.service, greeting.version, greeting.running), ("orders", "1.0", []))
        self.assertEqual(str(uuid.UUID(greeting.instance)), self.service.instance)
        endpoints = {each.topic: each for each in greeting.endpoints}
        self.assertEqual(endpoints["orders.mine"].route_by, "user")
        self.assertEqual(endpoints["orders.echo"], fairlead.Endpoint("orders.echo", 2, 1500, True))
        self.assertEqual({(each.pattern, each.group) for each in greeting.interests},
                         {("payments.*", "orders"), ("stock.>", "mailer")})

    def test_several_frames_of_a_message_are_handled_in_order(self) -> None:
        self.start()
        parts = []
        for call in (1, 2):
            parts += [fairlead.encode(Request(call, "orders.echo", 1000)), fairlead.pack(call)]
        self.broker.say_parts(parts)
        answers = dict((frame.call, fairlead.unpack(payload))
                       for frame, payload in (self.broker.hear(Reply), self.broker.hear(Reply)))
        self.assertEqual(answers, {1: 1, 2: 2})

    def test_what_is_not_known_or_broken_is_passed_over(self) -> None:
        self.start()
        self.broker.say_parts([b"\x93\x01\xcc\xc8\xa5later", b"\xc3"])  # kind 200
        self.broker.say_parts([b"\x93\x01\x11", b""])
        self.broker.say(Probe())
        self.broker.say(Heard("orders", 1))
        self.broker.say(Reply(77), b"\xc3")
        self.broker.say(Cancel(77))
        self.ask(1, "orders.echo", "still there")
        self.assertEqual(self.broker.hear(Reply), (Reply(1), fairlead.pack("still there")))

    def test_requests_that_cannot_be_begun_are_handed_back(self) -> None:
        self.start()
        self.ask(1, "orders.none")
        self.assertEqual(self.broker.hear(Returned)[0], Returned(1, Returned.UNKNOWN_TOPIC))
        self.ask(2, "orders.echo", deadline=0)
        self.assertEqual(self.broker.hear(Returned)[0], Returned(2, Returned.EXPIRED))
        for call in (3, 4, 5):
            self.ask(call, "orders.hold")
        self.assertEqual(self.broker.hear(Returned)[0], Returned(5, Returned.FULL))

    def test_a_cancelled_request_gives_its_place_back_and_still_ends(self) -> None:
        self.start()
        self.ask(1, "orders.hold")
        self.ask(2, "orders.hold")
        self.broker.say(Cancel(1))
        self.ask(3, "orders.hold")  # there is room
        self.ask(4, "orders.hold")  # and here is none
        self.assertEqual(self.broker.hear(Returned)[0].call, 4)
        self.release.set()
        cancelled = {}
        for _ in range(3):
            frame, payload = self.broker.hear(Reply)
            cancelled[frame.call] = fairlead.unpack(payload)["cancelled"]
        self.assertEqual(cancelled, {1: True, 2: False, 3: False})

    def test_heartbeats_say_how_busy_it_is(self) -> None:
        self.start()
        self.ask(1, "orders.hold")
        beat = self.broker.hear_begun()
        self.assertEqual((beat.boot, beat.in_flight), ("", 1))

    def test_who_is_answered_with_a_greeting_that_names_what_runs(self) -> None:
        self.start()
        self.ask(7, "orders.hold")
        self.broker.hear_begun()
        self.broker.say(Who("boot-1"))
        greeting = self.broker.welcome()
        self.assertEqual(greeting.running, [7])
        self.assertEqual(greeting.instance, self.service.instance)
        self.release.set()
        self.assertEqual(self.broker.hear(Reply)[0].call, 7)

    def test_a_silent_broker_is_left_and_found_again_with_what_was_answered_meanwhile(self) -> None:
        self.service.start()
        self.broker.welcome(heartbeat=10, dead_after=100)
        self.ask(7, "orders.hold")
        before = self.broker.peer
        self.assertEqual(self.broker.hear(Greeting)[0].running, [7])  # it has had enough of our silence
        self.assertNotEqual(self.broker.peer, before)
        self.release.set()
        self.broker.say(Welcome("boot-1", "tag", "", 20, 60_000))
        self.assertEqual(self.broker.hear(Reply), (Reply(7), fairlead.pack({"cancelled": False})))

    def test_another_boot_of_the_broker_ends_what_was_under_way(self) -> None:
        self.start()
        self.ask(7, "orders.hold")
        asked = self.service.call_async("stock.count")
        call, _ = self.broker.hear(Request)
        told = self.service.emit("orders.created", 1)
        event, _ = self.broker.hear(Event)
        self.broker.say(Who())
        self.assertEqual(self.broker.welcome(boot="boot-2").running, [7])
        for future in (asked, told):
            error = future.exception(PATIENCE)
            assert isinstance(error, fairlead.Error)
            self.assertRegex(error.message, "^outcome unknown")
            self.assertFalse(error.temporary)
        self.release.set()
        self.broker.say(Reply(call.call), b"\xc3")  # both come too late
        self.broker.say(Ack(event.id))
        self.ask(8, "orders.echo", 8)
        self.assertEqual(self.broker.hear(Reply)[0].call, 8)  # and 7 is not answered any more

    def test_the_same_boot_keeps_what_was_under_way(self) -> None:
        self.start()
        asked = self.service.call_async("stock.count")
        call, _ = self.broker.hear(Request)
        self.broker.say(Who())
        self.broker.welcome()
        self.broker.say(Reply(call.call), fairlead.pack(3))
        self.assertEqual(asked.result(PATIENCE), 3)

    def test_a_goodbye_of_the_broker_makes_it_come_again(self) -> None:
        self.start()
        before = self.broker.peer
        self.broker.say(Goodbye("restart"))
        self.broker.welcome()
        self.assertNotEqual(self.broker.peer, before)
        self.ask(1, "orders.echo")
        self.broker.hear(Reply)

    def test_a_refusal_is_final(self) -> None:
        self.service.start()
        self.broker.hear(Greeting)
        self.broker.say(Refusal(103, "orders.echo belongs to others"))
        with self.assertRaises(fairlead.Error) as refused:
            self.service.ready(PATIENCE)
        self.assertEqual((refused.exception.code, refused.exception.message), (103, "orders.echo belongs to others"))
        self.assertEqual(self.service.emit("a.b").exception(PATIENCE), refused.exception)
        self.assertFalse(self.service.stop())

    def test_another_version_of_the_protocol_is_final(self) -> None:
        self.service.start()
        self.broker.hear(Greeting)
        self.broker.say_parts([b"\x92\x02\x02", b""])
        with self.assertRaisesRegex(fairlead.Error, "version 2"):
            self.service.ready(PATIENCE)

    @patch.multiple(fairlead, _DRAIN_ANSWER=3 * PATIENCE, _LEAVE=3 * PATIENCE)
    def test_drain_drained_goodbye_confirmed(self) -> None:
        self.start()
        self.ask(1, "orders.hold")
        self.broker.hear_begun()
        clean: list[bool] = []
        stopping = threading.Thread(target=lambda: clean.append(self.service.stop(PATIENCE)))
        stopping.start()
        self.broker.hear(Drain)
        self.ask(2, "orders.echo")  # it was on its way
        self.assertEqual(self.broker.hear(Returned)[0], Returned(2, Returned.DRAIN))
        self.release.set()
        self.assertEqual(self.broker.hear(Reply)[0].call, 1)
        self.ask(3, "orders.echo")  # the drain may still be on its way: no goodbye yet
        self.assertEqual(self.broker.hear(Returned)[0], Returned(3, Returned.DRAIN))
        self.broker.say(Drain())
        self.broker.hear(Goodbye)
        self.assertTrue(stopping.is_alive())
        self.broker.say(Goodbye())
        stopping.join(PATIENCE)
        self.assertEqual(clean, [True])

    def test_a_handler_that_does_not_end_is_given_up(self) -> None:
        self.start()
        self.ask(1, "orders.hold")
        self.broker.hear_begun()
        self.assertFalse(self.service.stop(0.05))

    def test_bytes_on_their_way_stay_inside_the_window(self) -> None:
        self.start(byte_window=1000)
        sent = [self.service.publish("a:b", bytes(297)) for _ in range(4)]  # 300 bytes each
        large = self.service.emit("a.b", bytes(2000))
        for _ in range(3):
            frame, payload = self.broker.hear(Publication)
            self.assertEqual(len(payload), 300)
            self.broker.say(Ack(frame.id, offset=5))  # accepted, but said to be not taken yet
        self.assertEqual([each.result(PATIENCE).offset for each in sent[:3]], [5, 5, 5])
        pushed = self.service.call_async("stock.count")  # calls do not wait for the window
        self.broker.hear(Request)
        self.assertFalse(pushed.done() or sent[3].done() or large.done())
        self.broker.say(Heartbeat("boot-1", taken_bytes=200))
        last, _ = self.broker.hear(Publication)
        self.broker.say(Ack(last.id, taken_bytes=1199))  # one byte is under way
        self.service.call_async("stock.count")
        self.broker.hear(Request)
        self.assertFalse(large.done())
        self.broker.say(Heartbeat("boot-1", taken_bytes=1200))  # larger than the window: alone
        event, payload = self.broker.hear(Event)
        self.assertGreater(len(payload), 2000)
        self.broker.say(Ack(event.id, reached=1, taken_bytes=1200 + len(payload)))
        self.assertEqual(large.result(PATIENCE).reached, 1)

    def test_what_does_not_fit_into_the_queue_is_refused(self) -> None:
        small = fairlead.Service("orders", "1", broker=self.broker.address, server_keys=[], queue_bytes=4000)
        small.start()
        self.addCleanup(small.stop, 0)

        def refused() -> tuple[int, bool]:
            future = small.publish("a:b", bytes(3000))
            self.assertTrue(future.done())
            error = future.exception()
            assert isinstance(error, fairlead.Error)
            return error.code, error.temporary

        small.publish("a:b", bytes(3000))
        self.assertEqual(refused(), (2, True))  # it is not linked
        self.broker.welcome(byte_window=1)
        self.broker.hear(Publication)
        self.assertTrue(small.ready(PATIENCE))
        small.publish("a:b", bytes(3000))  # there is room again
        self.assertEqual(refused(), (111, True))

    def test_what_waits_for_too_long_fails(self) -> None:
        hasty = fairlead.Service("orders", "1", broker=self.broker.address, server_keys=[], send_timeout=0.05)
        hasty.start()
        self.addCleanup(hasty.stop, 0)

        def late() -> fairlead.Error:
            error = hasty.publish("a:b", 1).exception(PATIENCE)
            assert isinstance(error, fairlead.Error)
            return error

        self.assertEqual(late().code, 2)  # no broker yet
        self.broker.welcome(byte_window=1)
        self.assertTrue(hasty.ready(PATIENCE))
        self.assertRegex(late().message, "^outcome unknown")  # sent, and not acknowledged
        self.broker.hear(Publication)
        self.assertEqual(late().code, 111)  # not sent, since the window is full

    def test_what_the_broker_would_take_for_malformed_is_refused_here(self) -> None:
        self.start()
        bad: list[Any] = [
            self.service.publish("a:b", 1, version=-1), self.service.publish("a:b", 1, tags={"a": 1}),  # type: ignore
            self.service.publish("a:\ud800", 1), self.service.publish("a:b", {1, 2}), self.service.publish("", 1),
            self.service.publish("a:b", bytes(300_000)), self.service.emit("a.*"), self.service.push(1),
            self.service.push(1, client="a", user="b"), self.service.emit("a.b", headers={"a": "b" * 70_000})]
        for future in bad:
            error = future.exception(PATIENCE)
            assert isinstance(error, fairlead.Error)
            self.assertEqual(error.code, 107)
        self.service.push(1, user="ada")
        self.assertEqual(self.broker.hear(Push)[0].user, "ada")

    def test_a_call_that_is_too_late_is_cancelled(self) -> None:
        self.start()
        call = self.service.call_async("stock.count", timeout=0.05)
        asked, _ = self.broker.hear(Request)
        self.assertTrue(1 <= asked.deadline <= 50)
        self.assertEqual(self.broker.hear(Cancel)[0].call, asked.call)
        error = call.exception(PATIENCE)
        assert isinstance(error, fairlead.Error)
        self.assertEqual(error.code, 1)

    def test_errors_of_calls_come_as_they_were_sent(self) -> None:
        self.start()
        call = self.service.call_async("stock.count")
        asked, _ = self.broker.hear(Request)
        self.broker.say(ErrorFrame(asked.call, 1409, "only 8 left", True))
        error = call.exception(PATIENCE)
        assert isinstance(error, fairlead.Error)
        self.assertEqual((error.code, error.message, error.temporary), (1409, "only 8 left", True))

    def test_a_call_through_a_request_has_its_caller_trace_and_deadline(self) -> None:
        self.service.on("orders.add")(lambda request: self.service.call("stock.take", timeout=100, request=request))
        self.start()
        caller = fairlead.Caller("", "ada", "tag-1", "s", "203.0.113.7", b"\x80")
        before = time.monotonic()
        self.broker.say(Request(1, "orders.add", 30_000, caller, trace="00-1"), b"")
        asked, _ = self.broker.hear(Request)
        self.assertEqual((asked.caller, asked.trace), (caller, "00-1"))
        self.assertLessEqual(asked.deadline, 30_000)
        self.assertGreaterEqual(asked.deadline, 30_000 - 1000 * (time.monotonic() - before) - 1)
        self.broker.say(ErrorFrame(asked.call, 2, "", True))  # not one that a handler may give on
        answer = self.broker.hear(ErrorFrame)[0]
        self.assertEqual((answer.call, answer.code, answer.temporary), (1, 100, True))

    def test_a_handler_that_throws_is_an_error_100_that_is_not_temporary(self) -> None:
        def leave(_: Request) -> None:
            raise SystemExit("even this")

        self.service.on("orders.throw")(lambda request: request.nothing)
        self.service.on("orders.leave")(leave)
        self.service.on("orders.odd")(lambda request: {1, 2})
        self.start()
        with self.assertLogs("fairlead", "ERROR") as logged:
            for call, topic in enumerate(("orders.throw", "orders.leave", "orders.odd")):
                self.ask(call, topic)
                answer = self.broker.hear(ErrorFrame)[0]
                self.assertEqual((answer.call, answer.code, answer.temporary), (call, 100, False))
        self.assertEqual(len(logged.output), 3)
        self.broker.say(Request(9, "orders.echo", 1000), b"\x92")
        self.assertEqual(self.broker.hear(ErrorFrame)[0].code, 107)  # the payload ends early

    def test_an_event_goes_to_the_listeners_of_its_group(self) -> None:
        heard: list[tuple[str, Any]] = []
        enough = threading.Semaphore(0)

        def listener(name: str) -> Any:
            def hear(event: Event) -> None:
                heard.append((name, event.payload))
                enough.release()
                if name == "a":
                    raise ValueError("one listener of two")
            return hear

        self.service.listen("payments.*")(listener("a"))
        self.service.listen("payments.settled")(listener("b"))
        self.service.listen("payments.*", group="mailer")(listener("c"))
        self.service.listen("stock.>")(listener("d"))
        self.start()
        with self.assertLogs("fairlead", "ERROR"):
            self.broker.say(Event(topic="payments.settled", group="orders"), fairlead.pack({"id": 1}))
            for _ in range(2):
                self.assertTrue(enough.acquire(timeout=PATIENCE))
        self.broker.say(Event(topic="payments.settled", group="mailer"), fairlead.pack(2))
        self.assertTrue(enough.acquire(timeout=PATIENCE))
        self.assertEqual(sorted(heard, key=str), [("a", {"id": 1}), ("b", {"id": 1}), ("c", 2)])

    def test_events_beyond_the_queue_are_dropped_and_the_log_says_so(self) -> None:
        heard = threading.Semaphore(0)
        small = fairlead.Service("orders", "1", broker=self.broker.address, server_keys=[], threads=1,
                                 event_queue_bytes=2000)  # room for three
        self.addCleanup(small.stop, 0)

        @small.listen("a.>")
        def hear(_: Event) -> None:
            self.release.wait(PATIENCE)
            heard.release()

        small.on("orders.echo")(lambda request: request.payload)
        small.start()
        self.broker.welcome()
        self.assertTrue(small.ready(PATIENCE))
        with self.assertLogs("fairlead", "WARNING") as logged:
            event = [fairlead.encode(Event(topic="a.b", group="orders")), fairlead.pack(bytes(100))]
            # In one message, so that none is heard before all were looked at.
            self.broker.say_parts(event * 6 + [fairlead.encode(Request(1, "orders.echo", 60_000)), b""])
            self.release.set()
            self.broker.hear(Reply)
        self.assertEqual(len(logged.output), 1)
        self.assertTrue(all(heard.acquire(timeout=PATIENCE) for _ in range(3)))
        self.assertFalse(heard.acquire(blocking=False))

    def test_the_largest_payload_comes_through_with_keys(self) -> None:
        server_key, server_secret = zmq.curve_keypair()
        _, own_secret = zmq.curve_keypair()
        broker = Broker(server_secret)
        self.addCleanup(broker.close)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:  # its mode is 0600
            file.write(f'# a comment\nsecret_key = "{own_secret.decode()}"\n')
            file.flush()
            keyed = fairlead.Service("orders", "1", broker=broker.address, server_keys=[server_key.decode()],
                                     key_file=file.name)
        self.addCleanup(keyed.stop, 0)
        keyed.start()
        broker.welcome()
        broker.say(Request(1, "orders.none", 60_000), bytes(8 * 1024 * 1024))
        self.assertEqual(broker.hear(Returned)[0].call, 1)

    def test_what_cannot_be_registered_is_refused(self) -> None:
        on, listen = self.service.on, self.service.listen
        for wrong in (lambda: on("orders.echo")(print), lambda: on("a..b")(print), lambda: on("_broker.x")(print),
                      lambda: on("a", window=0)(print), lambda: listen("a.>.b")(print), lambda: listen("_session")(print),
                      lambda: fairlead.Service("_a", "1"), lambda: fairlead.Service("a", "1" * 129),
                      lambda: fairlead.Service("a", "1", broker="http://x"),
                      lambda: fairlead.Service("a", "1", server_keys=["x"])):
            self.assertRaises(ValueError, wrong)
        self.service.start()
        self.assertRaises(RuntimeError, lambda: on("late")(print))
        self.assertRaises(RuntimeError, self.service.start)


if __name__ == "__main__":
    unittest.main()
