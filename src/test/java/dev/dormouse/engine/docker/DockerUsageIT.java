package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.config.Source;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.Usage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The kernel's files and the engine tell the same of an instance. */
class DockerUsageIT {
    private final RealDocker docker = new RealDocker();

    @AfterEach
    void leaveNothingBehind() throws Exception {
        docker.close();
    }

    @Test
    void theEngineTellsWhatTheKernelTells() throws Exception {
        Instance instance = docker.start("burn=400", "allocate=24");
        docker.ask(instance, "/");
        docker.engine.freeze(instance.id());
        String id = docker.engineNameOf(instance);
        DockerSettings settings = DockerSettings.from(new Source(Map.of()));
        try (Session session =
                Session.open(settings, docker.serverId.toString(), InstantSource.system())) {
            UsageMeter meter = new UsageMeter(session);

            Awaitility.await("nothing changes between one look and the next")
                    .atMost(RealDocker.DEADLINE)
                    .untilAsserted(() -> theyAgree(instance, id, meter));
        }
    }

    /**
     * What the kernel has charged ahead it gives back when others use the processor, also from an
     * instance that stands still.
     */
    private void theyAgree(Instance instance, String id, UsageMeter meter) {
        Usage kernel = UsageMeter.fromKernel(id).orElseThrow();

        assertThat(meter.fromEngine(id)).isEqualTo(kernel);
        assertThat(docker.engine.usage(instance.id())).isEqualTo(kernel);
        assertThat(kernel.cpuTime()).isGreaterThanOrEqualTo(Duration.ofMillis(400));
    }

    @Test
    void pagesOfFilesThatCanBeDroppedAreChargedAndNotHeld() throws Exception {
        Instance instance = docker.start();
        docker.ask(instance, "/write?path=/written&mb=16");

        Usage usage = docker.engine.usage(instance.id());

        assertThat(usage.chargedBytes()).isGreaterThan(16L << 20);
        assertThat(usage.memoryBytes()).isLessThan(8L << 20);
    }
}
