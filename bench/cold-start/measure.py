"""Times the first answer from zero, Dormouse and `docker run` in turn. Standard library only."""

import sys
import time

from measuring import Client, answers, docker_run, fail, head, row, until


def from_zero(endpoint):
    """Seconds that the caller waits who finds no instance."""
    api = Client()
    question = "/dormouse/v1/status?name=cold"
    until("going to zero", lambda: not api.call("GET", question)["containers"][0]["instances"], 0.1)
    start = time.perf_counter()
    if not answers(endpoint):
        fail("the endpoint did not answer with 200")
    return time.perf_counter() - start


def main():
    endpoint, rounds = sys.argv[1], int(sys.argv[2])
    ours, rival = zip(*[(from_zero(endpoint), docker_run()) for _ in range(rounds)])
    print(head(f"From nothing to the first answer, {rounds} rounds"))
    print(row("dormouse", ours))
    print(row("docker run", rival))


if __name__ == "__main__":
    main()
