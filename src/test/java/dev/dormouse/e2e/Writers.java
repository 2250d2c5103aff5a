package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * Callers that create, change and delete containers at random until the server goes away, and
 * remember what it acknowledged. What they deploy has an image that no registry has: it is written
 * and looked at like any other, and starts nothing.
 */
final class Writers {
    private static final String NO_IMAGE = "127.0.0.1:1/dormouse-test/none:latest";
    private static final int KEPT_MAX = 4;

    private final Api api;
    private final String namespaceId;
    private final List<Writer> writers = new ArrayList<>();
    private final Queue<Throwable> broken = new ConcurrentLinkedQueue<>();

    Writers(Api api, JsonNode namespace, int count, long seed) {
        this.api = api;
        this.namespaceId = Api.id(namespace);
        for (int i = 0; i < count; i++) {
            writers.add(new Writer(i, new Random(seed + i)));
        }
    }

    /** One container, and the numbers of the writes to it: what it holds must be one of these. */
    private static final class Written {
        private final JsonNode container;
        private int acknowledged;
        private int attempted;
        private boolean deleting;
        private boolean deleted;

        Written(JsonNode container, int number) {
            this.container = container;
            this.acknowledged = number;
            this.attempted = number;
        }
    }

    private final class Writer {
        private final int id;
        private final Random random;
        private final List<Written> all = new ArrayList<>();
        private int number;

        Writer(int id, Random random) {
            this.id = id;
            this.random = random;
        }

        private void write() {
            List<Written> kept = all.stream().filter(one -> !one.deleting).toList();
            int choice = random.nextInt(10);
            if (kept.isEmpty() || (choice == 0 && kept.size() < KEPT_MAX)) {
                create();
                return;
            }
            Written one = kept.get(random.nextInt(kept.size()));
            if (choice == 1) {
                one.deleting = true;
                api.deleteContainer(one.container);
                one.deleted = true;
            } else {
                one.attempted = ++number;
                api.updateContainer(one.container, fields(number));
                one.acknowledged = number;
            }
        }

        private void create() {
            Map<String, Object> fields = new HashMap<>(fields(++number));
            fields.put("namespace_id", namespaceId);
            fields.put("name", "written-" + id + "-" + number);
            fields.put("image", NO_IMAGE);
            all.add(new Written(api.createContainer(fields), number));
        }
    }

    /** The same number in the resource, in how it is served, and in what its process is. */
    private static Map<String, Object> fields(int number) {
        return Map.of(
                "description",
                "write " + number,
                "tags",
                List.of("write-" + number),
                "timeout",
                seconds(number),
                "environment_variables",
                Map.of("WRITE", "" + number));
    }

    private static String seconds(int number) {
        return number % 3_000 + 10 + "s";
    }

    /** Lets all of them write, and ends the server by that action after so many were answered. */
    void writeUntil(int answered, Runnable end) {
        CountDownLatch enough = new CountDownLatch(answered);
        List<Thread> threads =
                writers.stream()
                        .map(writer -> Thread.ofVirtual().start(() -> run(writer, enough)))
                        .toList();
        try {
            assertThat(enough.await(5, TimeUnit.MINUTES)).as("%s", broken).isTrue();
            end.run();
            for (Thread thread : threads) {
                assertThat(thread.join(Duration.ofMinutes(2))).isTrue();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        assertThat(broken).isEmpty();
    }

    private void run(Writer writer, CountDownLatch enough) {
        try {
            while (true) {
                writer.write();
                enough.countDown();
            }
        } catch (UncheckedIOException serverIsGone) {
            return;
        } catch (RuntimeException | AssertionError e) {
            broken.add(e);
            while (enough.getCount() > 0) {
                enough.countDown();
            }
        }
    }

    /** Every write that was acknowledged is there, and none by half. */
    void assertNothingIsLost() {
        for (Writer writer : writers) {
            assertThat(writer.all).isNotEmpty().allSatisfy(this::assertIsWritten);
        }
    }

    private void assertIsWritten(Written one) {
        if (one.deleted) {
            api.awaitGone("containers", one.container);
            return;
        }
        Api.Answer answer = api.get("containers", one.container);
        if (one.deleting && answer.status() == 404) {
            return;
        }
        JsonNode found = answer.body();
        assertThat(answer.status()).as("%s", found).isEqualTo(200);
        String tag = found.path("tags").path(0).stringValue();
        int number = Integer.parseInt(tag.substring("write-".length()));
        assertThat(number).isBetween(one.acknowledged, one.attempted);
        assertThat(found.path("description").stringValue()).isEqualTo("write " + number);
        assertThat(found.path("timeout").stringValue()).isEqualTo(seconds(number));
        assertThat(found.path("environment_variables").path("WRITE").stringValue())
                .isEqualTo("" + number);
    }
}
