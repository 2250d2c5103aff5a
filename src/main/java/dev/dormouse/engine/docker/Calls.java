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

/**
 * Gives every call to the engine a deadline. A read on a Unix socket knows no timeout of its own,
 * so each call runs on a virtual thread, and the interrupt that ends it closes the socket.
 */
final class Calls implements AutoCloseable {
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(
                    Thread.ofVirtual().name("docker-call-", 0).factory());

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
            return answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new EngineException(
                    Kind.UNREACHABLE,
                    "the container engine did not answer within " + inWords(limit),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException(
                    Kind.UNREACHABLE, "the call to the container engine was interrupted", e);
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    private static RuntimeException failure(Throwable cause) {
        return switch (cause) {
            case DockerException refusal -> refusal;
            case EngineException known -> known;
            default ->
                    new EngineException(
                            Kind.UNREACHABLE,
                            "the container engine cannot be reached: " + innermost(cause),
                            cause);
        };
    }

    private static String innermost(Throwable failure) {
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
