package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.Instance;
import dev.dormouse.engine.Instance.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The limits on the real engine, against processes that really go for more. */
class DockerLimitsIT {
    private static final Duration BURN = Duration.ofSeconds(4);
    private static final int BURNERS = 4;
    private static final Pattern USAGE_V2 = Pattern.compile("usage_usec (\\d+)");

    private final RealDocker docker =
            new RealDocker(
                    Map.of(
                            "DORMOUSE_DOCKER_PROCESSES_MAX",
                            "64",
                            "DORMOUSE_DOCKER_OPEN_FILES_MAX",
                            "256",
                            "DORMOUSE_DOCKER_LIMITS_CHECK_EVERY",
                            "500ms"));

    @AfterEach
    void leaveNothingBehind() throws Exception {
        docker.close();
    }

    private Instance start(int mvcpu, long storageBytes, String... args) {
        return docker.engine.start(RealDocker.limited(docker.spec(args), mvcpu, storageBytes));
    }

    /** How much CPU it has used, in nanoseconds. */
    private long used(Instance instance) throws InterruptedException {
        String text =
                docker.file(
                        instance,
                        "/sys/fs/cgroup/cpuacct/cpuacct.usage",
                        "/sys/fs/cgroup/cpu.stat");
        Matcher v2 = USAGE_V2.matcher(text);
        return v2.find() ? Long.parseLong(v2.group(1)) * 1_000 : Long.parseLong(text);
    }

    /** Several threads of each compute as fast as they can, all at once; what each used. */
    private List<Long> burn(List<Instance> instances) throws Exception {
        List<Long> before = new ArrayList<>();
        for (Instance one : instances) {
            before.add(used(one));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> burning = new ArrayList<>();
            for (int i = 0; i < BURNERS; i++) {
                for (Instance one : instances) {
                    burning.add(
                            threads.submit(() -> docker.ask(one, "/burn?ms=" + BURN.toMillis())));
                }
            }
            for (Future<String> one : burning) {
                assertThat(one.get()).isEqualTo("done\n");
            }
        }
        List<Long> used = new ArrayList<>();
        for (int i = 0; i < instances.size(); i++) {
            used.add(used(instances.get(i)) - before.get(i));
        }
        return used;
    }

    @Test
    void theCeilingOfCpuBinds() throws Exception {
        Instance instance = start(250, 1 << 20);
        docker.ask(instance, "/");
        long begin = System.nanoTime();

        long used = burn(List.of(instance)).getFirst();

        double share = (double) used / (System.nanoTime() - begin);
        assertThat(share).as("of a CPU, a quarter allowed").isBetween(0.05, 0.3);
    }

    /** Neither reaches its ceiling, for together they want more than there is. */
    @Test
    void whenCpuIsScarceItIsSharedAsWasAskedFor() throws Exception {
        int cpus = Runtime.getRuntime().availableProcessors();
        Instance large = start(cpus * 1_000, 1 << 20);
        Instance small = start(cpus * 500, 1 << 20);

        List<Long> used = burn(List.of(large, small));

        assertThat((double) used.getFirst() / used.getLast())
                .as("asked for 2 : 1, used %s ns", used)
                .isBetween(1.4, 3.0);
    }

    @Test
    void processesAreBounded() throws Exception {
        Instance instance = docker.start();

        String answer = docker.ask(instance, "/fork?count=1000");

        assertThat(answer).matches("\\d+ Resource temporarily unavailable\n");
        assertThat(Integer.parseInt(answer.split(" ", -1)[0])).isBetween(32, 63);
        assertThat(docker.file(instance, "/proc/self/status")).contains("Name:\tserver");
    }

    @Test
    void openFilesAreBounded() throws Exception {
        String answer = docker.ask(docker.start(), "/open?count=1000");

        assertThat(answer).matches("\\d+ Too many open files\n");
        assertThat(Integer.parseInt(answer.split(" ", -1)[0])).isBetween(200, 255);
    }

    @Test
    void manyFilesTogetherOverTheLimitOfStorageEndIt() throws Exception {
        Instance modest = start(500, 32 << 20);
        Instance greedy = start(500, 8 << 20);

        for (int i = 0; i < 4; i++) {
            assertThat(docker.ask(modest, "/write?mb=4&path=/file-" + i)).isEqualTo("4 all\n");
            docker.ask(greedy, "/write?mb=4&path=/file-" + i);
        }

        assertThat(docker.awaitEnd(greedy.id())).isEqualTo(new State.Exited(137, false, true));
        assertThat(docker.engine.list(docker.container))
                .filteredOn(one -> one.id().equals(modest.id()))
                .containsExactly(modest);
    }

    /** By the kernel, at once: an instance's first process is told so, any other is ended. */
    @Test
    void oneFileDoesNotGoOverTheLimitOfStorage() throws Exception {
        Instance instance = start(500, 8 << 20);

        assertThat(docker.ask(instance, "/write?mb=8&path=/file")).isEqualTo("8 all\n");
        assertThat(docker.ask(instance, "/write?mb=1&path=/file")).isEqualTo("0 File too large\n");
        assertThat(docker.ask(instance, "/write?mb=100&path=/etc/hosts"))
                .as("a file of the host's disk, not of the writable layer")
                .isEqualTo("7 File too large\n");
    }
}
