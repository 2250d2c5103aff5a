"""Times bursts of requests that find nothing, frozen instances, or awake ones. Standard library only."""

import argparse
import concurrent.futures
import os
import statistics
import time
from urllib.parse import urlparse

from measuring import BASE, Client, burst, fail, head, output, percentile, until

IMAGE = "dormouse-bench/server:latest"
WORK_SECONDS = 0.1
PATH = f"/sleep?ms={round(1000 * WORK_SECONDS)}"
THRESHOLD = 10
MOST = 50
RIVAL_STARTS = 24
RIVAL_AT_ONCE = os.cpu_count() or 2


def states(name):
    """The states of the container's instances."""
    told = Client().call("GET", f"/dormouse/v1/status?name={name}")["containers"]
    return [instance["state"] for one in told for instance in one["instances"]]


def deployed(namespace, name, sleep):
    """Its endpoint; what it does not need it gives up soon."""
    fields = {"namespace_id": namespace, "name": name, "image": IMAGE, "min_scale": 0, "max_scale": MOST}
    fields |= {"memory_limit_bytes": 128_000_000, "mvcpu_limit": 100}
    fields |= {"scaling_option": {"concurrent_requests_threshold": THRESHOLD}}
    fields |= {"tags": ["dormouse.idle-after=1s", f"dormouse.sleep={sleep}"]}
    client = Client()
    made = client.settled(client.call("POST", BASE + "/containers", fields))
    if made["status"] != "ready":
        fail(f"{name} came to {made['status']}: {made.get('error_message')}")
    return urlparse(made["public_endpoint"])


def started_a_second():
    """How many plain containers the engine starts a second, so many at once."""

    def start(_):
        return output("docker", "run", "--detach", IMAGE)

    containers = []
    begin = time.perf_counter()
    try:
        with concurrent.futures.ThreadPoolExecutor(RIVAL_AT_ONCE) as pool:
            containers += pool.map(start, range(RIVAL_STARTS))
        return RIVAL_STARTS / (time.perf_counter() - begin)
    finally:
        output("docker", "rm", "--force", *containers)


def ideal(requests, rate):
    """Seconds in which so many requests are answered when each instance works from the moment it has been started on,
    at so many starts a second."""

    def answered(seconds):
        done = 0
        for number in range(1, MOST + 1):
            done += THRESHOLD * max(0, int((seconds - number / rate) / WORK_SECONDS))
        return done

    seconds = 0.0
    while answered(seconds) < requests:
        seconds += 0.001
    return seconds


def line(name, rounds, requests):
    """Of each round the last answer, of all rounds each answer."""
    last = [max(seconds) for seconds, _ in rounds]
    each = sorted(one for seconds, _ in rounds for one in seconds)
    failed = sum(lost for _, lost in rounds)
    p50, p99 = percentile(each, 0.5), percentile(each, 0.99)
    print(
        f"| {name} | {statistics.median(last):.2f} | {max(last):.2f} | {p50:.2f} | {p99:.2f} | {failed} of "
        f"{len(rounds) * requests} |",
        flush=True,
    )


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--requests", type=int, default=500)
    size = options.parse_args()
    namespace = Client().call("POST", BASE + "/namespaces", {"name": "burst"})["id"]
    from_zero = deployed(namespace, "zero", "stop")
    frozen = deployed(namespace, "frozen", "freeze")
    counts = f"{size.rounds} bursts of {size.requests} requests, {WORK_SECONDS} s each"
    print(head(f"{counts}; at most {MOST} instances of {THRESHOLD} requests"), flush=True)
    print("\n| found | all answered, s | worst round, s | p50, s | p99, s | failed |\n|---|---:|---:|---:|---:|---:|")
    found = {"nothing": [], "frozen instances": [], "awake instances": []}
    burst(frozen, PATH, size.requests)  # whose instances then sleep
    for _ in range(size.rounds):
        until("going to zero", lambda: not states("zero"), 0.2)
        found["nothing"].append(burst(from_zero, PATH, size.requests))
        until("all being frozen", lambda: set(states("frozen")) == {"frozen"}, 0.2)
        found["frozen instances"].append(burst(frozen, PATH, size.requests))
        found["awake instances"].append(burst(frozen, PATH, size.requests))
    for name, rounds in found.items():
        line(name, rounds, size.requests)
    rate = started_a_second()
    print(f"\nideal from nothing {ideal(size.requests, rate):.2f} s, for {rate:.1f} starts a second by `docker run`")
    width = min(MOST * THRESHOLD, size.requests)
    print(f"ideal of what stands ready {WORK_SECONDS * -(-size.requests // width):.2f} s")


if __name__ == "__main__":
    main()
