"""Times the first answer from zero, a creation until it is ready, and `docker run`, in turn. Standard library only."""

import concurrent.futures
import statistics
import sys
import time

from measuring import BASE, IMAGE, Client, answers, docker_run, fail, head, row, until


def wait_for_zero():
    """Returns when no instance is left that would be stopped amid the next measurement."""
    api = Client()
    question = "/dormouse/v1/status?name=cold"
    until("going to zero", lambda: not api.call("GET", question)["containers"][0]["instances"], 0.1)


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


def main():
    endpoint, rounds = sys.argv[1], int(sys.argv[2])
    namespace = Client().named("cold")[0]["namespace_id"]
    measured = [
        (from_zero(endpoint), *created(namespace, f"create-{number:05}"), docker_run()) for number in range(rounds)
    ]
    zero, ready, answer, rival = zip(*measured)
    print(head(f"From nothing to the first answer and to ready, {rounds} rounds"))
    for name, seconds in {"from zero": zero, "create to ready": ready, "create to answer": answer}.items():
        print(f"{row(name, seconds)}   {statistics.median(seconds) / statistics.median(rival):.2f} x docker run")
    print(row("docker run", rival))


if __name__ == "__main__":
    main()
