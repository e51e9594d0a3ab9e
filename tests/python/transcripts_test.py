# SPDX-License-Identifier: Apache-2.0
"""The conversations of tests/unit/wire/transcripts, replayed as docs/backplane-protocol.md asks, and its tables."""

import dataclasses
import json
import re
import unittest
from pathlib import Path
from typing import Any

import msgpack

import fairlead

ROOT = Path(__file__).resolve().parents[2]

SERVICE_SENDS = {
    "greeting", "heartbeat", "drain", "goodbye", "request", "reply", "error", "returned", "cancel", "event",
    "publication", "push", "control", "revoke", "heard", "window", "release", "claim"}
BROKER_SENDS = {
    "welcome", "refusal", "who", "heartbeat", "probe", "drain", "goodbye", "request", "reply", "error", "cancel",
    "event", "ack", "told", "lease", "unknown"}


@dataclasses.dataclass
class Block:
    """One frame of a transcript."""

    place: str
    direction: str  # ">" from the service, "<" from the broker, "!" refused
    kind: str
    notation: str
    parts: dict[str, bytes] = dataclasses.field(default_factory=lambda: {"~": b"", "=": b"", "+": b""})

    @property
    def canonical(self) -> bytes:
        """The header as a writer makes it; empty for a kind that is not known."""
        return self.parts["="]

    @property
    def header(self) -> bytes:
        """What comes in."""
        return self.parts["~"] or self.canonical

    @property
    def payload(self) -> bytes:
        return self.parts["+"]


def read_transcript(path: Path) -> list[Block]:
    blocks: list[Block] = []
    part = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark, rest = line[:1], line[2:]
        if mark in ("", "#"):
            continue
        if mark in (">", "<"):
            kind, _, notation = rest.partition(" ")
            blocks.append(Block(f"{path.name}:{number}", mark, kind, notation))
        elif mark == "!":
            blocks.append(Block(f"{path.name}:{number}", mark, rest, ""))
        elif mark in ("~", "=", "+", " "):
            part = part if mark == " " else mark
            blocks[-1].parts[part] += bytes.fromhex(line[1:])
        else:
            raise ValueError(f"{path.name}:{number}: no such line")
    return blocks


def from_notation(text: str) -> Any:
    """JSON, but for h'..', which is a bin."""
    value = json.loads(re.sub(r"h'([0-9a-f]*)'", r'{"bin": "\1"}', text))

    def with_bins(item: Any) -> Any:
        if isinstance(item, list):
            return [with_bins(each) for each in item]
        if isinstance(item, dict) and set(item) == {"bin"}:
            return bytes.fromhex(item["bin"])
        return item

    return with_bins(value)


def make(kind: str, values: list[Any]) -> fairlead.Frame:
    """A frame out of its notation, by the constructors alone: nothing of what reads bytes has a part in it."""
    cls = next(each for each in fairlead.FRAMES.values() if each.name == kind)
    nested = {"caller": fairlead.Caller, "endpoints": fairlead.Endpoint, "interests": fairlead.Interest}
    made: dict[str, Any] = {}
    for (name, _), value in zip(fairlead.wire_fields(cls), values):
        if name == "caller":
            value = nested[name](*(value or [])[:len(dataclasses.fields(nested[name]))])
        elif name in nested:
            value = [nested[name](*each) for each in value]
        made[name] = value
    return cls(**made)


class Transcripts(unittest.TestCase):
    blocks: list[Block]

    @classmethod
    def setUpClass(cls) -> None:
        files = sorted((ROOT / "tests/unit/wire/transcripts").glob("*.txt"))
        cls.blocks = [block for file in files for block in read_transcript(file)]

    def frames(self) -> list[Block]:
        return [block for block in self.blocks if block.direction != "!"]

    def test_every_frame_is_made_byte_for_byte(self) -> None:
        made = 0
        for block in self.frames():
            if block.kind == "unknown":
                continue
            with self.subTest(block.place):
                version, kind, *values = from_notation(block.notation)
                frame = make(block.kind, values)
                self.assertEqual([version, kind], [fairlead.VERSION, frame.kind])
                self.assertEqual(fairlead.encode(frame).hex(" "), block.canonical.hex(" "))
                made += 1
        self.assertGreater(made, 50)

    def test_every_header_is_read_as_what_it_says(self) -> None:
        for block in self.frames():
            with self.subTest(block.place):
                self.assertEqual(msgpack.unpackb(block.header), from_notation(block.notation))
                frame = fairlead.decode(block.header)
                if block.kind == "unknown":
                    self.assertIsNone(frame)
                    self.assertEqual(block.canonical, b"")
                    continue
                self.assertIsNotNone(frame, "a kind that fairlead.FRAMES does not have")
                assert frame is not None
                self.assertEqual(frame.name, block.kind)
                self.assertEqual(fairlead.encode(frame).hex(" "), block.canonical.hex(" "))

    def test_what_is_to_be_refused_is_refused(self) -> None:
        refused = [block for block in self.blocks if block.direction == "!"]
        self.assertGreater(len(refused), 10)
        for block in refused:
            with self.subTest(block.place, why=block.kind):
                self.assertNotEqual(block.header, b"")
                self.assertRaises(fairlead.BadFrame, fairlead.decode, block.header)

    def test_fields_of_later_versions_may_hold_anything_but_extensions(self) -> None:
        reply = bytes.fromhex("94 01 11 05")
        later = ("c0", "cb 00 00 00 00 00 00 00 00", "82 01 02 91 03 04", "81 c4 01 61 80")  # keys that no dict can have
        for field in later:
            self.assertEqual(fairlead.decode(reply + bytes.fromhex(field)), fairlead.Reply(5))
        for extension in ("d4 01 00", "d6 ff 00 00 00 00", "91 d4 01 00", "81 d4 01 00 c0"):
            self.assertRaises(fairlead.BadFrame, fairlead.decode, reply + bytes.fromhex(extension))

    def test_every_payload_is_a_value_and_is_packed_again_byte_for_byte(self) -> None:
        payloads = [block for block in self.frames() if block.payload]
        self.assertGreater(len(payloads), 10)
        for block in payloads:
            with self.subTest(block.place):
                self.assertEqual(fairlead.pack(fairlead.unpack(block.payload)).hex(" "), block.payload.hex(" "))

    def test_every_kind_is_there_from_each_side_that_sends_it(self) -> None:
        self.assertEqual({block.kind for block in self.frames() if block.direction == ">"}, SERVICE_SENDS)
        self.assertEqual({block.kind for block in self.frames() if block.direction == "<"}, BROKER_SENDS)
        known = {frame.name for frame in fairlead.FRAMES.values()}
        self.assertEqual(known, (SERVICE_SENDS | BROKER_SENDS) - {"unknown"})


class Batches(unittest.TestCase):
    """What a turn has for the broker goes as the document's section "Messages" says."""

    @staticmethod
    def messages(payload_sizes: list[int]) -> list[list[int]]:
        batch = fairlead.Batch()
        for size in payload_sizes:
            batch.add(b"header", bytes(size))
        found = []
        while pairs := batch.message():
            found.append([len(payload) for _, payload in pairs])
            batch.pop(len(pairs))
        return found

    def test_a_message_has_at_most_64_pairs(self) -> None:
        self.assertEqual([len(each) for each in self.messages([1] * 150)], [64, 64, 22])

    def test_payloads_of_a_message_are_at_most_256_kib_and_a_larger_one_goes_alone(self) -> None:
        kib = 1024
        self.assertEqual(self.messages([100 * kib, 156 * kib, 1]), [[100 * kib, 156 * kib], [1]])
        self.assertEqual(self.messages([1, 300 * kib, 2]), [[1], [300 * kib], [2]])


class Document(unittest.TestCase):
    """The tables of docs/backplane-protocol.md against those of the SDK."""

    TYPES = {
        "str": fairlead.Str, "bin": fairlead.Bin, "bool": fairlead.Bool, "ms": fairlead.Ms, "u32": fairlead.U32,
        "u64": fairlead.U64, "map": fairlead.Map, "Caller": fairlead.CallerField}

    @staticmethod
    def tables() -> dict[str, list[list[str]]]:
        """The cells of the rows below each heading."""
        found: dict[str, list[list[str]]] = {}
        heading = ""
        for line in (ROOT / "docs/backplane-protocol.md").read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                heading = line.lstrip("# ")
                found[heading] = []
            elif re.match(r"\| \d", line) or (heading == "Errors" and line.startswith("| `")):
                found[heading].append([cell.strip() for cell in line.strip("| ").split(" | ")])
        return found

    def check(self, cls: type, rows: list[list[str]]) -> None:
        fields = {each.name: each for each in dataclasses.fields(cls)}
        self.assertEqual([name for name, _ in fairlead.wire_fields(cls)], [row[1] for row in rows])
        for _, name, kind, *_ in rows:
            if kind in self.TYPES:
                self.assertEqual(fields[name].type, self.TYPES[kind], f"{cls.__name__}.{name}")

    def test_every_kind_has_the_fields_of_its_table(self) -> None:
        documented = {}
        for heading, rows in self.tables().items():
            if found := re.fullmatch(r"(\w+) \((\d+)\)", heading):
                documented[int(found[2])] = (found[1], rows)
        self.assertEqual({kind: frame.name for kind, frame in fairlead.FRAMES.items()},
                         {kind: name for kind, (name, _) in documented.items()})
        for kind, (_, rows) in documented.items():
            self.check(fairlead.FRAMES[kind], rows)

    def test_nested_structs_have_the_fields_of_their_tables(self) -> None:
        for cls in (fairlead.Caller, fairlead.Endpoint, fairlead.Interest):
            self.check(cls, self.tables()[cls.__name__])

    def test_errors_are_temporary_where_the_table_says_so(self) -> None:
        rows = self.tables()["Errors"]
        self.assertEqual({int(number) for _, number, *_ in rows}, set(fairlead.ERRORS))
        for _, number, temporary, *_ in rows:
            self.assertEqual(fairlead.Error(int(number)).temporary, temporary.startswith("yes"), number)


class Topics(unittest.TestCase):
    def test_patterns_are_told_from_what_is_none(self) -> None:
        for good in ("a", "a.b-c_D9", "*", ">", "a.*.>", "*.*.*", ".".join("a" * 16), "a" * 255):
            self.assertTrue(fairlead.is_pattern(good), good)
        for bad in ("", ".", "a.", ".a", "a..b", "a b", "é", ">.a", "a.>.b", "a*", "*.*.*.*", ".".join("a" * 17),
                    "a" * 256, "a\n"):
            self.assertFalse(fairlead.is_pattern(bad), bad)
        self.assertFalse(fairlead.is_topic("a.*") or fairlead.is_topic(">"))

    def test_the_most_specific_pattern_is_first(self) -> None:
        patterns = [">", "a.>", "a.*", "*.b", "a.*.c", "a.b.>", "a.b"]
        order = sorted((fairlead.Handler(each, print) for each in patterns), key=lambda each: each.rank)
        first = {topic: next(each.pattern for each in order if each.takes(topic))
                 for topic in ("a.b", "a.x", "x.b", "a.x.c", "a.b.c", "a.x.y", "x")}
        self.assertEqual(first, {"a.b": "a.b", "a.x": "a.*", "x.b": "*.b", "a.x.c": "a.*.c", "a.b.c": "a.b.>",
                                 "a.x.y": "a.>", "x": ">"})


if __name__ == "__main__":
    unittest.main()
