package dev.dormouse.api;

import dev.dormouse.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Turns secrets into the argon2id strings that answers show. The work is done on a few platform
 * threads of its own, so that the virtual threads' carriers stay free, and a request hands in no
 * more at a time than there are threads, so that one with many secrets does not keep another one
 * waiting for all of them. Safe on any thread; close it once.
 */
final class SecretHasher implements AutoCloseable {
    /** The cost, one of the settings that OWASP calls equal; why this one: docs/decisions. */
    static final int MEMORY_KIB = 9_216;

    static final int ITERATIONS = 4;
    static final int PARALLELISM = 1;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final int THREADS_MAX = 4;
    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

    private final int threads = Math.min(THREADS_MAX, Runtime.getRuntime().availableProcessors());
    private final ExecutorService pool =
            Executors.newFixedThreadPool(
                    threads, Thread.ofPlatform().name("hash-secrets-", 0).daemon().factory());
    private final RandomGenerator random;
    private final Duration patience;

    /**
     * @param random cannot be guessed, and is safe on any thread
     * @param patience how long one request may wait for its hashes
     */
    SecretHasher(RandomGenerator random, Duration patience) {
        this.random = random;
        this.patience = patience;
    }

    /** The secrets with their hashes, each with a salt of its own. Blocks until all are done. */
    Map<String, Secret> hash(Map<String, String> values) {
        Map<String, Secret> hashed = new LinkedHashMap<>();
        List<Map.Entry<String, String>> left = List.copyOf(values.entrySet());
        for (int from = 0; from < left.size(); from += threads) {
            List<Map.Entry<String, String>> some =
                    left.subList(from, Math.min(left.size(), from + threads));
            List<Secret> done = hashAll(some.stream().map(Map.Entry::getValue).toList());
            for (int i = 0; i < some.size(); i++) {
                hashed.put(some.get(i).getKey(), done.get(i));
            }
        }
        return hashed;
    }

    private List<Secret> hashAll(List<String> values) {
        List<Callable<Secret>> tasks = new ArrayList<>();
        for (String value : values) {
            byte[] salt = new byte[SALT_BYTES];
            random.nextBytes(salt);
            tasks.add(() -> new Secret(value, phc(value, salt)));
        }
        try {
            List<Secret> done = new ArrayList<>();
            for (Future<Secret> one :
                    pool.invokeAll(tasks, patience.toMillis(), TimeUnit.MILLISECONDS)) {
                done.add(one.get());
            }
            return done;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw tooBusy();
        } catch (CancellationException e) {
            throw tooBusy();
        } catch (ExecutionException e) {
            throw new IllegalStateException("hashing failed", e.getCause());
        }
    }

    private static Problem tooBusy() {
        return Problem.plain(
                Problem.Code.UNAVAILABLE, "too many secrets are being hashed; try again later");
    }

    /** The PHC string: {@code $argon2id$v=19$m=…,t=…,p=…$salt$hash}, base64 without padding. */
    static String phc(String value, byte[] salt) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(
                new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                        .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(MEMORY_KIB)
                        .withIterations(ITERATIONS)
                        .withParallelism(PARALLELISM)
                        .withSalt(salt)
                        .build());
        byte[] hash = new byte[HASH_BYTES];
        generator.generateBytes(value.getBytes(StandardCharsets.UTF_8), hash);
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(
                        MEMORY_KIB,
                        ITERATIONS,
                        PARALLELISM,
                        BASE64.encodeToString(salt),
                        BASE64.encodeToString(hash));
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
