package dev.dormouse.engine.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.PullResponseItem;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One pull under way: what the engine reports is taken in on docker-java's thread, and waited for
 * on the caller's.
 */
final class Pull extends ResultCallback.Adapter<PullResponseItem> {
    private static final String DIGEST = "Digest: ";

    private final CountDownLatch answered = new CountDownLatch(1);
    private volatile boolean abandoned;
    private volatile Optional<String> digest = Optional.empty();
    private volatile Optional<String> failure = Optional.empty();
    private volatile boolean begun;
    private volatile boolean engineLost;

    @Override
    public void onStart(Closeable stream) {
        super.onStart(stream);
        if (abandoned) {
            abandon();
        }
    }

    @Override
    public void onNext(PullResponseItem item) {
        var error = item.getErrorDetail();
        if (error != null) {
            failure = Optional.of(String.valueOf(error.getMessage()));
        } else if (item.getStatus() != null) {
            begun = true;
            if (item.getStatus().startsWith(DIGEST)) {
                digest = Optional.of(item.getStatus().substring(DIGEST.length()).strip());
            }
        }
        answered.countDown();
    }

    @Override
    public void onError(@Nullable Throwable failed) {
        if (failure.isEmpty() && !abandoned) {
            failure = Optional.of(words(failed));
            engineLost = !(failed instanceof DockerException);
        }
        answered.countDown();
        super.onError(failed);
    }

    @Override
    public void onComplete() {
        answered.countDown();
        super.onComplete();
    }

    /** Waits until the registry was heard of, well or ill; false when it stays silent. */
    boolean awaitAnswer(Duration patience) throws InterruptedException {
        return answered.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Waits for the end; false when it takes longer. The failure is told by {@link #failure}. */
    boolean awaitEnd(Duration limit) throws InterruptedException {
        try {
            return awaitCompletion(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RuntimeException told) {
            if (failure.isEmpty()) {
                failure = Optional.of(words(told));
            }
            return true;
        }
    }

    /** Gives up; the engine ends the pull when nobody listens any more. */
    void abandon() {
        abandoned = true;
        try {
            close();
        } catch (IOException e) {
            // the connection is gone, which is what was wanted
            return;
        }
    }

    /** Gives up, for this reason. */
    void giveUp(String because) {
        failure = Optional.of(because);
        abandon();
    }

    /** Whether the registry had the image, so that bytes began to move. */
    boolean begun() {
        return begun;
    }

    /**
     * Whether the failure is that of the connection to the engine, and says nothing of the image.
     */
    boolean isEngineLost() {
        return engineLost;
    }

    Optional<String> failure() {
        return failure;
    }

    /** The digest of what was pulled, {@code sha256:…}, where the engine told it. */
    Optional<String> digest() {
        return digest;
    }

    private static String words(@Nullable Throwable failed) {
        return switch (failed) {
            case DockerException refusal -> Refusals.words(refusal);
            case null -> "the pull failed";
            default -> String.valueOf(failed.getMessage());
        };
    }
}
