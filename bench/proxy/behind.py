"""What stands behind the proxies: a fast server of one small and one large answer, and one that swallows bodies."""

import contextlib
import socket
import subprocess
import threading

from measuring import answers, free_port, until

SMALL = 100
LARGE = 100_000

SETTINGS = """
daemon off; pid {folder}/instance.pid; user root; worker_processes 2; error_log stderr;
events {{ worker_connections 16384; }}
http {{
    access_log off; sendfile on; tcp_nopush on;
    open_file_cache max=10 inactive=1h; open_file_cache_valid 1h;
    keepalive_timeout 300s; keepalive_requests 1000000000;
    server {{
        listen 127.0.0.1:{port} backlog=4096 reuseport;
        location = /small {{ return 200 "{small}"; }}
        location = /large {{ root {folder}; }}
    }}
}}
"""


@contextlib.contextmanager
def instance(folder):
    """The port of an nginx of its own with two workers."""
    port = free_port()
    (folder / "large").write_bytes(b"x" * LARGE)
    settings = folder / "instance.conf"
    settings.write_text(SETTINGS.format(folder=folder, port=port, small="x" * SMALL))
    with open(folder / "instance.log", "ab") as log:
        process = subprocess.Popen(["nginx", "-e", "stderr", "-c", str(settings)], stdout=log, stderr=log)
    try:
        until("the first answer of the instance", lambda: answers(f"http://localhost:{port}/small"), 0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def swallow(connection):
    """Reads one body whose length is told, and only then answers."""
    with connection:
        head = b""
        while b"\r\n\r\n" not in head:
            got = connection.recv(65536)
            if not got:
                return
            head += got
        words, _, rest = head.partition(b"\r\n\r\n")
        told = [line for line in words.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        left = int(told[0].split(b":")[1]) - len(rest)
        room = bytearray(1 << 20)
        while left > 0:
            got = connection.recv_into(room, min(left, len(room)))
            if not got:
                return
            left -= got
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@contextlib.contextmanager
def sink():
    """The port of a server that reads whatever it is sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with contextlib.suppress(OSError):  # closed in the end
                while True:
                    threading.Thread(target=swallow, args=server.accept()[:1], daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def upload(port, size):
    """Sends so many bytes through the proxy on that port to the sink, and reads the answer."""
    piece = b"x" * (1 << 20)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = f"PUT /up HTTP/1.1\r\nHost: sink.bench\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        for _ in range(size // len(piece)):
            connection.sendall(piece)
        return connection.recv(65536).startswith(b"HTTP/1.1 200")
