# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small internet beside the sandbox: a network namespace with a DNS server and a web server.

The sandbox is the host, with an outer interface and a default route to it. The internet has no route to containers:
what comes from them gets an answer only if the host translates it.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import Iterator, Sequence

NAMESPACE = "internet"
OUTER = "outer0"
HOST, HOST6 = "203.0.113.2", "2001:db8:0:1::2"
ROUTER, ROUTER6 = "203.0.113.1", "2001:db8:0:1::1"
DNS, DNS6 = "198.51.100.53", "2001:db8:0:53::53"
WEB, WEB6 = "198.51.100.80", "2001:db8:0:80::80"
WEB_NAME = "www.example.test"

_WEB_SERVER = """
import http.server, socket
class Caller(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = self.client_address[0].replace("::ffff:", "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words):
        pass
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6
Server(("::", 80), Caller).serve_forever()
"""
"""Answers every request with the address it came from."""


def run(*command: str, check: bool = True) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0 or not check, f"{' '.join(command)}: {done.stdout}"
    return done.stdout


def outside(*command: str, check: bool = True) -> str:
    """Run a command in the internet."""
    return run("ip", "netns", "exec", NAMESPACE, *command, check=check)


@contextmanager
def internet() -> Iterator[None]:
    """The internet, for as long as the block lasts."""
    with ExitStack() as stack:
        run("ip", "netns", "add", NAMESPACE)
        stack.callback(run, "ip", "netns", "delete", NAMESPACE)
        _link_up()
        stack.callback(run, "ip", "link", "delete", OUTER, check=False)
        stack.enter_context(_server((DNS, DNS6), 53, _dns_server()))
        stack.enter_context(_server((WEB, WEB6), 80, [sys.executable, "-c", _WEB_SERVER]))
        yield


def _link_up() -> None:
    run("ip", "link", "add", OUTER, "type", "veth", "peer", "name", "wan0", "netns", NAMESPACE)
    run("ip", "address", "add", f"{HOST}/24", "dev", OUTER)
    run("ip", "address", "add", f"{HOST6}/64", "dev", OUTER, "nodad")
    run("ip", "link", "set", OUTER, "up")
    for device, addresses in {
        "wan0": [f"{ROUTER}/24", f"{ROUTER6}/64"],
        "lo": [f"{DNS}/32", f"{WEB}/32", f"{DNS6}/128", f"{WEB6}/128"],
    }.items():
        for address in addresses:
            outside("ip", "address", "add", address, "dev", device, *(["nodad"] if ":" in address else []))
        outside("ip", "link", "set", device, "up")
    run("ip", "route", "add", "default", "via", ROUTER)
    run("ip", "-6", "route", "add", "default", "via", ROUTER6)


def _dns_server() -> Sequence[str]:
    return [
        "dnsmasq",
        *("--keep-in-foreground", "--conf-file=/dev/null", "--no-hosts", "--no-resolv", "--user=root", "--pid-file="),
        *(f"--listen-address={DNS},{DNS6}", "--bind-interfaces", f"--host-record={WEB_NAME},{WEB},{WEB6}"),
    ]


@contextmanager
def _server(addresses: Sequence[str], port: int, command: Sequence[str]) -> Iterator[None]:
    process = subprocess.Popen(["ip", "netns", "exec", NAMESPACE, *command], stdin=subprocess.DEVNULL)
    try:
        for address in addresses:
            _wait_for(address, port, process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        assert process.poll() is None, f"server of {address} port {port} ended with {process.returncode}"
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens on {address} port {port}")
