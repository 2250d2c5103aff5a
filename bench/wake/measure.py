"""Times requests that wake frozen instances, and warm ones beside them. Standard library only."""

import argparse
import collections
import concurrent.futures
import http.client
import os
import re
import socket
import statistics
import time
import typing
from urllib.parse import urlparse

from measuring import BASE, IMAGE, Client, answers, fail, head, percentile, plain_container, until

AT_ONCE = 8
RIVAL_ROUNDS = 30
RATES = (1, 20)
SLOW_SHARE = 10
ENGINE_SOCKET = "/var/run/docker.sock"


class Pair(typing.NamedTuple):
    """Two requests after the same rest: one that wakes an instance, and one to an instance that is awake."""

    woken: float
    thaw: float
    awake: float
    warm: float


def asked(connection, host):
    """Seconds until the answer, and those that waking took, if it woke an instance."""
    start = time.perf_counter()
    connection.request("GET", "/", headers={"Host": host, "Dormouse-Server-Timing": "1"})
    answer = connection.getresponse()
    answer.read()
    took = time.perf_counter() - start
    if answer.status != 200:
        fail(f"{host} was answered {answer.status}")
    thaw = re.search(r"wake;dur=([\d.]+)", answer.getheader("Server-Timing", ""))
    return took, float(thaw.group(1)) / 1000 if thaw else None


def deploy(namespace, name):
    awake = name.startswith("awake")
    fields = {"namespace_id": namespace, "name": name, "image": IMAGE, "memory_limit_bytes": 128_000_000}
    fields |= {"mvcpu_limit": 100, "min_scale": 1 if awake else 0}
    fields |= {"tags": ["dormouse.idle-after=1s", "dormouse.sleep=freeze"]}
    client = Client()
    return client.settled(client.call("POST", BASE + "/containers", fields))


def are_frozen():
    """Whether all that are to sleep are frozen."""
    told = Client().call("GET", "/dormouse/v1/status?limit=1000")["containers"]
    instances = [one["instances"] for one in told if one["name"].startswith("sleeper")]
    return all([instance["state"] for instance in those] == ["frozen"] for those in instances)


def paced(pairs, rate, wakes):
    """So many wakes, so many a second, of the sleepers in turn; one that was awake is passed over."""
    told, queue, missed = [], collections.deque(pairs), 0
    gateway = int(os.environ["DORMOUSE_GATEWAY_LISTEN"].rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", gateway, timeout=60)
    due = time.perf_counter()
    while len(told) < wakes:
        sleeper, awake = (urlparse(one["public_endpoint"]).netloc for one in queue[0])
        queue.rotate(-1)
        due = max(due + 1 / rate, time.perf_counter())
        time.sleep(max(0, due - 1 / rate / 2 - time.perf_counter()))
        rested, _ = asked(connection, awake)
        time.sleep(max(0, due - time.perf_counter()))
        woken, thaw = asked(connection, sleeper)
        warm, _ = asked(connection, sleeper)
        if thaw is None:
            missed += 1
            if missed > wakes:
                fail(f"of {missed + len(told)} requests only {len(told)} found an instance frozen")
        else:
            told.append(Pair(woken, thaw, rested, warm))
    return told


class Engine(http.client.HTTPConnection):
    """The engine's API by its socket."""

    def __init__(self):
        super().__init__("engine")

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(ENGINE_SOCKET)

    def call(self, path):
        self.request("POST", path)
        answer = self.getresponse()
        answer.read()
        if answer.status >= 300:
            fail(f"the engine answered {answer.status} to {path}")


def rivals():
    """Seconds from the call that unpauses a plain container to its answer, and those of a warm answer."""
    woken, warm = [], []
    engine = Engine()
    with plain_container() as (container, url, _):
        for _ in range(RIVAL_ROUNDS):
            engine.call(f"/containers/{container}/pause")
            start = time.perf_counter()
            engine.call(f"/containers/{container}/unpause")
            answers(url)
            woken.append(time.perf_counter() - start)
            start = time.perf_counter()
            answers(url)
            warm.append(time.perf_counter() - start)
    return woken, warm


def row(name, seconds):
    ordered = sorted(seconds)
    p50, p99 = statistics.median(ordered), percentile(ordered, 0.99)
    return f"| {name} | {1000 * p50:.2f} | {1000 * p99:.2f} | {1000 * ordered[-1]:.2f} | {len(ordered)} |"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--wakes", type=int, default=500)
    options.add_argument("--containers", type=int, default=80)
    size = options.parse_args()
    namespace = Client().call("POST", BASE + "/namespaces", {"name": "bench"})["id"]
    names = [f"{kind}-{number}" for number in range(size.containers) for kind in ("sleeper", "awake")]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        containers = list(pool.map(lambda name: deploy(namespace, name), names))
    pairs = list(zip(containers[::2], containers[1::2]))
    print(head(f"{size.wakes} wakes of {size.containers} containers, as many awake beside them"), flush=True)
    print("\n| | p50, ms | p99, ms | most, ms | of |\n|---|---:|---:|---:|---:|")
    for rate in RATES:
        until("all being frozen", are_frozen, 0.2)
        told = paced(pairs, rate, size.wakes if rate > 1 else max(1, size.wakes // SLOW_SHARE))
        print(row(f"{rate} a second: woken", [pair.woken for pair in told]))
        print(row(f"{rate} a second: awake, after as long a rest", [pair.awake for pair in told]))
        print(row(f"{rate} a second: woken less awake", [pair.woken - pair.awake for pair in told]))
        print(row(f"{rate} a second: of it the thaw", [pair.thaw for pair in told]))
        print(row(f"{rate} a second: once more at once", [pair.warm for pair in told]), flush=True)
    woken, warm = rivals()
    print(row("rival: unpaused by the engine", woken))
    print(row("rival: more for unpausing", [one - other for one, other in zip(woken, warm)]))


if __name__ == "__main__":
    main()
