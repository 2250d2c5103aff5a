package dev.dormouse.eventloop;

import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** How event loops are set up, so that they rest while nothing is to be done. */
public final class EventLoops {
    /** Else a folder is made at each start, and left by each kill. */
    private static final FileSystemOptions NO_FILES =
            new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false);

    /** Rarely, for each look wakes the machine; who is blocked for long is found all the same. */
    private static final Duration BLOCKED_CHECK_EVERY = Duration.ofMinutes(1);

    private static final Duration NEVER = Duration.ofDays(36_500);

    private EventLoops() {}

    /** Options for so many event loops. */
    public static VertxOptions options(int threads) {
        return new VertxOptions()
                .setEventLoopPoolSize(threads)
                .setFileSystemOptions(NO_FILES)
                .setBlockedThreadCheckInterval(BLOCKED_CHECK_EVERY.toMillis());
    }

    /**
     * Lets the loops sleep until there is something to do; to be called once they are all in use. A
     * loop of Netty's whose list of timers is empty looks at it once a second; one that waits for a
     * timer waits.
     */
    public static void rest(Vertx vertx) {
        VertxInternal loops = (VertxInternal) vertx;
        Stream.of(loops.nettyEventLoopGroup(), loops.acceptorEventLoopGroup())
                .flatMap(group -> StreamSupport.stream(group.spliterator(), false))
                .forEach(EventLoops::waitForATimer);
    }

    private static void waitForATimer(EventExecutor loop) {
        var _ = loop.schedule(() -> {}, NEVER.toNanos(), TimeUnit.NANOSECONDS);
    }
}
