package dev.dormouse.engine.docker;

import com.github.dockerjava.transport.DockerHttpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Ends a request for a stream whose answer does not begin in time: docker-java waits for it on a
 * thread of its own, where nobody else can give up.
 *
 * @param patience for every answer but a pull's, which begins when the registry has answered
 */
record PromptAnswers(
        DockerHttpClient client,
        Duration patience,
        Duration pullPatience,
        ScheduledExecutorService timer)
        implements DockerHttpClient {
    static PromptAnswers of(DockerHttpClient client, DockerSettings settings) {
        return new PromptAnswers(
                client,
                settings.callTimeout(),
                settings.pullTimeout(),
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("docker-patience").daemon().factory()));
    }

    @Override
    public Response execute(Request request) {
        Thread waiting = Thread.currentThread();
        Duration limit = request.path().contains("/images/create") ? pullPatience : patience;
        Future<?> alarm =
                timer.schedule(waiting::interrupt, limit.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return client.execute(request);
        } finally {
            alarm.cancel(false);
        }
    }

    @Override
    public void close() throws IOException {
        timer.shutdownNow();
        client.close();
    }
}
