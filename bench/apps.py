"""The Java program that the benchmarks of sleep put to sleep: its work, its memory, the swap that it goes to. Standard
library only."""

import http.client
import os
import pathlib
import time
from urllib.parse import urlparse

from measuring import BASE, Client, fail

IMAGE = "dormouse-examples/java-web:latest"
WARMING_REQUESTS = 60
MEGABYTE = 1_000_000
KIB = 1024


def text(size=400_000):
    """What is to be counted: this project's own pages, for zram is as good as what it is given, and people's words are
    neither chance nor a pattern."""
    root = pathlib.Path(__file__).resolve().parent.parent
    pages = b"".join(page.read_bytes() for page in sorted((root / "docs").rglob("*.md")))
    return (pages * (size // len(pages) + 1))[:size]


TEXT = text()


class Caller:
    """Calls one program on one connection, by the host that it is known by."""

    def __init__(self, name, port, host):
        self.name = name
        self.host = host
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def call(self, method="GET", path="/", body=None):
        """Seconds until the answer's last byte."""
        return self.asked(method, path, body)[0]

    def asked(self, method="GET", path="/", body=None):
        """The same, and the answer."""
        start = time.perf_counter()
        self.connection.request(method, path, body, {"Host": self.host})
        answer = self.connection.getresponse()
        content = answer.read()
        took = time.perf_counter() - start
        if answer.status != 200:
            fail(f"{self.name} was answered {answer.status}: {content.decode()}")
        return took, content

    def warm(self):
        """Has it work, so that its heap holds what a heap holds. The last answer."""
        for _ in range(WARMING_REQUESTS - 1):
            self.call("POST", "/words", TEXT)
        return self.asked("POST", "/words", TEXT)[1]


class Sleeper(Caller):
    """A container of ours, which is called through the gateway."""

    def __init__(self, container):
        gateway = int(os.environ["DORMOUSE_GATEWAY_LISTEN"].rsplit(":", 1)[1])
        super().__init__(container["name"], gateway, urlparse(container["public_endpoint"]).netloc)
        self.id = container["id"]
        self.endpoint = urlparse(container["public_endpoint"])

    def instances(self):
        return Client().call("GET", f"/dormouse/v1/status?name={self.name}")["containers"][0]["instances"]

    def states(self):
        return [one["state"] for one in self.instances()]

    def holds(self):
        """Bytes of the machine's memory; what it is told is what the kernel charges it for."""
        (instance,) = self.instances()
        if "memory_bytes" not in instance:
            fail("the server is not told what instances hold: it must be root beside the engine")
        return instance["memory_bytes"] + instance["swapped_bytes"] * taken_share()

    def boot(self):
        """Seconds from the program's start until it accepted a connection, of the newest start."""
        newest = Client().call("GET", f"/dormouse/v1/containers/{self.id}/starts")["starts"][0]
        return next(one["milliseconds"] for one in newest["parts"] if one["part"] == "listen") / 1000


def deployed(namespace, name, sleep, **fields):
    """Such a container, whose instances sleep a second after their last request."""
    fields |= {"namespace_id": namespace, "name": name, "image": IMAGE, "min_scale": 0}
    fields |= {"tags": ["dormouse.idle-after=1s", f"dormouse.sleep={sleep}"]}
    client = Client()
    made = client.settled(client.call("POST", BASE + "/containers", fields))
    if made["status"] != "ready":
        fail(f"{name} came to {made['status']}: {made.get('error_message')}")
    return Sleeper(made)


def swaps():
    """Name and used bytes of each."""
    lines = pathlib.Path("/proc/swaps").read_text().splitlines()[1:]
    return [(line.split()[0], int(line.split()[3]) * KIB) for line in lines]


def need_swap():
    if not swaps():
        fail("this machine has no swap, so that nothing goes deep; ZRAM=1GiB or SWAP=1GiB sets some up meanwhile")


def taken_share():
    """The memory that swapped pages take, as a share of what they are: nothing on a disk, unless there is zram as well."""
    zrams = [(name[5:], used) for name, used in swaps() if name.startswith("/dev/zram")]
    used = sum(used for _, used in zrams)
    taken = sum(int(pathlib.Path("/sys/block", name, "mm_stat").read_text().split()[2]) for name, _ in zrams)
    return min(1, taken / used) if used else 0
