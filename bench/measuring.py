"""What the benchmarks share: asking the server, ending it and starting it again, the rival, and telling figures.

The server is the one that the environment names. Standard library only."""

import asyncio
import contextlib
import http.client
import json
import os
import pathlib
import platform
import signal
import socket
import statistics
import subprocess
import sys
import time
import typing
from urllib.parse import urlparse

IMAGE = "dormouse-examples/hello:latest"
API = urlparse(os.environ["SCW_API_URL"])
BASE = "/containers/v1/regions/" + os.environ["SCW_DEFAULT_REGION"]
PATIENCE_SECONDS = 300
BURST_PATIENCE_SECONDS = 120
ENGINE_REST_SECONDS = 2.5
TICKS = os.sysconf("SC_CLK_TCK")


def fail(words):
    sys.exit(f"{pathlib.Path(sys.argv[0]).resolve().parent.name}: {words}")


def until(what, question, pause=0.001, patience=PATIENCE_SECONDS):
    """Asks until the answer is yes."""
    deadline = time.monotonic() + patience
    while not question():
        if time.monotonic() > deadline:
            fail(f"{what} did not happen within {patience} s")
        time.sleep(pause)


def answers(url):
    """Whether this machine answers the URL, whatever its host resolves to, with 200."""
    url = urlparse(url)
    connection = http.client.HTTPConnection("127.0.0.1", url.port or 80, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", url.path or "/", headers={"Host": url.netloc})
        response = connection.getresponse()
        response.read()
        return response.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


async def answered(port, request):
    """Seconds until one request, which ends its connection, was answered, and by which status."""
    start = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        answer = await reader.read()
        status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0
        return time.perf_counter() - start, status
    finally:
        writer.close()


def burst(endpoint, path, requests, body=None):
    """Seconds that each of so many requests took that are sent at once, each on a connection of its own, and how many
    were not answered with 200."""
    method, length = ("GET", "") if body is None else ("POST", f"Content-Length: {len(body)}\r\n")
    lines = f"{method} {path} HTTP/1.1\r\nHost: {endpoint.netloc}\r\nConnection: close\r\n{length}\r\n"
    request = lines.encode() + (body or b"")

    async def all_at_once():
        callers = (
            asyncio.wait_for(answered(endpoint.port or 80, request), BURST_PATIENCE_SECONDS) for _ in range(requests)
        )
        return await asyncio.gather(*callers, return_exceptions=True)

    told = asyncio.run(all_at_once())
    good = [one[0] for one in told if not isinstance(one, BaseException) and one[1] == 200]
    return good, requests - len(good)


class Client:
    """A caller of the API with one connection, which is made anew when the server has closed it in good order."""

    def __init__(self):
        self.connection = http.client.HTTPConnection(API.hostname, API.port, timeout=PATIENCE_SECONDS)

    def call(self, method, path, body=None):
        headers = {"X-Auth-Token": os.environ["SCW_SECRET_KEY"]}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = self.connection.getresponse()
        text = response.read()
        if response.status != 200:
            fail(f"{method} {path} was answered {response.status}: {text.decode()}")
        return json.loads(text)

    def named(self, name):
        """The containers of that name: one, or none."""
        return self.call("GET", f"{BASE}/containers?name={name}")["containers"]

    def settled(self, container):
        """What becomes of a container that was just written: ready, or in error."""
        path = f"{BASE}/containers/{container['id']}"
        seen = {}

        def is_settled():
            seen.update(self.call("GET", path))
            return seen["status"] not in ("creating", "updating")

        until("the end of the rollout", is_settled, 0.005)
        return seen


def namespace_called(name):
    """The id of that namespace, which is made where there is none yet."""
    client = Client()
    found = client.call("GET", f"{BASE}/namespaces?name={name}")["namespaces"]
    return (found[0] if found else client.call("POST", BASE + "/namespaces", {"name": name}))["id"]


@contextlib.contextmanager
def cleared(namespace, *beginnings):
    """Containers whose names begin so are deleted before, for a run that was broken off leaves some, and afterwards."""

    def is_clear(client):
        there = client.call("GET", f"{BASE}/containers?namespace_id={namespace}&page_size=100")["containers"]
        those = [one for one in there if one["name"].startswith(beginnings)]
        for one in those:
            if one["status"] != "deleting":
                client.call("DELETE", f"{BASE}/containers/{one['id']}")
        return not those

    def clear():
        client = Client()  # the server ends connections that rest for as long as a run takes
        until("the end of what was made", lambda: is_clear(client), 0.1)

    clear()
    try:
        yield
    finally:
        clear()


def output(*command):
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        fail(f"{' '.join(command)}: {run.stderr.strip()}")
    return run.stdout.strip()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def plain_container(image=IMAGE, options=()):
    """The rival: the image as the engine alone runs it. Its id, its URL, and the seconds until it answered."""
    port = free_port()
    url = f"http://localhost:{port}/"
    start = time.perf_counter()
    container = output("docker", "run", "--detach", "--publish", f"127.0.0.1:{port}:8080", *options, image)
    try:
        until("an answer of docker run", lambda: answers(url))
        yield container, url, time.perf_counter() - start
    finally:
        output("docker", "rm", "--force", container)


def docker_run():
    """Seconds from `docker run` to the first answer."""
    with plain_container() as (_, _, seconds):
        return seconds


def await_engine():
    """Returns when the engine has neither made nor removed a container for so long that no more is to be expected."""

    def rests():
        before = output("docker", "ps", "--all", "--quiet")
        time.sleep(ENGINE_REST_SECONDS)
        return output("docker", "ps", "--all", "--quiet") == before

    until("the engine's rest", rests)


def data(name):
    """A file of the server's data folder."""
    return pathlib.Path(os.environ["DORMOUSE_DATA_DIR"], name)


def server_process():
    return int(data("server.pid").read_text())


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def has_ended(process):
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process, os.WNOHANG)
    return not pathlib.Path(f"/proc/{process}").exists()


def end(process, how=signal.SIGKILL):
    """Sends the signal, and returns when the process is gone."""
    os.kill(process, how)
    until("the end of the process", lambda: has_ended(process))


class Return(typing.NamedTuple):
    """Seconds from the start of the server to the API's first answer and to the first routed request, and those of
    CPU that it had used by then."""

    api: float
    api_cpu: float
    routed: float
    routed_cpu: float


def restarted(endpoint, how):
    """Ends the server by the signal, starts the same command again, and asks gateway and API in turn until both
    answer."""
    old = server_process()
    folder = pathlib.Path(f"/proc/{old}")
    command = (folder / "cmdline").read_bytes().split(b"\0")[:-1]
    environment = dict(one.split(b"=", 1) for one in (folder / "environ").read_bytes().split(b"\0") if b"=" in one)
    end(old, how)
    with open(data("server.log"), "ab") as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    data("server.pid").write_text(f"{process.pid}\n")
    took = {}

    def is_back():
        for name, url in (("routed", endpoint), ("api", API.geturl() + "/healthz")):
            if name not in took and answers(url):
                took[name] = time.perf_counter() - start
                took[name + "_cpu"] = cpu_seconds(process.pid)
        return len(took) == len(Return._fields)

    until("the server's return", is_back)
    return Return(**took)


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def row(name, seconds, unit="ms"):
    """A line that tells how such times are spread."""
    ordered = sorted(seconds)
    figures = {
        "median": statistics.median(ordered),
        "least": ordered[0],
        "p95": percentile(ordered, 0.95),
        "most": ordered[-1],
    }
    scale, places = (1000, 0) if unit == "ms" else (1, 2)
    told = "   ".join(f"{word} {scale * value:6.{places}f}" for word, value in figures.items())
    return f"{name:24} {told} {unit}   of {len(ordered)}"


def head(counts):
    """What figures are worth nothing without: what was counted, commit, cores, platform."""
    git = ["git", "-C", os.path.dirname(__file__), "describe", "--always", "--dirty", "--exclude=*"]
    commit = subprocess.run(git, capture_output=True, text=True).stdout.strip() or "unknown"
    return f"{counts}; commit {commit}, {os.cpu_count()} cores, {platform.platform()}"
