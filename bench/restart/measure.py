"""Kills the server and times its return, with a floor and a rival in turn. Standard library only."""

import contextlib
import http.client
import os
import pathlib
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlparse

IMAGE = "dormouse-examples/hello:latest"
PATIENCE_SECONDS = 120
TICKS = os.sysconf("SC_CLK_TCK")
DATA = pathlib.Path(os.environ["DORMOUSE_DATA_DIR"])
API = urlparse(os.environ["SCW_API_URL"])


def answers(port, host="localhost", path="/"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path, headers={"Host": host})
        response = connection.getresponse()
        response.read()
        return response.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def until(what, question):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not question():
        if time.monotonic() > deadline:
            sys.exit(f"restart: {what} did not happen within {PATIENCE_SECONDS} s")
        time.sleep(0.001)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def instance():
    """What tells the one instance's process from any other: engine container, process, start."""
    server = (DATA / "server-id").read_text().strip()
    running = output("docker", "ps", "--quiet", "--filter", f"label=dev.dormouse.server={server}")
    if len(running.split()) != 1:
        sys.exit(f"restart: one instance should run, and these do: {running}")
    return output("docker", "inspect", "--format", "{{.Id}} {{.State.Pid}} {{.State.StartedAt}}", running)


def kill(process):
    os.kill(process, signal.SIGKILL)
    until("the end of the killed process", lambda: has_ended(process))


def has_ended(process):
    try:
        os.waitpid(process, os.WNOHANG)
    except ChildProcessError:
        pass
    return not pathlib.Path(f"/proc/{process}").exists()


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def dormouse(endpoint):
    """Seconds to the first routed request and to the API's first answer, and CPU seconds until the former."""
    old = int((DATA / "server.pid").read_text())
    folder = pathlib.Path(f"/proc/{old}")
    command = (folder / "cmdline").read_bytes().split(b"\0")[:-1]
    environment = dict(one.split(b"=", 1) for one in (folder / "environ").read_bytes().split(b"\0") if b"=" in one)
    before = instance()
    kill(old)
    with open(DATA / "server.log", "ab") as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    (DATA / "server.pid").write_text(f"{process.pid}\n")
    took = {}

    def is_back():
        if "routed" not in took and answers(endpoint.port or 80, endpoint.netloc):
            took["routed"] = time.perf_counter() - start
            took["cpu"] = cpu_seconds(process.pid)
        if "api" not in took and answers(API.port, API.netloc, "/healthz"):
            took["api"] = time.perf_counter() - start
        return len(took) == 3

    until("the server's return", is_back)
    if instance() != before:
        sys.exit(f"restart: {before} ran before, and now {instance()}")
    return took["routed"], took["api"], took["cpu"]


class FileServer:
    """The JDK's own, on an empty folder."""

    def __init__(self, java):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = tempfile.TemporaryDirectory()
        self.command = [java, "-m", "jdk.httpserver", "-b", "127.0.0.1", "-p", str(self.port), "-d", self.folder.name]
        self.process = self.started()

    def started(self):
        process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("the file server's answer", lambda: answers(self.port))
        return process

    def restarted(self):
        kill(self.process.pid)
        start = time.perf_counter()
        self.process = self.started()
        return time.perf_counter() - start

    def close(self):
        kill(self.process.pid)
        self.folder.cleanup()


class PlainContainer:
    """The image as the engine alone runs it."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.id = output("docker", "run", "--detach", "--publish", f"127.0.0.1:{self.port}:8080", IMAGE)
        until("the plain container's answer", lambda: answers(self.port))

    def restarted(self):
        start = time.perf_counter()
        output("docker", "restart", "--time", "0", self.id)
        until("the plain container's answer", lambda: answers(self.port))
        return time.perf_counter() - start

    def close(self):
        output("docker", "rm", "--force", self.id)


def told(name, values, unit="ms", scale=1000):
    ordered = sorted(scale * one for one in values)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    places = 0 if unit == "ms" else 2
    figures = {"median": statistics.median(ordered), "p95": p95, "most": ordered[-1]}
    return f"{name:24} " + "   ".join(f"{word} {value:7.{places}f} {unit}" for word, value in figures.items())


def main():
    endpoint, rounds = urlparse(sys.argv[1]), int(sys.argv[2])
    server = pathlib.Path(f"/proc/{int((DATA / 'server.pid').read_text())}")
    has_cache = b"-XX:AOTCache=" in (server / "cmdline").read_bytes()
    java = os.readlink(server / "exe")
    ours, floors, rivals = [], [], []
    with contextlib.closing(FileServer(java)) as floor, contextlib.closing(PlainContainer()) as rival:
        for _ in range(rounds):
            ours.append(dormouse(endpoint))
            floors.append(floor.restarted())
            rivals.append(rival.restarted())
    print(
        f"Killed and started again {rounds} times, {'with' if has_cache else 'without'} an AOT cache,"
        f" {os.cpu_count()} cores, {platform.platform()}"
    )
    routed, api, cpu = zip(*ours)
    print(told("dormouse, routed", routed))
    print(told("dormouse, API", api))
    print(told("dormouse, CPU to routed", cpu, "s", 1))
    print(told("jwebserver", floors))
    print(told("docker restart", rivals))


if __name__ == "__main__":
    main()
