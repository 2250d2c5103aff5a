/* Asks one address over keep-alive connections of HTTP/1.1, with TLS or without, and tells how long answers took.
 *
 *     load PORT plain|tls CONNECTIONS RATE SECONDS HOSTS PATH
 *
 * RATE 0: each connection asks again as soon as it is answered. RATE above 0: so many requests a second, due at even
 * distances whatever the answers do, and timed from when they were due, so that a stall is felt by all who would have
 * come meanwhile. RATE idle: every connection asks once, "ready" is printed, and all stay open until standard input
 * ends. The hosts asked for in turn are c0.bench, c1.bench, ... */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAX 8192
#define BATCH 256
#define IDLE_BATCH 100  /* how many ask at once of those that stay open */

struct connection {
    int socket, busy;
    SSL *tls;
    double due;         /* when its request was to be sent */
    long body;          /* bytes still to come; -1 while the head is read */
    int head_length;
    char head[HEAD_MAX];
};

static struct sockaddr_in address;
static SSL_CTX *tls_settings;
static const char *path;
static long hosts, asked, errors, took_length, took_room;
static int count, idle, poll_all, free_length;
static float *took;     /* microseconds of each answer */
static struct connection *all, **free_ones;

static void fail(const char *what) {
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void open_connection(struct connection *one) {
    int yes = 1;
    one->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (one->socket < 0 || connect(one->socket, (struct sockaddr *)&address, sizeof address) < 0)
        fail("connect");
    setsockopt(one->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (tls_settings) {
        one->tls = SSL_new(tls_settings);
        SSL_set_fd(one->tls, one->socket);
        SSL_set_tlsext_host_name(one->tls, "c0.bench");
        if (SSL_connect(one->tls) != 1)
            fail("TLS handshake");
    }
    fcntl(one->socket, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = one};
    epoll_ctl(poll_all, EPOLL_CTL_ADD, one->socket, &event);
}

/* A request is shorter than any socket's buffer, which is empty when it is sent. */
static void ask(struct connection *one, double due) {
    char request[512];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: c%ld.bench\r\nUser-Agent: load\r\n\r\n",
                          path, asked++ % hosts);
    one->busy = 1;
    one->due = due;
    one->body = -1;
    one->head_length = 0;
    long sent = one->tls ? SSL_write(one->tls, request, length) : write(one->socket, request, length);
    if (sent != length)
        errors++;       /* its end is read of next */
}

static void answered(struct connection *one) {
    if (took_length == took_room) {
        took_room = took_room ? 2 * took_room : 1 << 16;
        took = realloc(took, took_room * sizeof *took);
        if (!took)
            fail("memory");
    }
    took[took_length++] = (now() - one->due) * 1e6;
    one->busy = 0;
    free_ones[free_length++] = one;
}

/* Reads what came in; bytes after the head belong to the body. */
static void head_read(struct connection *one, const char *bytes, long length) {
    long room = HEAD_MAX - 1 - one->head_length, fits = length < room ? length : room;
    memcpy(one->head + one->head_length, bytes, fits);
    one->head_length += fits;
    one->head[one->head_length] = 0;
    char *end = strstr(one->head, "\r\n\r\n");
    if (!end)
        return;
    char *told = strcasestr(one->head, "\r\ncontent-length:");
    if (strncmp(one->head, "HTTP/1.1 200", 12) || !told || told > end) {
        fprintf(stderr, "load: not the answer that was asked for: %.60s\n", one->head);
        exit(1);
    }
    one->body = atol(told + 17) - (one->head + one->head_length - end - 4) - (length - fits);
}

/* Whether the connection is still there. */
static int read_all(struct connection *one) {
    static char bytes[1 << 17];
    for (;;) {
        long got = one->tls ? SSL_read(one->tls, bytes, sizeof bytes) : read(one->socket, bytes, sizeof bytes);
        if (got <= 0 && one->tls)
            return SSL_get_error(one->tls, got) == SSL_ERROR_WANT_READ;
        if (got <= 0)
            return got < 0 && errno == EAGAIN;
        if (!one->busy)
            return 0;
        if (one->body < 0)
            head_read(one, bytes, got);
        else
            one->body -= got;
        if (one->body == 0)
            answered(one);
        if (!one->tls && got < (long)sizeof bytes)
            return 1;
    }
}

static void reopen(struct connection *one) {
    errors++;
    if (one->tls)
        SSL_free(one->tls);
    close(one->socket);
    open_connection(one);
    if (one->busy) {
        one->busy = 0;
        free_ones[free_length++] = one;
    }
}

static int by_size(const void *left, const void *right) {
    float a = *(const float *)left, b = *(const float *)right;
    return (a > b) - (a < b);
}

static double share(double part) {
    long at = part * took_length;
    return took_length ? took[at < took_length ? at : took_length - 1] : 0;
}

static int evenly(double rate) {
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    long each = 1e9 / rate;
    struct itimerspec interval = {{each / 1000000000, each % 1000000000}, {each / 1000000000, each % 1000000000}};
    timerfd_settime(timer, 0, &interval, NULL);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poll_all, EPOLL_CTL_ADD, timer, &event);
    return timer;
}

static void run(double rate, double seconds) {
    struct epoll_event events[BATCH];
    uint64_t rung;
    long began = 0;
    int timer = rate > 0 ? evenly(rate) : -1;
    double start = now();
    for (double time = start; time < start + seconds && !(idle && took_length == count); time = now()) {
        long due = rate > 0 ? (time - start) * rate : began + free_length;
        for (; !idle && began < due && free_length > 0; began++)
            ask(free_ones[--free_length], rate > 0 ? start + began / rate : time);
        for (; idle && began < count && began < took_length + IDLE_BATCH; began++)
            ask(&all[began], time);
        int ready = epoll_wait(poll_all, events, BATCH, 100);
        for (int i = 0; i < ready; i++) {
            struct connection *one = events[i].data.ptr;
            if (!one)
                (void)!read(timer, &rung, sizeof rung);
            else if (!read_all(one))
                reopen(one);
        }
    }
    if (rate > 0 && (long)(rate * seconds) - began > rate / 10)
        errors += (long)(rate * seconds) - began;   /* due, and never sent */
    double spent = now() - start;
    qsort(took, took_length, sizeof *took, by_size);
    printf("{\"answers\": %ld, \"errors\": %ld, \"seconds\": %.4f, \"p50\": %.1f, \"p99\": %.1f, \"p99.9\": %.1f}\n",
           took_length, errors, spent, share(0.5), share(0.99), share(0.999));
}

int main(int length, char **words) {
    if (length != 8)
        fail("load PORT plain|tls CONNECTIONS RATE SECONDS HOSTS PATH");
    signal(SIGPIPE, SIG_IGN);
    address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(words[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!strcmp(words[2], "tls"))
        tls_settings = SSL_CTX_new(TLS_client_method());
    count = atoi(words[3]);
    idle = !strcmp(words[4], "idle");
    hosts = atol(words[6]);
    path = words[7];
    poll_all = epoll_create1(0);
    all = calloc(count, sizeof *all);
    free_ones = calloc(count, sizeof *free_ones);
    for (int i = 0; i < count; i++) {
        open_connection(&all[i]);
        if (!idle)
            free_ones[free_length++] = &all[i];
    }
    run(atof(words[4]), atof(words[5]));
    if (idle) {
        printf("ready\n");
        fflush(stdout);
        while (getchar() != EOF)
            ;
    }
    return 0;
}
