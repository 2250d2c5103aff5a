package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.testing.TestImages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Another machine, to which packets are passed on by this one: a network namespace with an address
 * of the documentation's range and one of those at which clouds answer, and a server on port 80.
 */
final class Outside implements AutoCloseable {
    static final String ADDRESS = "198.51.100.6";
    static final String METADATA = "169.254.77.77";

    private static final String NAMESPACE = "dormouse-outside";
    private static final String HERE = "dmtest0";
    private static final String THERE = "dmtest1";

    private final Process server;

    Outside() throws IOException {
        run("ip", "netns", "add", NAMESPACE);
        run("ip", "link", "add", HERE, "type", "veth", "peer", "name", THERE, "netns", NAMESPACE);
        run("ip", "address", "add", "198.51.100.5/30", "dev", HERE);
        run("ip", "link", "set", HERE, "up");
        inside("ip", "address", "add", ADDRESS + "/30", "dev", THERE);
        inside("ip", "address", "add", METADATA + "/32", "dev", THERE);
        inside("ip", "link", "set", THERE, "up");
        run("ip", "route", "add", METADATA + "/32", "dev", HERE);
        ProcessBuilder builder =
                new ProcessBuilder(
                        "ip", "netns", "exec", NAMESPACE, TestImages.serverProgram().toString());
        builder.environment().put("PORT", "80");
        server = builder.inheritIO().start();
    }

    @Override
    public void close() throws IOException {
        server.destroyForcibly().onExit().join();
        run("ip", "netns", "delete", NAMESPACE);
    }

    private static void inside(String... command) throws IOException {
        List<String> there = new ArrayList<>(List.of("ip", "netns", "exec", NAMESPACE));
        there.addAll(List.of(command));
        run(there.toArray(String[]::new));
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.onExit().join().exitValue())
                .as("%s: %s", List.of(command), output)
                .isZero();
    }
}
