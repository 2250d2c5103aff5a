"""Times requests that wake frozen instances, and warm ones beside them. Standard library only."""

import argparse
import collections
import concurrent.futures
import contextlib
import http.client
import os
import pathlib
import re
import socket
import statistics
import subprocess
import time
import typing
from urllib.parse import urlparse

from measuring import (
    BASE,
    IMAGE,
    Client,
    answers,
    cleared,
    fail,
    head,
    namespace_called,
    output,
    percentile,
    plain_container,
    until,
)

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


class Http:
    """One connection to the gateway, for all hosts."""

    name = "HTTP"
    fields = {"image": IMAGE}

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def asked(self, host):
        """Seconds until the answer, and those that waking took, if it woke an instance."""
        start = time.perf_counter()
        self.connection.request("GET", "/", headers={"Host": host, "Dormouse-Server-Timing": "1"})
        answer = self.connection.getresponse()
        answer.read()
        took = time.perf_counter() - start
        if answer.status != 200:
            fail(f"{host} was answered {answer.status}")
        thaw = re.search(r"wake;dur=([\d.]+)", answer.getheader("Server-Timing", ""))
        return took, float(thaw.group(1)) / 1000 if thaw else None


class Grpc:
    """gRPC's own client, with a connection for each host, which takes the times."""

    name = "gRPC"
    fields = {"image": "dormouse-bench/grpc:latest", "protocol": "h2c"}

    def __init__(self, program, port):
        command = [program, "ask", f"127.0.0.1:{port}"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def asked(self, host):
        self.process.stdin.write(host + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split()
        if len(answer) != 2:
            fail(f"{host} was not answered by gRPC")
        took, thaw = answer
        return float(took), None if thaw == "-" else float(thaw) / 1000


class Plain:
    """Containers that the engine alone runs, frozen and thawed by the kernel's file and asked directly."""

    name = "floor"

    def __init__(self, containers):
        self.containers = {address(container): container for container in containers}
        self.files = {host: freezer(container) for host, container in self.containers.items()}
        self.connections = {host: http.client.HTTPConnection(host, 8080, timeout=60) for host in self.containers}
        self.frozen = set()

    def freeze(self, host):
        file, word, _ = self.files[host]
        file.write_text(word)
        self.frozen.add(host)

    def thaw(self, host):
        file, _, word = self.files[host]
        file.write_text(word)
        self.frozen.remove(host)

    def asked(self, host):
        thaw = None
        connection = self.connections[host]
        start = time.perf_counter()
        if host in self.frozen:
            self.thaw(host)
            thaw = time.perf_counter() - start
        connection.request("GET", "/")
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            fail(f"{host} was answered {answer.status}")
        return time.perf_counter() - start, thaw


def address(container):
    return output("docker", "inspect", "--format", "{{.NetworkSettings.IPAddress}}", container)


def freezer(container):
    """The kernel's file by which the container is frozen, and the words that do it and undo it."""
    group = pathlib.Path("/proc", output("docker", "inspect", "--format", "{{.State.Pid}}", container), "cgroup")
    for line in group.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for file, words in (
            (f"/sys/fs/cgroup/freezer{path}/freezer.state", ("FROZEN", "THAWED")),
            (f"/sys/fs/cgroup{path}/cgroup.freeze", ("1", "0")),
        ):
            if pathlib.Path(file).exists():
                return pathlib.Path(file), *words
    fail("there is no freezer here")


def deploy(namespace, name, what):
    awake = name.startswith("awake")
    fields = {"namespace_id": namespace, "name": name, "memory_limit_bytes": 128_000_000} | what
    fields |= {"mvcpu_limit": 100, "min_scale": 1 if awake else 0}
    fields |= {"tags": ["dormouse.idle-after=1s", "dormouse.sleep=freeze"]}
    client = Client()
    return client.settled(client.call("POST", BASE + "/containers", fields))


def are_frozen():
    """Whether all that are to sleep are frozen."""
    told = Client().call("GET", "/dormouse/v1/status?limit=1000")["containers"]
    instances = [one["instances"] for one in told if one["name"].startswith("sleeper")]
    return all([instance["state"] for instance in those] == ["frozen"] for those in instances)


def deployed(pool, namespace, size, what):
    """Pairs of hosts: one that sleeps when nobody calls, and one that is always awake."""
    names = [f"{kind}-{number}" for number in range(size) for kind in ("sleeper", "awake")]
    made = pool.map(lambda name: deploy(namespace, name, what.fields), names)
    hosts = [urlparse(one["public_endpoint"]).netloc for one in made]
    return list(zip(hosts[::2], hosts[1::2]))


def paced(client, pairs, rate, wakes):
    """So many wakes, so many a second, of the sleepers in turn; one that was awake is passed over."""
    told, queue, missed = [], collections.deque(pairs), 0
    due = time.perf_counter()
    while len(told) < wakes:
        sleeper, awake = queue[0]
        queue.rotate(-1)
        due = max(due + 1 / rate, time.perf_counter())
        time.sleep(max(0, due - 1 / rate / 2 - time.perf_counter()))
        rested, _ = client.asked(awake)
        time.sleep(max(0, due - time.perf_counter()))
        woken, thaw = client.asked(sleeper)
        warm, _ = client.asked(sleeper)
        if isinstance(client, Plain):
            client.freeze(sleeper)
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
            told = answers(url)
            woken.append(time.perf_counter() - start)
            start = time.perf_counter()
            if not (told and answers(url)):
                fail("a container that was unpaused did not answer")
            warm.append(time.perf_counter() - start)
    return woken, warm


def row(name, seconds):
    ordered = sorted(seconds)
    p50, p99 = statistics.median(ordered), percentile(ordered, 0.99)
    return f"| {name} | {1000 * p50:.2f} | {1000 * p99:.2f} | {1000 * ordered[-1]:.2f} | {len(ordered)} |"


def rows(client, pairs, wakes):
    for rate in RATES:
        until("all being frozen", are_frozen, 0.2)
        told = paced(client, pairs, rate, wakes if rate > 1 else max(1, wakes // SLOW_SHARE))
        name = f"{client.name}, {rate} a second"
        print(row(f"{name}: woken", [pair.woken for pair in told]))
        print(row(f"{name}: awake, after as long a rest", [pair.awake for pair in told]))
        print(row(f"{name}: woken less awake", [pair.woken - pair.awake for pair in told]))
        print(row(f"{name}: of it the thaw", [pair.thaw for pair in told]))
        print(row(f"{name}: once more at once", [pair.warm for pair in told]), flush=True)


def floor(pool, size, wakes):
    """The same of containers that are thawed and asked by hand."""
    limits = ("--memory", "128000000", "--cpus", "0.1")
    with contextlib.ExitStack() as running:
        plain = list(pool.map(lambda _: running.enter_context(plain_container(options=limits)), range(2 * size)))
        client = Plain([container for container, _, _ in plain])
        hosts = list(client.containers)
        sleepers = hosts[::2]
        try:
            for host in hosts:
                client.asked(host)
            for host in sleepers:
                client.freeze(host)
            rows(client, list(zip(sleepers, hosts[1::2])), wakes)
        finally:
            for host in list(client.frozen):
                client.thaw(host)  # what is frozen does not end


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--grpc", required=True)
    options.add_argument("--wakes", type=int, default=500)
    options.add_argument("--containers", type=int, default=80)
    size = options.parse_args()
    gateway = int(os.environ["DORMOUSE_GATEWAY_LISTEN"].rsplit(":", 1)[1])
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        print(head(f"{size.wakes} wakes of {size.containers} containers, as many awake beside them"), flush=True)
        print("\n| | p50, ms | p99, ms | most, ms | of |\n|---|---:|---:|---:|---:|")
        namespace = namespace_called("bench")
        for client in (Http(gateway), Grpc(size.grpc, gateway)):
            with cleared(namespace, "sleeper-", "awake-"):  # all that is frozen has to fit into the memory for it
                rows(client, deployed(pool, namespace, size.containers, client), size.wakes)
        floor(pool, size.containers, size.wakes)
    woken, warm = rivals()
    print(row("rival: unpaused by the engine", woken))
    print(row("rival: more for unpausing", [one - other for one, other in zip(woken, warm)]))


if __name__ == "__main__":
    main()
