/* What a bad neighbour does: included by server.c, which says how it is asked for. */
#include <fcntl.h>
#include <sys/stat.h>

static int took(char *answer, size_t size, long count, int error) {
    return snprintf(answer, size, "%ld %s\n", count, error ? strerror(error) : "all");
}

/* Children that stay until they are killed; as many as there may be, or as were asked for. */
static void fork_many(long wanted, char *answer, size_t size) {
    long count = 0;
    int error = 0;
    while (count < wanted && !error) {
        pid_t child = fork();
        if (child == 0) for (;;) pause();
        if (child < 0) error = errno;
        else count++;
    }
    took(answer, size, count, error);
}

/* Without end, whatever happens; the children do the same. */
static void *fork_bomb(void *nothing) {
    for (;;) fork();
    return nothing;
}

static void open_many(long wanted, char *answer, size_t size) {
    int first = -1, last = -1, error = 0;
    long count = 0;
    while (count < wanted && !error) {
        int file = open("/dev/null", O_RDONLY);
        if (file < 0) error = errno;
        else {
            if (first < 0) first = file;
            last = file;
            count++;
        }
    }
    for (int file = first; first >= 0 && file <= last; file++) close(file);
    took(answer, size, count, error);
}

/* Appends that many megabytes, which a sparse file would not take from the disk. */
static void write_file(const char *path, long mb, char *answer, size_t size) {
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    int error = 0, file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    long count = 0;
    while (file >= 0 && count < mb && !error) {
        ssize_t written = write(file, block, sizeof block);
        if (written < 0) error = errno; /* a part of a block is followed by the reason */
        else if (written == (ssize_t)sizeof block) count++;
    }
    if (file < 0) error = errno;
    else close(file);
    took(answer, size, count, error);
}

/* The same without the time that writing takes: the blocks are the file's, and are not written. */
static void reserve(const char *path, long mb, char *answer, size_t size) {
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    int error = file < 0 ? errno : posix_fallocate(file, 0, (off_t)mb << 20);
    if (file >= 0) close(file);
    took(answer, size, error ? 0 : mb, error);
}

static void *flood(void *nothing) {
    char line[256];
    memset(line, 'f', sizeof line - 1);
    line[sizeof line - 1] = '\n';
    while (write(1, line, sizeof line) > 0) {
    }
    return nothing;
}

/* Ends at a moment and with a code that nobody knows before. */
static void *exit_at_random(void *ms) {
    unsigned seed = (unsigned)time(NULL) ^ (unsigned)getpid();
    usleep((useconds_t)(rand_r(&seed) % (atol(ms) * 1000 + 1)));
    _exit(1 + rand_r(&seed) % 100);
}

static void begin(void *(*deed)(void *), void *argument) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, deed, argument) == 0) pthread_detach(thread);
}
