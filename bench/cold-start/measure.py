"""Times the first answer from zero, a creation until it is ready, and `docker run`, in turn; then many of them at once.
Standard library only."""

import concurrent.futures
import contextlib
import statistics
import sys
import time

from measuring import (
    BASE,
    IMAGE,
    Client,
    answers,
    await_engine,
    cleared,
    docker_run,
    fail,
    head,
    percentile,
    plain_container,
    row,
    until,
)


def wait_for_zero():
    """Returns when no instance is left that would be stopped amid the next measurement."""
    api = Client()
    question = "/dormouse/v1/status?name=cold"
    until("going to zero", lambda: not api.call("GET", question)["containers"][0]["instances"], 0.1)
    await_engine()


def from_zero(endpoint):
    """Seconds that the caller waits who finds no instance."""
    wait_for_zero()
    start = time.perf_counter()
    if not answers(endpoint):
        fail("the endpoint did not answer with 200")
    return time.perf_counter() - start


def created(namespace, name):
    """Seconds from a POST until the container is ready, and until one who calls it at once is answered."""
    wait_for_zero()
    api = Client()
    start = time.perf_counter()
    made = api.call(
        "POST", BASE + "/containers", {"namespace_id": namespace, "name": name, "image": IMAGE, "min_scale": 1}
    )

    def first_answer():
        until("an answer", lambda: answers(made["public_endpoint"]), 0.005)
        return time.perf_counter() - start

    with concurrent.futures.ThreadPoolExecutor(1) as caller:
        answer = caller.submit(first_answer)
        status = api.settled(made)["status"]
        ready = time.perf_counter() - start
        if status != "ready":
            fail(f"{name} came to {status}")
    api.call("DELETE", f"{BASE}/containers/{made['id']}")
    until("the end of the deletion", lambda: not api.named(name), 0.1)
    return ready, answer.result()


def rival():
    """Seconds from `docker run` to the first answer."""
    await_engine()
    return docker_run()


def sleepers(namespace, count):
    """The endpoints of so many containers that go to zero a second after their last request."""
    client = Client()
    tags = ["dormouse.idle-after=1s", "dormouse.sleep=stop"]
    made = []
    for number in range(count):
        fields = {"namespace_id": namespace, "name": f"burst-{number}", "image": IMAGE, "tags": tags}
        fields |= {"memory_limit_bytes": 128_000_000, "mvcpu_limit": 100}
        made.append(client.settled(client.call("POST", BASE + "/containers", fields)))
    return [one["public_endpoint"] for one in made]


def at_rest():
    """Whether no sleeper has an instance left."""
    told = Client().call("GET", "/dormouse/v1/status?limit=1000")["containers"]
    return not any(one["instances"] for one in told if one["name"].startswith("burst"))


def burst(endpoints):
    """Seconds from calling all of them at once, none of which has an instance, until the last is answered."""
    until("all being at zero", at_rest, 0.2)
    await_engine()
    with concurrent.futures.ThreadPoolExecutor(len(endpoints)) as callers:
        start = time.perf_counter()
        if not all(callers.map(answers, endpoints)):
            fail("an endpoint did not answer with 200")
        return time.perf_counter() - start


def burst_of_rivals(count):
    """Seconds from so many `docker run` at once until the last container answers."""
    until("all being at zero", at_rest, 0.2)
    await_engine()
    with contextlib.ExitStack() as running, concurrent.futures.ThreadPoolExecutor(count) as callers:
        start = time.perf_counter()
        list(callers.map(lambda _: running.enter_context(plain_container()), range(count)))
        return time.perf_counter() - start


def bursts(namespace, count, rounds):
    if count == 0 or rounds == 0:
        return
    endpoints = sleepers(namespace, count)
    measured = [(burst(endpoints), burst_of_rivals(count)) for _ in range(rounds)]
    ours, theirs = ([count / seconds for seconds in column] for column in zip(*measured))
    print(f"\n{count} at once, {rounds} rounds: cold starts a second")
    print(f"dormouse     median {statistics.median(ours):6.2f}   least {min(ours):6.2f}   most {max(ours):6.2f}")
    print(f"docker run   median {statistics.median(theirs):6.2f}   least {min(theirs):6.2f}   most {max(theirs):6.2f}")
    print(f"dormouse / docker run {statistics.median(ours) / statistics.median(theirs):.2f}")


def single(endpoint, namespace, rounds):
    measured = [
        (from_zero(endpoint), *created(namespace, f"create-{number:05}"), rival()) for number in range(rounds)
    ]
    zero, ready, answer, theirs = zip(*measured)
    print(head(f"From nothing to the first answer and to ready, {rounds} rounds"))
    for name, seconds in {"from zero": zero, "create to ready": ready, "create to answer": answer}.items():
        share = statistics.median(seconds) / statistics.median(theirs)
        worst = percentile(sorted(seconds), 0.99) / percentile(sorted(theirs), 0.99)
        print(f"{row(name, seconds)}   {share:.2f} x docker run, p99 {worst:.2f} x")
    print(row("docker run", theirs))


def main():
    endpoint, rounds, count, burst_rounds = sys.argv[1], *map(int, sys.argv[2:])
    namespace = Client().named("cold")[0]["namespace_id"]
    with cleared(namespace, "create-", "burst-"):
        single(endpoint, namespace, rounds)
        bursts(namespace, count, burst_rounds)


if __name__ == "__main__":
    main()
