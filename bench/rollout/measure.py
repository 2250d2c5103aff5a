"""Counts what rollouts cost callers, and times them, against no rollouts in the same run. Standard library only."""

import argparse
import http.client
import statistics
import sys
import threading
import time
from urllib.parse import urlparse

from measuring import BASE, PATIENCE_SECONDS, Client, docker_run, fail, head, percentile, row

CALLERS = 32


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
            threading.Thread(target=self.call, args=(begin + number / rate,), daemon=True)
            for number in range(CALLERS)
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


def roll_out(container, change):
    """PATCHes, and returns what the container came to and after how long."""
    api = Client()
    start = time.perf_counter()
    came_to = api.settled(api.call("PATCH", f"{BASE}/containers/{container['id']}", change))
    return came_to["status"], time.perf_counter() - start


def callers_row(name, took, lost, floor):
    late = sum(1 for one in took if one > floor)
    return (
        f"{name:24} {len(took) + len(lost):8} {len(lost):5} {late:5}"
        f"   {statistics.median(took):8.1f} {percentile(took, 0.99):8.1f} {took[-1]:8.1f}"
    )


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("endpoint")
    arguments.add_argument("--rollouts", type=int, required=True)
    arguments.add_argument("--rate", type=int, required=True)
    arguments.add_argument("--steady", type=int, required=True)
    told = arguments.parse_args()
    endpoint = urlparse(told.endpoint)
    container = Client().named("rollout")[0]

    load = Load(endpoint, told.rate)
    time.sleep(told.steady)
    steady, lost_steady = load.finish()

    load = Load(endpoint, told.rate)
    ours = []
    for number in range(told.rollouts):
        status, seconds = roll_out(container, {"environment_variables": {"NUMBER": str(number)}})
        if status != "ready":
            fail(f"rollout {number} came to {status}")
        ours.append(seconds)
    rolling, lost_rolling = load.finish()

    load = Load(endpoint, told.rate)
    status, _ = roll_out(container, {"command": ["/no-such-program"]})
    if status != "error":
        fail(f"the one that cannot succeed came to {status}")
    time.sleep(1)
    failing, lost_failing = load.finish()

    load = Load(endpoint, told.rate)
    theirs = [docker_run() for _ in range(told.rollouts)]
    load.finish()

    counts = f"{told.rate} requests a second, {told.rollouts} rollouts back to back, {told.steady} s without"
    print(head(counts))
    print(f"{'':24} {'requests':>8} {'lost':>5} {'late':>5}   {'p50 ms':>8} {'p99 ms':>8} {'most ms':>8}")
    print(callers_row("no rollout", steady, lost_steady, steady[-1]))
    print(callers_row("rollouts", rolling, lost_rolling, steady[-1]))
    print(callers_row("a failing one", failing, lost_failing, steady[-1]))
    print(row("PATCH to ready", ours))
    print(row("docker run", theirs))
    for words in sorted(set(lost_steady + lost_rolling + lost_failing)):
        print(f"lost: {words}", file=sys.stderr)


if __name__ == "__main__":
    main()
