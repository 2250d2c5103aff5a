"""The gateway and its rivals, all set to do the same: find the container by its host, forward to it over kept
connections, tell it of the client, and name the request. One thread each, or as many as asked for."""

import contextlib
import json
import os
import pathlib
import subprocess
import typing

from measuring import answers, cpu_seconds, end, fail, free_port, server_process, until

KEPT_SECONDS = 300
CLIENTS_MAX = 15000
FOREVER = 1_000_000_000


class Place(typing.NamedTuple):
    """Where the files of a run are, what stands behind the proxies, and how many containers they know."""

    folder: pathlib.Path
    instance: int
    sink: int
    containers: int
    threads: int

    def hosts(self):
        return [f"c{number}.bench" for number in range(self.containers)]


class Proxy:
    """A process and its children, which listen on two ports."""

    def __init__(self, name, place):
        self.name = name
        self.port, self.tls_port = free_port(), free_port()
        self.folder = place.folder / f"{name}-{self.port}"
        self.folder.mkdir()
        command, environment = COMMANDS[name](self, place)
        self.log = self.folder / "log"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        until(f"the first answer of {name}", self.is_up, 0.05)

    def is_up(self):
        if self.process.poll() is not None:
            fail(f"{self.name} has ended: {self.log.read_text()}")
        return answers(f"http://c0.bench:{self.port}/small")

    def family(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]

    def cpu(self):
        return sum(cpu_seconds(process) for process in self.family())

    def memory(self, field):
        """The bytes that a line such as VmRSS tells, of all processes."""
        total = 0
        for process in self.family():
            lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
            total += sum(1024 * int(line.split()[1]) for line in lines if line.startswith(field + ":"))
        return total

    def forget_peak(self):
        for process in self.family():
            pathlib.Path(f"/proc/{process}/clear_refs").write_text("5")

    def close(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        if self.process.poll() is None:
            end(self.process.pid)


def server_command():
    """How the server that runs beside is started, up to its class."""
    words = pathlib.Path(f"/proc/{server_process()}/cmdline").read_bytes().decode().split("\0")
    return words[: words.index("dev.dormouse.Main")]


def dormouse(proxy, place):
    command = server_command()
    command[command.index("-cp") + 1] += f":{place.folder}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DORMOUSE_")}
    environment |= {
        "DORMOUSE_DATA_DIR": str(proxy.folder),
        "DORMOUSE_GATEWAY_LISTEN": f"127.0.0.1:{proxy.port}",
        "DORMOUSE_GATEWAY_TLS_LISTEN": f"127.0.0.1:{proxy.tls_port}",
        "DORMOUSE_GATEWAY_TRANSPORT": os.environ.get("TRANSPORT", "auto"),
        "DORMOUSE_GATEWAY_EVENT_LOOPS": str(place.threads),
        "DORMOUSE_GATEWAY_KEEP_ALIVE": f"{KEPT_SECONDS}s",
        "DORMOUSE_GATEWAY_CONNECTIONS_MAX": str(CLIENTS_MAX),
        "DORMOUSE_TLS_CERTIFICATES": f"{place.folder}/certificate.pem:{place.folder}/key.pem",
    }
    numbers = [str(number) for number in (place.containers, place.instance, place.sink)]
    return [*command, "PublishedGateway", *numbers], environment


NGINX = """
daemon off; pid {folder}/pid; user root; worker_processes {threads}; error_log {folder}/log;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    keepalive_timeout {kept}s; keepalive_requests {forever};
    client_max_body_size 0; client_body_temp_path {folder}/bodies; proxy_temp_path {folder}/answers;
    server_names_hash_max_size 65536; server_names_hash_bucket_size 64;
    proxy_http_version 1.1; proxy_request_buffering off; proxy_max_temp_file_size 0;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header X-Request-ID $request_id;
    add_header X-Request-ID $request_id;
    upstream instance {{ server 127.0.0.1:{instance}; keepalive 512; keepalive_requests {forever}; }}
    upstream sink {{ server 127.0.0.1:{sink}; keepalive 16; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096; listen 127.0.0.1:{tls_port} ssl http2;
        ssl_certificate {files}/certificate.pem; ssl_certificate_key {files}/key.pem;
        server_name sink.bench;
        location / {{ proxy_pass http://sink; }}
    }}
    server {{
        listen 127.0.0.1:{port}; listen 127.0.0.1:{tls_port} ssl http2;
        ssl_certificate {files}/certificate.pem; ssl_certificate_key {files}/key.pem;
        server_name c0.bench;
        location / {{ proxy_pass http://instance; }}
    }}
    {others}
}}
"""


def words_for(proxy, place):
    """What the rivals' settings are filled with."""
    return {
        "folder": proxy.folder,
        "files": place.folder,
        "port": proxy.port,
        "tls_port": proxy.tls_port,
        "instance": place.instance,
        "sink": place.sink,
        "threads": place.threads,
        "kept": KEPT_SECONDS,
        "forever": FOREVER,
        "clients": CLIENTS_MAX,
    }


def nginx(proxy, place):
    others = "\n".join(
        f"server {{ listen 127.0.0.1:{proxy.port}; server_name {host}; location / {{ proxy_pass http://instance; }} }}"
        for host in place.hosts()[1:]
    )
    file = proxy.folder / "nginx.conf"
    file.write_text(NGINX.format(**words_for(proxy, place), others=others))
    return ["nginx", "-p", str(proxy.folder), "-e", "stderr", "-c", str(file)], None


HAPROXY = """
global
    nbthread {threads}
    maxconn {clients}
    no strict-limits
defaults
    mode http
    timeout connect 5s
    timeout client {kept}s
    timeout server {kept}s
    option forwardfor
    http-reuse always
    unique-id-format %{{+X}}o%ci%cp%Ts%rt%pid
    unique-id-header X-Request-ID
frontend clients
    bind 127.0.0.1:{port}
    bind 127.0.0.1:{tls_port} ssl crt {folder}/both.pem alpn h2,http/1.1
    http-request set-header X-Forwarded-Proto http unless {{ ssl_fc }}
    http-request set-header X-Forwarded-Proto https if {{ ssl_fc }}
    http-request set-header X-Forwarded-Host %[req.hdr(host)]
    http-response set-header X-Request-ID %[unique-id]
    use_backend %[req.hdr(host),field(1,:),lower,map({folder}/hosts)]
backend instance
    server one 127.0.0.1:{instance} pool-max-conn 512
backend sink
    server one 127.0.0.1:{sink}
"""


def haproxy(proxy, place):
    hosts = [f"{host} instance\n" for host in place.hosts()]
    (proxy.folder / "hosts").write_text("".join(hosts) + "sink.bench sink\n")
    (proxy.folder / "both.pem").write_text(
        (place.folder / "certificate.pem").read_text() + (place.folder / "key.pem").read_text()
    )
    file = proxy.folder / "haproxy.cfg"
    file.write_text(HAPROXY.format(**words_for(proxy, place)))
    return ["haproxy", "-db", "-f", str(file)], None


def caddy_route(host, port):
    named = {"X-Request-Id": ["{http.request.uuid}"]}
    return {
        "match": [{"host": [host]}],
        "handle": [
            {"handler": "headers", "response": {"set": named}},
            {
                "handler": "reverse_proxy",
                "headers": {"request": {"set": named}},
                "upstreams": [{"dial": f"127.0.0.1:{port}"}],
                "transport": {"protocol": "http", "keep_alive": {"max_idle_conns_per_host": 512}},
            },
        ],
        "terminal": True,
    }


def caddy(proxy, place):
    routes = [caddy_route(host, place.instance) for host in place.hosts()] + [caddy_route("sink.bench", place.sink)]
    common = {"routes": routes, "automatic_https": {"disable": True}, "idle_timeout": f"{KEPT_SECONDS}s"}
    files = {"certificate": f"{place.folder}/certificate.pem", "key": f"{place.folder}/key.pem"}
    servers = {
        "plain": {"listen": [f"127.0.0.1:{proxy.port}"], **common},
        "tls": {"listen": [f"127.0.0.1:{proxy.tls_port}"], "tls_connection_policies": [{}], **common},
    }
    settings = {
        "admin": {"disabled": True},
        "apps": {"http": {"servers": servers}, "tls": {"certificates": {"load_files": [files]}}},
    }
    file = proxy.folder / "caddy.json"
    file.write_text(json.dumps(settings))
    environment = os.environ | {"GOMAXPROCS": str(place.threads), "HOME": str(proxy.folder)}
    return ["caddy", "run", "--config", str(file)], environment


COMMANDS = {"dormouse": dormouse, "nginx": nginx, "haproxy": haproxy, "caddy": caddy}
