"""Times first answers of a Java program that is frozen, deep or stopped, and reads what it holds. Standard library only."""

import argparse
import http.client
import os
import pathlib
import statistics
import time
from urllib.parse import urlparse

from measuring import BASE, Client, fail, head, percentile, until

IMAGE = "dormouse-examples/java-web:latest"
MEMORY_LIMIT = 256_000_000
WARMING_REQUESTS = 60
TEXT = " ".join(f"word{number % 5000}" for number in range(60_000)).encode()
MEGABYTE = 1_000_000
KIB = 1024

# the tag that takes it there, by the state in which it waits
SLEEPS = {"frozen": "freeze", "deep": "deep", "stopped": "stop"}


class Caller:
    """Calls one container through the gateway, on one connection."""

    def __init__(self, container):
        self.name = container["name"]
        self.host = urlparse(container["public_endpoint"]).netloc
        gateway = int(os.environ["DORMOUSE_GATEWAY_LISTEN"].rsplit(":", 1)[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", gateway, timeout=120)

    def call(self, method="GET", path="/", body=None):
        """Seconds until the answer's last byte."""
        start = time.perf_counter()
        self.connection.request(method, path, body, {"Host": self.host})
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            fail(f"{self.name} was answered {answer.status}")
        return time.perf_counter() - start

    def instances(self):
        return Client().call("GET", f"/dormouse/v1/status?name={self.name}")["containers"][0]["instances"]

    def state(self):
        return [one["state"] for one in self.instances()]

    def holds(self):
        """Bytes of the machine's memory; what it is told is what the kernel charges it for."""
        (instance,) = self.instances()
        if "memory_bytes" not in instance:
            fail("the server is not told what instances hold: it must be root beside the engine")
        return instance["memory_bytes"] + instance["swapped_bytes"] * taken_share()


def swaps():
    """Name and used bytes of each."""
    lines = pathlib.Path("/proc/swaps").read_text().splitlines()[1:]
    return [(line.split()[0], int(line.split()[3]) * KIB) for line in lines]


def taken_share():
    """The memory that swapped pages take, as a share of what they are: nothing on a disk."""
    used = sum(used for _, used in swaps())
    zrams = [pathlib.Path("/sys/block", name[5:], "mm_stat") for name, _ in swaps() if name.startswith("/dev/zram")]
    taken = sum(int(one.read_text().split()[2]) for one in zrams)
    return min(1, taken / used) if used else 0


def deploy(namespace, state):
    fields = {"namespace_id": namespace, "name": state, "image": IMAGE, "memory_limit_bytes": MEMORY_LIMIT}
    fields |= {"mvcpu_limit": 2000, "min_scale": 0, "max_scale": 1}
    fields |= {"tags": ["dormouse.idle-after=1s", f"dormouse.sleep={SLEEPS[state]}"]}
    client = Client()
    return Caller(client.settled(client.call("POST", BASE + "/containers", fields)))


def warm(caller):
    for _ in range(WARMING_REQUESTS):
        caller.call("POST", "/words", TEXT)


def is_there(caller):
    return caller.state() == ([] if caller.name == "stopped" else [caller.name])


def measured(caller):
    """First and second answer of one that waits in its state, and what it holds there and awake."""
    until(f"being {caller.name}", lambda: is_there(caller), 0.05)
    asleep = 0 if caller.name == "stopped" else caller.holds()
    first, second, third = caller.call(), caller.call(), caller.call()
    return first, second, third, asleep


def row(name, told, awake, cold):
    first = sorted(one[0] for one in told)
    p50 = statistics.median(first)
    cells = [f"{1000 * p50:.1f}", f"{1000 * percentile(first, 0.99):.1f}"]
    cells += [f"{1000 * statistics.median(one[number] for one in told):.1f}" for number in (1, 2)]
    holds = statistics.median(one[3] for one in told)
    cells += [f"{holds / MEGABYTE:.0f}", f"{holds / awake:.2f}", f"{p50 / cold:.3f}", f"{len(told)}"]
    return f"| {name} | " + " | ".join(cells) + " |"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=20)
    rounds = options.parse_args().rounds
    if not swaps():
        fail("this machine has no swap, so that nothing goes deep; ZRAM=1GiB sets some up meanwhile")
    namespace = Client().call("POST", BASE + "/namespaces", {"name": "bench"})["id"]
    callers = [deploy(namespace, state) for state in SLEEPS]
    for caller in callers:
        warm(caller)
    awake = callers[0].holds()
    told = {state: [] for state in SLEEPS}
    for _ in range(rounds):
        for caller in callers:
            told[caller.name].append(measured(caller))
    cold = statistics.median(one[0] for one in told["stopped"])
    kinds = ", ".join(name for name, _ in swaps())
    print(head(f"{rounds} rounds, swap on {kinds}, awake it holds {awake / MEGABYTE:.0f} MB"))
    print("\n| | first answer p50, ms | p99, ms | once more, ms | and again, ms | holds, MB | of awake | of cold | of |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for state in SLEEPS:
        print(row(state, told[state], awake, cold))


if __name__ == "__main__":
    main()
