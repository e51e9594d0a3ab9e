# SPDX-License-Identifier: Apache-2.0
"""A whole service in Python: it answers `hello.greet`, as 10_hello_service does in C++.

It needs Debian's python3-zmq and python3-msgpack. Run it beside a broker on its defaults, then ask it:

    build/release/bin/fairlead-broker &
    PYTHONPATH=sdk/python /usr/bin/python3 examples/python/hello.py &
    build/release/bin/fairlead call hello.greet '{"name":"Ada"}'

The answer: {"text":"Hello, Ada!"}
"""

import logging

import fairlead

logging.basicConfig(level=logging.INFO)
service = fairlead.Service("hello", "1.0.0")


@service.on("hello.greet")
def greet(request: fairlead.Request) -> dict[str, str]:
    match request.payload:
        case {"name": str(name)} if name:
            return {"text": f"Hello, {name}!"}
        case {"name": ""}:
            raise fairlead.Error(1400, "who are you?")
        case _:
            raise fairlead.Error(107, "name: expected a string")


raise SystemExit(service.run())
