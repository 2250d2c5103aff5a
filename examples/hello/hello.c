/*
 * A small web server: greets, and can take its time, so that one sees Dormouse add instances.
 *
 *   GET /           "Hello from <instance>, request <n>"
 *   GET /wait/<ms>  the same, <ms> milliseconds later
 *
 * It listens on PORT, greets with GREETING, serves each connection on a thread of its own, and at
 * SIGTERM lets the requests that are under way end.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_MAX = 16 * 1024, WAIT_MAX_MS = 3600 * 1000, STACK_BYTES = 64 * 1024, GRACE_MS = 25 * 1000 };

static char instance[64];
static const char *greeting;
static atomic_long requests;
static atomic_int under_way;
static atomic_int stopping;

static void sleep_ms(long ms) {
    struct timespec left = {ms / 1000, (ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0) {
    }
}

static int send_all(int connection, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(connection, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0) return -1;
        bytes += sent;
        length -= (size_t)sent;
    }
    return 0;
}

/* Answers one request; 0 if the connection may carry another. One that may have a body is its last. */
static int answer(int connection, const char *head) {
    long wait = 0;
    int known = strncmp(head, "GET / ", 6) == 0;
    if (strncmp(head, "GET /wait/", 10) == 0) {
        wait = strtol(head + 10, NULL, 10);
        known = wait >= 0 && wait <= WAIT_MAX_MS;
    }
    atomic_fetch_add(&under_way, 1);
    if (known && wait > 0) sleep_ms(wait);
    char body[512], text[1024];
    int last = atomic_load(&stopping) || strncmp(head, "GET ", 4) != 0;
    if (known) {
        long number = atomic_fetch_add(&requests, 1) + 1;
        snprintf(body, sizeof body, "%s from %s, request %ld\n", greeting, instance, number);
    } else {
        snprintf(body, sizeof body, "There are GET / and GET /wait/<milliseconds> only\n");
    }
    int length = snprintf(text, sizeof text,
                          "HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\n"
                          "Content-Length: %zu\r\nConnection: %s\r\n\r\n%s",
                          known ? "200 OK" : "404 Not Found", strlen(body),
                          last ? "close" : "keep-alive", body);
    int failed = send_all(connection, text, (size_t)length);
    atomic_fetch_sub(&under_way, 1);
    return failed || last;
}

/* Serves a connection until it ends. */
static void *serve(void *argument) {
    int connection = (int)(long)argument;
    char head[HEAD_MAX + 1];
    size_t length = 0;
    for (;;) {
        head[length] = 0;
        char *end = strstr(head, "\r\n\r\n");
        if (end == NULL) {
            if (length == HEAD_MAX) break;
            ssize_t got = recv(connection, head + length, HEAD_MAX - length, 0);
            if (got <= 0) break;
            length += (size_t)got;
            continue;
        }
        size_t used = (size_t)(end + 4 - head);
        if (answer(connection, head) != 0) break;
        memmove(head, head + used, length - used);
        length -= used;
    }
    close(connection);
    return NULL;
}

/* Waits for SIGTERM, lets requests end, and leaves. */
static void *await_stop(void *argument) {
    int signal_number;
    sigwait((sigset_t *)argument, &signal_number);
    atomic_store(&stopping, 1);
    for (int waited = 0; atomic_load(&under_way) > 0 && waited < GRACE_MS; waited += 10) sleep_ms(10);
    printf("Stopped after %ld requests\n", atomic_load(&requests));
    fflush(stdout);
    _exit(0);
}

int main(void) {
    static sigset_t stop_signals;
    pthread_t thread;
    pthread_attr_t detached;
    const char *port_text = getenv("PORT");
    int port = port_text ? atoi(port_text) : 8080, yes = 1;
    greeting = getenv("GREETING") ? getenv("GREETING") : "Hello";
    gethostname(instance, sizeof instance - 1);

    sigemptyset(&stop_signals);
    sigaddset(&stop_signals, SIGTERM);
    sigaddset(&stop_signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop_signals, NULL);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&detached, STACK_BYTES);
    pthread_create(&thread, &detached, await_stop, &stop_signals);

    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1024) != 0) {
        perror("hello: cannot listen");
        return 1;
    }
    printf("%s listens on port %d\n", instance, port);
    fflush(stdout);
    for (;;) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0) continue;
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (pthread_create(&thread, &detached, serve, (void *)(long)connection) != 0) close(connection);
    }
}
