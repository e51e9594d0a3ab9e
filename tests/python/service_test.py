# SPDX-License-Identifier: Apache-2.0
"""Python services behind the real broker, beside C++ ones, asked by real clients."""

import logging
import os
import signal
import sys
import threading
import unittest
from collections.abc import Callable
from typing import Any

import fairlead
from client import Client
from stand import BIN, PATIENCE, ROOT, Stand

logging.getLogger("fairlead").addHandler(logging.NullHandler())

RATES = ("client.commands=1000000", "client.commands_burst=1000000")


class Load:
    """Clients that ask `hello.greet` without a pause until the load is closed."""

    def __init__(self, address: str, clients: int = 4) -> None:
        self._changed = threading.Condition()
        self._going = True
        self.answers = 0
        self.failures: list[Exception] = []
        self._threads = [threading.Thread(target=self._ask, args=[address]) for _ in range(clients)]
        for thread in self._threads:
            thread.start()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Until it is so, looked at after each answer."""
        with self._changed:
            self._changed.wait_for(lambda: condition() or self.failures, PATIENCE)
            if self.failures:
                raise self.failures[0]
            if not condition():
                raise AssertionError(f"not so after {self.answers} answers")

    def wait_for_more(self, answers: int = 100) -> None:
        enough = self.answers + answers
        self.wait(lambda: self.answers >= enough)

    def close(self) -> None:
        self._going = False
        for thread in self._threads:
            thread.join()

    def _ask(self, address: str) -> None:
        try:
            with Client(address) as client:
                while self._going:
                    answer = client.rpc("hello.greet", {"name": "Ada"})
                    if answer != {"text": "Hello, Ada!"}:
                        raise AssertionError(answer)
                    self._count()
        except Exception as failure:
            self.failures.append(failure)
            self._count(0)

    def _count(self, answers: int = 1) -> None:
        with self._changed:
            self.answers += answers
            self._changed.notify_all()


class ServiceTest(unittest.TestCase):
    def setUp(self) -> None:
        self.stand = Stand()
        self.addCleanup(self.stand.close)

    def service(self, name: str, **options: Any) -> fairlead.Service:
        options = {"broker": self.stand.backplane, "server_keys": [], "threads": 4} | options
        return fairlead.Service(name, "1.0.0", **options)

    def join(self, service: fairlead.Service) -> fairlead.Service:
        service.start()
        self.addCleanup(service.stop, 0)
        self.assertTrue(service.ready(PATIENCE))
        return service

    def enter(self) -> Client:
        client = Client(self.stand.client_address)
        self.addCleanup(client.close)
        return client

    def refusal(self, client: Client, topic: str, data: Any) -> tuple[int, str]:
        with self.assertRaises(LookupError) as refused:
            client.rpc(topic, data)
        code, message = refused.exception.args
        return code, message


class Requests(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.stand.start_broker("", "client.send_topic=chat.typing", *RATES)
        service = self.orders = self.service("orders")

        @service.on("orders.create")
        def create(request: fairlead.Request) -> Any:
            if request.payload["qty"] < 1:
                raise fairlead.Error(1422, "qty must be positive")
            return {"by": request.caller.client, "topic": request.topic, **request.payload}

        @service.on("orders.get.*")
        def get(request: fairlead.Request) -> Any:
            return request.topic.rpartition(".")[2]

    def restart_broker(self, *options: str) -> None:
        assert self.stand.broker is not None
        self.stand.broker.close()
        self.stand.start_broker("", *options)

    def test_a_client_is_answered(self) -> None:
        self.join(self.orders)
        client = self.enter()
        self.assertEqual(client.rpc("orders.create", {"qty": 2, "tags": ["ä", None, 1.5]}),
                         {"qty": 2, "tags": ["ä", None, 1.5], "by": client.id, "topic": "orders.create"})
        self.assertEqual(client.rpc("orders.get.o-1", {}), "o-1")
        self.assertEqual(self.refusal(client, "orders.create", {"qty": 0}), (1422, "qty must be positive"))
        self.assertEqual(self.refusal(client, "orders.create", {})[0], 100)  # a KeyError
        self.assertEqual(self.refusal(client, "orders.none", {})[0], 104)

    def test_services_of_both_languages_call_each_other(self) -> None:
        self.stand.start_service(str(BIN / "50_call_another_service"))  # `stock` and `cart`, in C++
        self.orders.on("orders.take")(lambda request: self.orders.call("stock.take", request.payload, request=request))
        self.join(self.orders)
        client = self.enter()

        def stock_is_there() -> bool:
            try:
                return client.rpc("stock.look", {}) == {"left": 10}
            except LookupError:
                return False

        while not stock_is_there():
            pass
        self.assertEqual(client.rpc("orders.take", {"sku": "tea", "qty": 2}), {"left": 8})
        self.assertEqual(self.refusal(client, "orders.take", {"sku": "tea", "qty": 20}), (1409, "only 8 left"))
        fairlead_call = self.stand.start_service(str(BIN / "fairlead"), "call", "orders.get.o-2", "{}")
        self.assertEqual(fairlead_call.wait(), 0)
        self.assertIn('"o-2"', fairlead_call.output())

    def test_events_go_to_one_of_each_group(self) -> None:
        heard: dict[str, Any] = {}
        changed = threading.Condition()

        def hear(name: str, service: fairlead.Service, pattern: str, **group: str) -> None:
            @service.listen(pattern, **group)
            def put(event: fairlead.Event) -> None:
                with changed:
                    heard[name] = (event.topic, event.payload, event.caller.service or event.caller.client)
                    changed.notify_all()

        def wait(*names: str) -> None:
            with changed:
                self.assertTrue(changed.wait_for(lambda: set(names) <= set(heard), PATIENCE), heard)

        stock = self.service("stock")
        hear("stock", stock, "orders.*")
        hear("mailer", stock, "orders.>", group="mailer")
        hear("orders", self.orders, "chat.typing")
        self.join(stock)
        self.join(self.orders)
        receipt = self.orders.emit("orders.created", {"id": 1}, headers={"region": "eu"}).result(PATIENCE)
        self.assertEqual((receipt.reached, receipt.dropped), (2, 0))
        wait("stock", "mailer")
        self.assertEqual(heard["stock"], ("orders.created", {"id": 1}, "orders"))
        self.assertEqual(heard["mailer"], heard["stock"])
        client = self.enter()
        client.send("typing")  # what a client sends is an event
        wait("orders")
        self.assertEqual(heard["orders"], ("chat.typing", "typing", client.id))

    def test_publications_and_pushes_reach_clients(self) -> None:
        self.join(self.orders)
        client = self.enter()
        client.subscribe("shop:feed")
        receipt = self.orders.publish("shop:feed", {"sku": "tea"}, tags={"kind": "trade"}).result(PATIENCE)
        self.assertEqual((receipt.offset, receipt.reached), (1, 1))
        publication = client.next_push()
        while "pub" not in publication:  # the client sees itself join
            publication = client.next_push()
        self.assertEqual((publication["channel"], publication["pub"]["data"], publication["pub"]["tags"]),
                         ("shop:feed", {"sku": "tea"}, {"kind": "trade"}))
        self.assertEqual(self.orders.push({"hello": True}, client=client.id).result(PATIENCE).reached, 1)
        self.assertEqual(client.next_push()["message"]["data"], {"hello": True})
        gone = self.orders.push(1, client=client.id[:-1]).exception(PATIENCE)
        assert isinstance(gone, fairlead.Error)
        self.assertEqual(gone.code, 104)
        self.assertEqual(self.orders.push(1, user="nobody").result(PATIENCE).reached, 0)

    def test_more_than_the_byte_window_arrives_whole_and_in_order(self) -> None:
        self.join(self.orders)
        sent = [self.orders.publish("a:b", bytes(100_000).hex()) for _ in range(30)]  # 6 MB; the window is 1 MiB
        self.assertEqual([each.result(PATIENCE).offset for each in sent], list(range(1, 31)))

    def test_a_hook_is_a_request_like_others(self) -> None:
        hooked = self.service("door")

        @hooked.on("_hook.connect", idempotent=True)
        def connect(request: fairlead.Request) -> Any:
            has_token, channel, data, name, version, *_ = request.payload
            return [not has_token and name == "", 0, "", 0, 0, b"", b"", "ada"]

        self.restart_broker("hook.connect=true")
        hooked.on("door.who")(lambda request: request.caller.user)
        self.join(hooked)
        self.assertEqual(self.enter().rpc("door.who", {}), "ada")

    def test_a_topic_of_another_service_is_refused_for_good(self) -> None:
        self.join(self.orders)
        imposter = self.service("imposter")
        imposter.on("orders.create")(print)
        imposter.start()
        with self.assertRaises(fairlead.Error) as refused:
            imposter.ready(PATIENCE)
        self.assertEqual(refused.exception.code, 103)
        self.assertFalse(imposter.stop())


class SideBySide(ServiceTest):
    """A Python and a C++ instance of one service."""

    def hello(self) -> tuple[fairlead.Service, Callable[[], int]]:
        """A Python instance of it, and how many it has answered."""
        answered = [0]
        service = self.service("hello")

        @service.on("hello.greet")
        def greet(request: fairlead.Request) -> Any:
            answered[0] += 1
            return {"text": f"Hello, {request.payload['name']}!"}

        return self.join(service), lambda: answered[0]

    def test_both_answer_and_each_leaves_under_load_without_a_failed_request(self) -> None:
        self.stand.start_broker("", *RATES)
        cpp = self.stand.start_service(str(BIN / "10_hello_service"))
        cpp.line("linked")
        first, of_first = self.hello()
        load = Load(self.stand.client_address)
        self.addCleanup(load.close)
        load.wait(lambda: of_first() > 50 and load.answers - of_first() > 50)

        self.assertTrue(first.stop(PATIENCE))
        load.wait_for_more()  # of the C++ instance alone
        at_first = of_first()

        second, of_second = self.hello()
        load.wait(lambda: of_second() > 50)
        cpp.signal(signal.SIGTERM)
        self.assertEqual(cpp.wait(), 0)
        load.wait_for_more()  # of the Python instance alone

        cpp = self.stand.start_service(str(BIN / "10_hello_service"))
        cpp.line("linked")
        self.assertTrue(second.stop(PATIENCE))
        load.wait_for_more()
        load.close()
        self.assertEqual(load.failures, [])
        self.assertEqual(of_first(), at_first)
        print(f"{load.answers} requests, {of_first()} and {of_second()} of them answered in Python, none failed",
              file=sys.stderr)

    def test_the_example_leaves_at_sigterm_under_load_without_a_failed_request(self) -> None:
        self.stand.start_broker("", *RATES)
        example = [sys.executable, str(ROOT / "examples/python/hello.py")]
        first = self.stand.start_service(*example)
        first.line("linked")
        load = Load(self.stand.client_address)
        self.addCleanup(load.close)
        load.wait_for_more()
        self.stand.start_service(*example).line("linked")
        first.signal(signal.SIGTERM)
        self.assertEqual(first.wait(), 0, first.output())
        load.wait_for_more()
        load.close()
        self.assertEqual(load.failures, [])
        client = self.enter()
        self.assertEqual(self.refusal(client, "hello.greet", {"name": ""}), (1400, "who are you?"))
        self.assertEqual(self.refusal(client, "hello.greet", {})[0], 107)


class Faults(ServiceTest):
    def kill_broker(self) -> None:
        assert self.stand.broker is not None
        self.stand.broker.signal(signal.SIGKILL)
        self.assertEqual(self.stand.broker.wait(), -signal.SIGKILL)

    def test_a_service_comes_back_when_the_broker_was_killed(self) -> None:
        self.stand.start_broker("", *RATES)
        release = threading.Event()
        self.addCleanup(release.set)
        held = threading.Semaphore(0)
        service = self.service("hello")
        cancelled: list[bool] = []

        @service.on("hello.hold")
        def hold(request: fairlead.Request) -> None:
            held.release()
            release.wait(PATIENCE)
            cancelled.append(request.cancelled)

        service.on("hello.echo")(lambda request: request.payload)
        self.join(service)
        for number in range(3):
            with self.subTest(number):
                asked = service.call_async("hello.hold", timeout=120)
                self.assertTrue(held.acquire(timeout=PATIENCE))
                self.kill_broker()
                self.stand.start_broker("", *RATES)
                lost = asked.exception(PATIENCE)
                assert isinstance(lost, fairlead.Error)
                self.assertRegex(lost.message, "^outcome unknown")
                self.assertTrue(service.ready(PATIENCE))
                self.assertEqual(self.enter().rpc("hello.echo", number), number)
                self.assertEqual(service.call("hello.echo", number), number)
                self.assertEqual(service.publish("a:b", 1).result(PATIENCE).offset, 1)
        release.set()
        self.assertTrue(service.stop(PATIENCE))
        self.assertEqual(cancelled, [True, True, True])

    def test_a_service_that_starts_before_the_broker_waits_for_it(self) -> None:
        self.stand.start_broker()
        self.kill_broker()
        service = self.service("early")
        service.on("early.ask")(lambda request: 1)
        service.start()
        self.addCleanup(service.stop, 0)
        self.assertFalse(service.ready(0))
        published = service.publish("a:b", 1)
        self.stand.start_broker()
        self.assertTrue(service.ready(PATIENCE))
        self.assertEqual(published.result(PATIENCE).offset, 1)
        self.assertEqual(self.enter().rpc("early.ask", {}), 1)

    def test_a_service_ends_cleanly_while_the_broker_is_away(self) -> None:
        self.stand.start_broker()
        service = self.join(self.service("hello"))
        self.kill_broker()
        self.assertTrue(service.stop(PATIENCE))

    def test_a_broker_that_stops_is_waited_for(self) -> None:
        self.stand.start_broker()
        service = self.service("hello")
        service.on("hello.echo")(lambda request: request.payload)
        self.join(service)
        assert self.stand.broker is not None
        self.stand.broker.signal(signal.SIGTERM)
        self.assertEqual(self.stand.broker.wait(), 0)
        self.stand.start_broker()
        self.assertTrue(service.ready(PATIENCE))
        self.assertEqual(self.enter().rpc("hello.echo", 1), 1)


class Keys(ServiceTest):
    def setUp(self) -> None:
        super().setUp()
        self.broker_key = self.stand.key("broker")
        self.stand.start_broker(f"""
[client]
anonymous = true
topics = [">"]
[backplane]
secret_key_file = "{self.stand.path("broker")}"
[[service]]
name = "orders"
public_key = "{self.stand.key("orders")}"
topics = ["orders.>"]
calls = ["orders.>"]
""")

    def keyed(self, name: str, *servers: str, key: str = "orders") -> fairlead.Service:
        return self.service(name, server_keys=servers, key_file=self.stand.path(key))

    def why(self, service: fairlead.Service) -> fairlead.Error:
        """Why the broker refuses it."""
        service.start()
        self.addCleanup(service.stop, 0)
        with self.assertRaises(fairlead.Error) as refused:
            service.ready(PATIENCE)
        return refused.exception

    def test_a_service_with_its_key_is_let_in(self) -> None:
        service = self.keyed("orders", self.broker_key)
        service.on("orders.echo")(lambda request: request.payload)
        self.join(service)
        self.assertEqual(self.enter().rpc("orders.echo", "x" * 1000), "x" * 1000)
        self.assertEqual(service.call("orders.echo", 1.5), 1.5)
        denied = service.publish("a:b", 1).exception(PATIENCE)
        assert isinstance(denied, fairlead.Error)
        self.assertEqual(denied.code, 103)

    def test_of_several_keys_of_the_broker_the_right_one_is_found(self) -> None:
        self.join(self.keyed("orders", self.stand.key("another"), self.broker_key))

    def test_another_name_than_that_of_the_key_is_refused(self) -> None:
        self.assertEqual(self.why(self.keyed("stock", self.broker_key)).code, 103)

    def test_a_key_that_nobody_knows_is_refused_for_good(self) -> None:
        self.stand.key("stranger")
        self.assertEqual(self.why(self.keyed("orders", self.broker_key, key="stranger")).code, 101)

    def test_the_log_says_what_is_wrong_with_the_keys(self) -> None:
        for service, why in ((self.service("orders"), "want"),
                             (self.keyed("orders", self.stand.key("another")), "is its public key another one")):
            said = threading.Event()

            class Watch(logging.Handler):
                def emit(self, record: logging.LogRecord) -> None:
                    if why in record.getMessage():
                        said.set()

            watch = Watch()
            logging.getLogger("fairlead").addHandler(watch)
            self.addCleanup(logging.getLogger("fairlead").removeHandler, watch)
            service.start()
            self.addCleanup(service.stop, 0)
            self.assertTrue(said.wait(PATIENCE), why)

    def test_key_files_that_cannot_be_are_refused(self) -> None:
        os.chmod(self.stand.path("orders"), 0o640)
        self.assertRaisesRegex(ValueError, "may be read by others", self.keyed, "orders", self.broker_key)
        os.chmod(self.stand.path("orders"), 0o600)
        self.assertRaisesRegex(ValueError, "server_keys", self.keyed, "orders")
        self.assertRaisesRegex(ValueError, "key_file", self.service, "orders", server_keys=[self.broker_key])
        os.chmod(self.stand.write("empty", "# nothing\n"), 0o600)
        self.assertRaisesRegex(ValueError, "secret_key", self.keyed, "orders", self.broker_key, key="empty")


if __name__ == "__main__":
    unittest.main()
