package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The doctor as a person calls it, on this machine and its engine, with the server up and down. */
class DoctorIT {
    @TempDir private Path folder;

    /** What the doctor said. */
    record Visit(int exitCode, JsonNode report) {
        /** The levels of what was found about one thing. */
        List<String> about(String thing) {
            return report.path("findings")
                    .valueStream()
                    .filter(one -> one.path("about").asString().equals(thing))
                    .map(one -> one.path("level").asString())
                    .toList();
        }
    }

    static Visit visit(Map<String, String> settings) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.dormouse.Main",
                        "doctor",
                        "-o",
                        "json");
        builder.environment().keySet().removeIf(name -> name.startsWith("DORMOUSE_"));
        builder.environment().putAll(settings);
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Visit(process.waitFor(), new JsonMapper().readTree(text));
    }

    private Map<String, String> settings(int apiPort) {
        return new HashMap<>(
                Map.of(
                        "DORMOUSE_DATA_DIR",
                        folder.toString(),
                        "DORMOUSE_API_LISTEN",
                        "127.0.0.1:" + apiPort,
                        "DORMOUSE_GATEWAY_LISTEN",
                        "127.0.0.1:0"));
    }

    @Test
    void theEngineOfThisMachineIsWellAndTheServerMayBeDown() throws Exception {
        Visit visit = visit(settings(0));

        assertThat(visit.about("engine")).startsWith("ok");
        assertThat(visit.about("clock")).containsExactly("ok");
        assertThat(visit.about("API port")).containsExactly("ok");
        assertThat(visit.exitCode()).as(visit.report().toString()).isZero();
    }

    @Test
    void theServersOwnPortsAreKnownAndAnothersAreNot() throws Exception {
        try (DormouseProcess server = DormouseProcess.start(folder, Map.of())) {
            Map<String, String> same = settings(server.api("/").getPort());
            same.put("DORMOUSE_GATEWAY_LISTEN", "127.0.0.1:" + server.gatewayPort());
            same.put("DORMOUSE_GATEWAY_TLS_LISTEN", "127.0.0.1:" + server.tlsPort());
            Visit visit = visit(same);
            assertThat(visit.about("API port")).containsExactly("ok");
            assertThat(visit.about("gateway port")).containsExactly("ok");
            assertThat(visit.about("TLS port")).containsExactly("ok");
            assertThat(visit.exitCode()).isZero();
        }
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Visit visit = visit(settings(other.getLocalPort()));
            assertThat(visit.about("API port")).containsExactly("failure");
            assertThat(visit.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void aSmallDiskAndOneThatMayNotBeWrittenAreToldOf() throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.toString()),
                "may not mount a file system");
        try {
            Visit small = visit(settings(0));
            assertThat(small.about("disk")).containsExactly("failure");
            assertThat(small.exitCode()).isEqualTo(1);

            assertThat(run("mount", "-o", "remount,ro", folder.toString())).isTrue();
            assertThat(visit(settings(0)).about("data folder")).contains("failure");
        } finally {
            run("umount", folder.toString());
        }
    }

    @Test
    void anEngineThatThisUserMayNotUseIsToldWithWhatToDo() throws Exception {
        Path program = copiedForEverybody();
        try {
            Process process =
                    new ProcessBuilder(
                                    "setpriv",
                                    "--reuid=65534",
                                    "--regid=65534",
                                    "--clear-groups",
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Duser.home=/tmp",
                                    "-cp",
                                    program + "/*:" + program,
                                    "dev.dormouse.Main",
                                    "doctor")
                            .redirectErrorStream(true)
                            .start();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor()).as(text).isEqualTo(1);
            assertThat(text).contains("failure  engine: ").contains("sudo usermod -aG docker");
        } finally {
            run("rm", "-rf", program.toString());
        }
    }

    /**
     * The program where another user may read it: the classes in a folder, the libraries beside.
     */
    private static Path copiedForEverybody() throws IOException, InterruptedException {
        Path program = Files.createTempDirectory("dormouse-doctor");
        for (String part : System.getProperty("java.class.path").split(":", -1)) {
            if (part.endsWith(".jar")) {
                Files.copy(Path.of(part), program.resolve(Path.of(part).getFileName().toString()));
            } else if (part.endsWith("/classes")) {
                assertThat(run("cp", "-R", part + "/.", program.toString())).isTrue();
            }
        }
        assertThat(run("chmod", "-R", "a+rX", program.toString())).isTrue();
        return program;
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }
}
