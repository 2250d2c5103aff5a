/*
 * The container that the tests deploy: an HTTP/1.1 server without dependencies that does on demand
 * what real programs do by accident. One thread per connection, keep-alive.
 *
 * Arguments, carried out in order before it listens on $PORT (default 8080):
 *   print=TEXT  error=TEXT     a line on stdout, on stderr        lines=N    N numbered lines
 *   long=N                     one line of N bytes on stdout      part=TEXT  TEXT without line break
 *   exit=CODE                  ends at once                       delay=MS   waits
 *   allocate=MB                takes and touches memory           burn=MS    uses CPU time
 *   ignore-term
 *   no-listen                  stays up and never listens
 *   exit-within=MS             ends at a random moment with a random code
 * Paths:
 *   /            "hello" and the host name        /echo          the body, as it comes
 *   /sleep?ms=N  answers after N ms               /burn?ms=N     the same, computing
 *   /env         all variables, or ?name=X        /headers       the request's head
 *   /args        one per line                     /file?path=P   a file's content
 *   /exit?code=N ends at once                     /allocate?mb=N takes and touches memory
 *   /print?text=T&stream=stdout|stderr            /stream?chunks=N&ms=M  N chunks, M ms between
 *   /health      200, or 503 after /health/fail, until /health/recover
 *   /connect?address=A&port=P                     "connected", "refused", "timeout" or the error
 *   /list?path=P names in a folder                /open?count=N  "taken error", as for the next two
 *   /fork?count=N                                 /write?path=P&mb=N  /reserve?path=P&mb=N
 *   /fork-bomb   /flood                           answer at once, and do it without end
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "misdeeds.h"

#define HEAD_MAX 65536

extern char **environ;
static char **arguments;
static volatile int healthy = 1;

struct request {
    int socket;
    char head[HEAD_MAX];
    size_t filled, head_length;
    char method[16], path[4096], query[4096];
    int chunked, keep_alive;
    long long content_length;
};

static void pause_ms(long ms) {
    struct timespec left = {ms / 1000, (ms % 1000) * 1000000L};
    while (nanosleep(&left, &left) == -1 && errno == EINTR) {
    }
}

static void burn_ms(long ms) {
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    volatile unsigned long work = 0;
    do {
        for (int i = 0; i < 10000; i++) work += i;
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < ms);
}

static void burn_cpu_ms(long ms) {
    struct timespec used;
    volatile unsigned long work = 0;
    do {
        for (int i = 0; i < 10000; i++) work += i;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    } while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < ms);
}

static void allocate(long mb) {
    size_t size = (size_t)mb << 20;
    volatile char *memory = malloc(size); /* volatile: or the compiler leaves it all out */
    if (!memory) return;
    for (size_t i = 0; i < size; i += 4096) memory[i] = (char)(i >> 12) | 1;
}

static int send_all(int socket, const char *data, size_t length) {
    while (length > 0) {
        ssize_t sent = send(socket, data, length, MSG_NOSIGNAL);
        if (sent <= 0) return -1;
        data += sent;
        length -= (size_t)sent;
    }
    return 0;
}

static int answer(struct request *r, int status, const char *body, size_t length) {
    char head[256];
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n%s\r\n",
                     status, status == 200 ? "OK" : status == 404 ? "Not Found" : "Unavailable",
                     length, r->keep_alive ? "" : "Connection: close\r\n");
    if (send_all(r->socket, head, (size_t)n)) return -1;
    return strcmp(r->method, "HEAD") == 0 ? 0 : send_all(r->socket, body, length);
}

static int answer_text(struct request *r, int status, const char *text) {
    return answer(r, status, text, strlen(text));
}

static int parameter(struct request *r, const char *name, char *value, size_t size) {
    size_t name_length = strlen(name);
    for (char *p = r->query; *p;) {
        char *end = strchrnul(p, '&');
        if (strncmp(p, name, name_length) == 0 && p[name_length] == '=') {
            size_t out = 0;
            for (p += name_length + 1; p < end && out + 1 < size; p++) {
                unsigned byte;
                if (*p == '%' && end - p > 2 && sscanf(p + 1, "%2x", &byte) == 1) {
                    value[out++] = (char)byte;
                    p += 2;
                } else {
                    value[out++] = *p == '+' ? ' ' : *p;
                }
            }
            value[out] = 0;
            return 1;
        }
        p = *end ? end + 1 : end;
    }
    value[0] = 0;
    return 0;
}

static long number(struct request *r, const char *name, long by_default) {
    char text[32];
    return parameter(r, name, text, sizeof text) ? atol(text) : by_default;
}

/* The body's next bytes: those that came with the head first. */
static ssize_t read_body(struct request *r, char *buffer, size_t size) {
    if (r->filled > r->head_length) {
        size_t have = r->filled - r->head_length;
        if (have > size) have = size;
        memcpy(buffer, r->head + r->head_length, have);
        memmove(r->head + r->head_length, r->head + r->head_length + have,
                r->filled - r->head_length - have);
        r->filled -= have;
        return (ssize_t)have;
    }
    return recv(r->socket, buffer, size, 0);
}

static int body_byte(struct request *r) {
    char byte;
    return read_body(r, &byte, 1) == 1 ? (unsigned char)byte : -1;
}

static long chunk_size(struct request *r) {
    char line[64];
    size_t n = 0;
    int byte;
    while ((byte = body_byte(r)) != '\n') {
        if (byte < 0) return -1;
        if (n + 1 < sizeof line) line[n++] = (char)byte;
    }
    line[n] = 0;
    return strtol(line, NULL, 16);
}

/* Reads the whole body; echoes it in chunks where told to. */
static int consume_body(struct request *r, int echo) {
    char buffer[16384];
    long long left = r->chunked ? chunk_size(r) : r->content_length;
    while (left > 0) {
        ssize_t n = read_body(r, buffer, left < (long long)sizeof buffer ? (size_t)left : sizeof buffer);
        if (n <= 0) return -1;
        if (echo) {
            char size[32];
            int s = snprintf(size, sizeof size, "%zx\r\n", (size_t)n);
            if (send_all(r->socket, size, (size_t)s) || send_all(r->socket, buffer, (size_t)n)
                || send_all(r->socket, "\r\n", 2))
                return -1;
        }
        left -= n;
        if (left == 0 && r->chunked) {
            if (body_byte(r) != '\r' || body_byte(r) != '\n') return -1;
            left = chunk_size(r);
        }
    }
    if (left < 0) return -1;
    if (r->chunked) {
        int length = 0, byte; /* trailers, up to the empty line */
        while ((byte = body_byte(r)) >= 0) {
            if (byte == '\n') {
                if (length == 0) break;
                length = 0;
            } else if (byte != '\r') {
                length++;
            }
        }
    }
    return 0;
}

static int begin_chunks(struct request *r) {
    const char *head = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n";
    return send_all(r->socket, head, strlen(head));
}

static int stream(struct request *r) {
    long chunks = number(r, "chunks", 3), ms = number(r, "ms", 10);
    if (begin_chunks(r)) return -1;
    for (long i = 0; i < chunks; i++) {
        char text[64], chunk[96];
        int n = snprintf(text, sizeof text, "chunk %ld\n", i);
        int c = snprintf(chunk, sizeof chunk, "%x\r\n%s\r\n", n, text);
        if (send_all(r->socket, chunk, (size_t)c)) return -1;
        pause_ms(ms);
    }
    return send_all(r->socket, "0\r\n\r\n", 5);
}

static int answer_list(struct request *r, char **list) {
    size_t size = 1;
    for (char **one = list; *one; one++) size += strlen(*one) + 1;
    char *body = malloc(size), *end = body;
    *end = 0;
    for (char **one = list; *one; one++) end += sprintf(end, "%s\n", *one);
    int result = answer(r, 200, body, (size_t)(end - body));
    free(body);
    return result;
}

static int answer_file(struct request *r) {
    char path[4096], body[65536];
    parameter(r, "path", path, sizeof path);
    int file = open(path, O_RDONLY);
    if (file < 0) return answer_text(r, 404, strerror(errno));
    size_t length = 0;
    ssize_t n;
    while (length < sizeof body && (n = read(file, body + length, sizeof body - length)) > 0) {
        length += (size_t)n;
    }
    close(file);
    return answer(r, 200, body, length);
}

static int try_connect(struct request *r) {
    char address[64];
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number(r, "port", 80))};
    parameter(r, "address", address, sizeof address);
    if (inet_pton(AF_INET, address, &to.sin_addr) != 1) return answer_text(r, 404, "no address");
    int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int error = connect(s, (struct sockaddr *)&to, sizeof to) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        struct pollfd wait = {s, POLLOUT, 0};
        socklen_t size = sizeof error;
        if (poll(&wait, 1, 1000) == 0) error = ETIMEDOUT;
        else getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size);
    }
    close(s);
    return answer_text(r, 200, error == 0 ? "connected" : error == ECONNREFUSED ? "refused"
                               : error == ETIMEDOUT ? "timeout" : strerror(error));
}

static int hello(struct request *r) {
    char body[512], host[256];
    gethostname(host, sizeof host);
    snprintf(body, sizeof body, "hello from %s\n", host);
    return answer_text(r, 200, body);
}

static int print(struct request *r) {
    char text[4096], name[16];
    parameter(r, "text", text, sizeof text);
    parameter(r, "stream", name, sizeof name);
    dprintf(strcmp(name, "stderr") == 0 ? 2 : 1, "%s\n", text);
    return answer_text(r, 200, "printed\n");
}

static int environment(struct request *r) {
    char name[256];
    if (!parameter(r, "name", name, sizeof name)) return answer_list(r, environ);
    char *value = getenv(name);
    return value ? answer_text(r, 200, value) : answer_text(r, 404, "");
}

static int list(struct request *r) {
    char path[4096], body[65536];
    size_t filled = 0;
    parameter(r, "path", path, sizeof path);
    DIR *folder = opendir(path);
    if (!folder) return answer_text(r, 404, strerror(errno));
    for (struct dirent *one; (one = readdir(folder)) && filled + 300 < sizeof body;) {
        filled += (size_t)sprintf(body + filled, "%s\n", one->d_name);
    }
    closedir(folder);
    return answer(r, 200, body, filled);
}

static int misbehave(struct request *r) {
    static char path[4096];
    char result[256] = "begun\n";
    parameter(r, "path", path, sizeof path);
    if (!strcmp(r->path, "/open")) open_many(number(r, "count", 1), result, sizeof result);
    else if (!strcmp(r->path, "/fork")) fork_many(number(r, "count", 1), result, sizeof result);
    else if (!strcmp(r->path, "/write")) write_file(path, number(r, "mb", 1), result, sizeof result);
    else if (!strcmp(r->path, "/fork-bomb")) begin(fork_bomb, NULL);
    else if (!strcmp(r->path, "/reserve")) reserve(path, number(r, "mb", 1), result, sizeof result);
    else if (!strcmp(r->path, "/flood")) begin(flood, NULL);
    else return answer_text(r, 404, "no such path\n");
    return answer_text(r, 200, result);
}

static int dispatch(struct request *r) {
    const char *p = r->path;
    if (!strcmp(p, "/echo")) {
        return begin_chunks(r) || consume_body(r, 1) ? -1 : send_all(r->socket, "0\r\n\r\n", 5);
    }
    if (consume_body(r, 0)) return -1;
    if (!strcmp(p, "/")) return hello(r);
    if (!strcmp(p, "/sleep")) pause_ms(number(r, "ms", 100));
    else if (!strcmp(p, "/burn")) burn_ms(number(r, "ms", 100));
    else if (!strcmp(p, "/env")) return environment(r);
    else if (!strcmp(p, "/headers")) return answer(r, 200, r->head, r->head_length);
    else if (!strcmp(p, "/args")) return answer_list(r, arguments + 1);
    else if (!strcmp(p, "/file")) return answer_file(r);
    else if (!strcmp(p, "/exit")) _exit((int)number(r, "code", 1));
    else if (!strcmp(p, "/allocate")) allocate(number(r, "mb", 1));
    else if (!strcmp(p, "/print")) return print(r);
    else if (!strcmp(p, "/stream")) return stream(r);
    else if (!strcmp(p, "/connect")) return try_connect(r);
    else if (!strcmp(p, "/health/fail")) healthy = 0;
    else if (!strcmp(p, "/health/recover")) healthy = 1;
    else if (!strcmp(p, "/health")) return answer_text(r, healthy ? 200 : 503, healthy ? "ok\n" : "failing\n");
    else if (!strcmp(p, "/list")) return list(r);
    else return misbehave(r);
    return answer_text(r, 200, "done\n");
}

static void parse_headers(struct request *r, int minor) {
    r->chunked = 0;
    r->content_length = 0;
    r->keep_alive = minor >= 1;
    for (char *line = strstr(r->head, "\r\n"); line && line + 4 < r->head + r->head_length;
         line = strstr(line + 2, "\r\n")) {
        if (!strncasecmp(line + 2, "content-length:", 15)) r->content_length = atoll(line + 17);
        if (!strncasecmp(line + 2, "transfer-encoding: chunked", 26)) r->chunked = 1;
        if (!strncasecmp(line + 2, "connection: close", 17)) r->keep_alive = 0;
        if (!strncasecmp(line + 2, "expect: 100-continue", 20)) {
            send_all(r->socket, "HTTP/1.1 100 Continue\r\n\r\n", 25);
        }
    }
}

static int read_request(struct request *r) {
    char *end;
    r->head[r->filled] = 0;
    while (!(end = strstr(r->head, "\r\n\r\n"))) {
        if (r->filled + 1 >= HEAD_MAX) return -1;
        ssize_t n = recv(r->socket, r->head + r->filled, HEAD_MAX - 1 - r->filled, 0);
        if (n <= 0) return -1;
        r->filled += (size_t)n;
        r->head[r->filled] = 0;
    }
    r->head_length = (size_t)(end + 4 - r->head);
    char target[4096];
    int minor = 0;
    if (sscanf(r->head, "%15s %4095s HTTP/1.%d", r->method, target, &minor) != 3) return -1;
    char *query = strchr(target, '?');
    strcpy(r->query, query ? query + 1 : "");
    if (query) *query = 0;
    strcpy(r->path, target);
    parse_headers(r, minor);
    return 0;
}

static void *serve(void *argument) {
    struct request *r = argument;
    while (read_request(r) == 0) {
        if (dispatch(r) || !r->keep_alive) break;
        memmove(r->head, r->head + r->head_length, r->filled - r->head_length);
        r->filled -= r->head_length;
    }
    close(r->socket);
    free(r);
    return NULL;
}

static void stop(int signal_number) {
    (void)signal_number;
    _exit(0);
}

static void carry_out(const char *argument) {
    const char *value = strchrnul(argument, '=');
    if (*value) value++;
    if (!strncmp(argument, "print=", 6)) dprintf(1, "%s\n", value);
    else if (!strncmp(argument, "error=", 6)) dprintf(2, "%s\n", value);
    else if (!strncmp(argument, "part=", 5)) dprintf(1, "%s", value);
    else if (!strncmp(argument, "lines=", 6)) for (long i = 0; i < atol(value); i++) dprintf(1, "line %ld\n", i);
    else if (!strncmp(argument, "long=", 5)) {
        size_t length = (size_t)atol(value);
        char *line = malloc(length + 1);
        memset(line, 'x', length);
        line[length] = '\n';
        for (size_t written = 0; written <= length;) {
            ssize_t n = write(1, line + written, length + 1 - written);
            if (n <= 0) break;
            written += (size_t)n;
        }
    }
    else if (!strncmp(argument, "exit=", 5)) _exit(atoi(value));
    else if (!strncmp(argument, "delay=", 6)) pause_ms(atol(value));
    else if (!strncmp(argument, "burn=", 5)) burn_cpu_ms(atol(value));
    else if (!strncmp(argument, "allocate=", 9)) allocate(atol(value));
    else if (!strncmp(argument, "exit-within=", 12)) begin(exit_at_random, (void *)value);
    else if (!strcmp(argument, "ignore-term")) signal(SIGTERM, SIG_IGN);
    else if (!strcmp(argument, "no-listen")) for (;;) pause();
}

int main(int count, char **values) {
    arguments = values;
    signal(SIGTERM, stop);
    for (int i = 1; i < count; i++) carry_out(values[i]);
    const char *port = getenv("PORT");
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port ? port : "8080"))};
    int one = 1, server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(server, (struct sockaddr *)&at, sizeof at) || listen(server, 1024)) {
        perror("listen");
        return 1;
    }
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&detached, 256 * 1024);
    for (;;) {
        int client = accept(server, NULL, NULL);
        if (client < 0) continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct request *r = calloc(1, sizeof *r);
        pthread_t thread;
        if (!r) {
            close(client);
            continue;
        }
        r->socket = client;
        if (pthread_create(&thread, &detached, serve, r)) {
            close(client);
            free(r);
        }
    }
}
