package dev.dormouse.engine.docker;

import com.github.dockerjava.api.exception.DockerException;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Gives every call to the engine a deadline. A read on a Unix socket knows no timeout of its own,
 * so each call runs on a virtual thread, and the interrupt that ends it closes the socket.
 */
final class Calls implements AutoCloseable {
    private static final Duration PING_LIMIT = Duration.ofSeconds(5);

    private final Pulse pulse;
    private final Callable<?> ping;
    private final AtomicBoolean asking = new AtomicBoolean();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("docker-call-", 0).factory());

    /**
     * @param ping asks the engine for nothing, to see whether it is the engine or one call that is
     *     stuck
     */
    Calls(Pulse pulse, Callable<?> ping) {
        this.pulse = pulse;
        this.ping = ping;
    }

    /**
     * Runs the call; the engine's refusals come out as the {@link DockerException} they are.
     *
     * @throws EngineException of kind UNREACHABLE when there is no answer in time, or none at all
     */
    <T extends @org.jspecify.annotations.Nullable Object> T within(
            Duration limit, Callable<T> call) {
        Future<T> answer;
        try {
            answer = threads.submit(call);
        } catch (RejectedExecutionException e) {
            throw new EngineException(Kind.UNREACHABLE, "the engine's connections are closed", e);
        }
        try {
            T answered = answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            pulse.answered();
            return answered;
        } catch (TimeoutException e) {
            askWhetherItLives();
            throw new EngineException(
                    Kind.UNREACHABLE,
                    "the container engine did not answer within " + inWords(limit),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(
                    Kind.UNREACHABLE, "the call to the container engine was interrupted", e);
        } catch (ExecutionException e) {
            throw failure(e);
        } finally {
            answer.cancel(true);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private RuntimeException failure(ExecutionException failed) {
        return switch (failed.getCause()) {
            case DockerException refusal -> {
                pulse.answered();
                yield refusal;
            }
            case EngineException known -> known;
            case null, default -> {
                String why = innermost(failed);
                pulse.silent(why);
                yield new EngineException(
                        Kind.UNREACHABLE, "the container engine cannot be reached: " + why, failed);
            }
        };
    }

    /** One call was not answered in time; whether any would be is found out on the side. */
    private void askWhetherItLives() {
        if (asking.compareAndSet(false, true)) {
            Thread.ofVirtual()
                    .name("docker-ping")
                    .start(() -> {
                        try {
                            Future<?> answer = threads.submit(ping);
                            answer.get(PING_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
                            pulse.answered();
                        } catch (TimeoutException e) {
                            pulse.silent("it takes connections and does not answer");
                        } catch (ExecutionException e) {
                            failure(e);
                        } catch (InterruptedException | RejectedExecutionException e) {
                            // the connections are being closed
                            return;
                        } finally {
                            asking.set(false);
                        }
                    });
        }
    }

    /** The core of a failure, in words. */
    static String innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String words = cause.getMessage();
        return words == null || words.isBlank() ? cause.getClass().getSimpleName() : words;
    }

    private static String inWords(Duration limit) {
        return limit.toMillis() % 1000 == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
    }
}
