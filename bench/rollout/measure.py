"""Counts what rollouts cost callers, and times them, against no rollouts in the same run. Standard library only."""

import argparse
import http.client
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import threading
import time
from urllib.parse import urlparse

IMAGE = "dormouse-examples/hello:latest"
BASE = "/containers/v1/regions/" + os.environ["SCW_DEFAULT_REGION"]
CALLERS = 32
PATIENCE_SECONDS = 120


class Load:
    """So many requests each second, in turn by callers that each keep one connection."""

    def __init__(self, endpoint, rate):
        self.endpoint = endpoint
        self.gap = CALLERS / rate
        self.stopped = False
        self.took = []
        self.lost = []
        begin = time.perf_counter()
        self.callers = [
            threading.Thread(target=self.call, args=(begin + number / rate,)) for number in range(CALLERS)
        ]
        for caller in self.callers:
            caller.start()

    def call(self, due):
        connection = None
        while not self.stopped:
            time.sleep(max(0, due - time.perf_counter()))
            try:
                connection = connection or http.client.HTTPConnection(
                    "127.0.0.1", self.endpoint.port, timeout=PATIENCE_SECONDS
                )
                connection.request("GET", "/", headers={"Host": self.endpoint.netloc})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    self.lost.append(f"answered {answer.status}")
                else:
                    self.took.append(time.perf_counter() - due)
            except (OSError, http.client.HTTPException) as error:
                self.lost.append(repr(error))
                connection.close()
                connection = None
            due += self.gap

    def finish(self):
        self.stopped = True
        for caller in self.callers:
            caller.join()
        return sorted(1000 * one for one in self.took), self.lost


def api(method, path, body=None):
    url = urlparse(os.environ["SCW_API_URL"])
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=PATIENCE_SECONDS)
    try:
        headers = {"X-Auth-Token": os.environ["SCW_SECRET_KEY"], "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"rollout: {method} {path}: {answer.status} {text.decode()}")
        return json.loads(text)
    finally:
        connection.close()


def roll_out(path, change):
    """PATCHes, and returns what the container came to and after how long."""
    start = time.perf_counter()
    container = api("PATCH", path, change)
    while container["status"] == "updating":
        if time.perf_counter() - start > PATIENCE_SECONDS:
            sys.exit(f"rollout: it did not end within {PATIENCE_SECONDS} s")
        time.sleep(0.01)
        container = api("GET", path)
    return container["status"], time.perf_counter() - start


def is_answered(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def docker_run():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    start = time.perf_counter()
    command = ["docker", "run", "--detach", "--publish", f"127.0.0.1:{port}:8080", IMAGE]
    made = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    try:
        while not is_answered(port):
            if time.perf_counter() - start > PATIENCE_SECONDS:
                sys.exit(f"rollout: docker run was not answered within {PATIENCE_SECONDS} s")
            time.sleep(0.001)
        return time.perf_counter() - start
    finally:
        subprocess.run(["docker", "rm", "--force", made], check=True, capture_output=True)


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def callers_row(name, took, lost, floor):
    late = sum(1 for one in took if one > floor)
    return (
        f"{name:17} {len(took) + len(lost):8} {len(lost):5} {late:5}"
        f"   {statistics.median(took):8.1f} {percentile(took, 0.99):8.1f} {took[-1]:8.1f}"
    )


def times_row(name, seconds):
    in_ms = sorted(1000 * one for one in seconds)
    return (
        f"{name:17} median {statistics.median(in_ms):6.0f} ms"
        f"   least {in_ms[0]:6.0f}   most {in_ms[-1]:6.0f}   of {len(in_ms)}"
    )


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("endpoint")
    arguments.add_argument("--rollouts", type=int, required=True)
    arguments.add_argument("--rate", type=int, required=True)
    arguments.add_argument("--steady", type=int, required=True)
    told = arguments.parse_args()
    endpoint = urlparse(told.endpoint)
    found = api("GET", BASE + "/containers?name=rollout")["containers"][0]
    path = BASE + "/containers/" + found["id"]

    load = Load(endpoint, told.rate)
    time.sleep(told.steady)
    steady, lost_steady = load.finish()

    load = Load(endpoint, told.rate)
    ours = []
    for number in range(told.rollouts):
        status, seconds = roll_out(path, {"environment_variables": {"NUMBER": str(number)}})
        if status != "ready":
            sys.exit(f"rollout: rollout {number} came to {status}")
        ours.append(seconds)
    rolling, lost_rolling = load.finish()

    load = Load(endpoint, told.rate)
    status, _ = roll_out(path, {"command": ["/no-such-program"]})
    if status != "error":
        sys.exit(f"rollout: the one that cannot succeed came to {status}")
    time.sleep(1)
    failing, lost_failing = load.finish()

    load = Load(endpoint, told.rate)
    theirs = [docker_run() for _ in range(told.rollouts)]
    load.finish()

    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    print(f"Commit {commit.stdout.strip() or 'unknown'}, {os.cpu_count()} cores, {platform.platform()}")
    print(f"{told.rate} requests a second, {told.rollouts} rollouts back to back, {told.steady} s without")
    print(f"{'':17} {'requests':>8} {'lost':>5} {'late':>5}   {'p50 ms':>8} {'p99 ms':>8} {'most ms':>8}")
    print(callers_row("no rollout", steady, lost_steady, steady[-1]))
    print(callers_row("rollouts", rolling, lost_rolling, steady[-1]))
    print(callers_row("a failing one", failing, lost_failing, steady[-1]))
    print(times_row("PATCH to ready", ours))
    print(times_row("docker run", theirs))
    for words in sorted(set(lost_steady + lost_rolling + lost_failing)):
        print(f"lost: {words}", file=sys.stderr)


if __name__ == "__main__":
    main()
