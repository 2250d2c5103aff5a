package dev.dormouse.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.config.Endpoints;
import dev.dormouse.config.Listen;
import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import dev.dormouse.engine.EngineReport;
import dev.dormouse.engine.GvisorReport;
import dev.dormouse.engine.Swap;
import dev.dormouse.engine.docker.DockerCheckup;
import dev.dormouse.engine.docker.DockerSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DoctorTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    private static final GvisorReport NO_GVISOR =
            new GvisorReport(Optional.empty(), Optional.empty(), List.of(), "runc", true);
    private static final GvisorReport NONE_TO_BE_HAD =
            new GvisorReport(
                    Optional.of("runsc"),
                    Optional.of("the engine has no runtime runsc, only runc"),
                    List.of(),
                    "runc",
                    true);

    @TempDir private Path folder;

    private static List<String> levels(Check check) {
        return check.look().stream().map(Finding::level).toList();
    }

    private static Finding only(Check check) {
        assertThat(check.look()).hasSize(1);
        return check.look().getFirst();
    }

    private static PortCheck port(Listen listen, boolean isHeld) {
        return new PortCheck("API port", "DORMOUSE_API_LISTEN", listen, () -> isHeld);
    }

    @Test
    void aPortIsFreeTakenOrHeldByTheServer() throws IOException {
        Listen listen;
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listen = new Listen("127.0.0.1", other.getLocalPort());

            assertThat(only(port(listen, false)))
                    .isInstanceOf(Finding.Failure.class)
                    .extracting(Finding::says)
                    .isEqualTo(listen + " is taken by another program");
            assertThat(levels(port(listen, true))).containsExactly("ok");
        }
        assertThat(levels(port(listen, false))).containsExactly("ok");
    }

    @Test
    void anAddressOfAnotherMachineCannotBeListenedOn() {
        assertThat(levels(port(new Listen("192.0.2.1", 8080), false))).containsExactly("failure");
    }

    private static EngineCheck engine(String host) {
        DockerSettings settings =
                DockerSettings.from(
                        new Source(
                                Map.of(
                                        "DORMOUSE_DOCKER_HOST",
                                        host,
                                        "DORMOUSE_DOCKER_CALL_TIMEOUT",
                                        "1s")));
        return new EngineCheck(host, () -> DockerCheckup.ask(settings), InstantSource.system());
    }

    @Test
    void anEngineThatIsNotThereIsToldWithWhatToDo() {
        Finding finding = only(engine("unix://" + folder.resolve("none.sock")));

        assertThat(finding).isInstanceOf(Finding.Failure.class);
        assertThat(finding.toDo())
                .hasValueSatisfying(a -> assertThat(a).contains("start the engine"));
    }

    @Test
    void anEngineThatNeverAnswersIsToldInTime() throws IOException {
        Path socket = folder.resolve("mute.sock");
        try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            mute.bind(UnixDomainSocketAddress.of(socket));

            Finding finding = only(engine("unix://" + socket));

            assertThat(finding).isInstanceOf(Finding.Failure.class);
            assertThat(finding.says()).contains("did not answer within 1 s");
        }
    }

    private List<String> levelsOf(EngineReport report) {
        return levels(
                new EngineCheck(
                        "unix:///var/run/docker.sock", () -> report, InstantSource.fixed(NOW)));
    }

    private EngineReport report(
            boolean isGood, List<String> unbound, List<String> warnings, Instant now) {
        return new EngineReport(
                "Docker",
                isGood ? "1.41" : "1.40",
                isGood,
                unbound,
                isGood,
                isGood,
                isGood,
                isGood ? Swap.COMPRESSED : Swap.NONE,
                16L << 30,
                isGood,
                isGood,
                isGood ? NO_GVISOR : NONE_TO_BE_HAD,
                folder.resolve("elsewhere").toString(),
                warnings,
                Optional.of(now));
    }

    @Test
    void whatAnEngineLacksIsToldEach() {
        assertThat(levelsOf(report(true, List.of(), List.of(), NOW.plusSeconds(1))))
                .containsOnly("ok")
                .hasSize(10);
        assertThat(
                        levelsOf(
                                report(
                                        false,
                                        List.of("memory"),
                                        List.of("no swap limit"),
                                        NOW.minusSeconds(3_600))))
                .containsExactly(
                        "failure", "failure", "warning", "warning", "warning", "warning", "ok",
                        "warning", "failure", "warning", "failure");
    }

    @Test
    void aMachineWithoutSwapIsToldHowToHaveZramAndOneWithADiskThatZramIsQuicker() {
        Finding none = SwapAdvice.of(sleeping(true, Swap.NONE));
        Finding disk = SwapAdvice.of(sleeping(true, Swap.DISK));

        assertThat(none.says()).contains("no swap");
        assertThat(disk.says()).contains("disk");
        assertThat(List.of(none, disk))
                .extracting(one -> one.toDo().orElseThrow())
                .allMatch(advice ->
                        advice.endsWith(
                                "modprobe zram; zram=$(zramctl --find --size 8192MiB) && mkswap $zram && swapon --priority 100 $zram"));
        assertThat(SwapAdvice.of(sleeping(true, Swap.COMPRESSED)).level()).isEqualTo("ok");
        assertThat(SwapAdvice.of(sleeping(false, Swap.NONE)).says()).contains("cannot write");
    }

    @Test
    void whetherGvisorIsInUseAndWhatItCostsIsTold() {
        GvisorReport there =
                new GvisorReport(
                        Optional.empty(), Optional.empty(), List.of("runsc"), "runc", true);
        GvisorReport inUse =
                new GvisorReport(
                        Optional.of("runsc"), Optional.empty(), List.of("runsc"), "runc", true);
        GvisorReport unmeasured =
                new GvisorReport(
                        Optional.of("runsc"), Optional.empty(), List.of("runsc"), "runc", false);

        assertThat(GvisorAdvice.of(NO_GVISOR).says())
                .isEqualTo("it is not in use: sandbox v2 runs under runc like v1");
        assertThat(GvisorAdvice.of(there).says()).contains("DORMOUSE_DOCKER_GVISOR=runsc");
        assertThat(GvisorAdvice.of(inUse))
                .isInstanceOf(Finding.Ok.class)
                .extracting(Finding::says)
                .asString()
                .startsWith("sandbox v2 runs under runsc, v1 under runc")
                .contains("pause");
        assertThat(GvisorAdvice.of(unmeasured).says()).contains("local_storage_limit_bytes");
        assertThat(GvisorAdvice.of(unmeasured).toDo().orElseThrow()).contains("--overlay2=none");
        assertThat(GvisorAdvice.of(NONE_TO_BE_HAD))
                .isInstanceOf(Finding.Failure.class)
                .extracting(Finding::says)
                .asString()
                .contains("no runtime runsc");
    }

    private static EngineReport sleeping(boolean freezesDirectly, Swap swap) {
        return new EngineReport(
                "Docker",
                "1.41",
                true,
                List.of(),
                true,
                true,
                freezesDirectly,
                swap,
                16L << 30,
                true,
                true,
                NO_GVISOR,
                "",
                List.of(),
                Optional.empty());
    }

    @Test
    void aDataFolderForOthersToReadIsWarnedOf() throws IOException {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        assertThat(new DataCheck(folder).look())
                .filteredOn(one -> one.about().equals("data folder"))
                .extracting(Finding::level)
                .containsExactly("ok");

        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(new DataCheck(folder).look())
                .filteredOn(one -> one.about().equals("data folder"))
                .extracting(Finding::level)
                .containsExactly("ok", "warning");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aDataFolderToBeMadeIsFine() {
        assertThat(new DataCheck(folder.resolve("a/b")).look().getFirst().says())
                .isEqualTo(folder.resolve("a/b") + " is made at the first start");
    }

    @Test
    void aDomainThatDoesNotResolveFailsAndOneUnderLocalhostNeverDoes() {
        assertThat(levels(new DomainCheck("doctor.functions.invalid"))).containsExactly("failure");
        assertThat(levels(new DomainCheck("localhost"))).containsExactly("ok");
        assertThat(levels(new DomainCheck("doctor.functions.localhost")))
                .isSubsetOf("ok", "warning");
    }

    private KernelCheck kernel(Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        return new KernelCheck(folder);
    }

    @Test
    void theKernelOfAGoodMachineIsFine() throws IOException {
        assertThat(
                        levels(
                                kernel(
                                        Map.of(
                                                "sys/fs/cgroup/cgroup.controllers",
                                                "cpuset cpu io memory pids\n",
                                                "proc/self/limits",
                                                "Max open files            1024   1048576   files\n",
                                                "proc/self/status",
                                                "CapEff:\t000001ffffffffff\n",
                                                "proc/sys/net/ipv4/ip_forward",
                                                "1\n"))))
                .containsExactly("ok", "ok", "ok", "ok");
    }

    @Test
    void whatTheKernelDoesNotGiveIsTold() throws IOException {
        List<Finding> findings =
                kernel(
                                Map.of(
                                        "proc/cgroups",
                                        "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpu\t3\t58\t1\nmemory\t0\t1\t0\n",
                                        "proc/self/limits",
                                        "Max open files            256   512   files\n",
                                        "proc/self/status",
                                        "CapEff:\t0000000000000000\n",
                                        "proc/sys/net/ipv4/ip_forward",
                                        "0\n"))
                        .look();

        assertThat(findings)
                .extracting(Finding::level)
                .containsExactly("failure", "failure", "warning", "warning");
        assertThat(findings.getFirst().says()).isEqualTo("v1 without memory, pids");
    }

    @Test
    void aSystemThatDoesNotTellIsNotJudged() {
        assertThat(new KernelCheck(folder).look()).isEmpty();
    }

    private int run(StringWriter out, String... arguments) {
        ServerSettings server =
                new ServerSettings(
                        folder,
                        new Listen("127.0.0.1", 0),
                        new Listen("127.0.0.1", 0),
                        Optional.empty(),
                        new Endpoints(
                                "functions.fnc.<region>.invalid", Endpoints.Scheme.HTTP, 8000));
        String host = "unix://" + folder.resolve("none.sock");
        Doctor doctor =
                Doctor.of(
                        server,
                        host,
                        () ->
                                DockerCheckup.ask(
                                        DockerSettings.from(
                                                new Source(Map.of("DORMOUSE_DOCKER_HOST", host)))),
                        InstantSource.system());
        return DoctorCommand.run(
                doctor, new PrintWriter(out, true), new PrintWriter(out, true), arguments);
    }

    @Test
    void whatFailsMakesTheExitCodeAndBothFormsTellIt() {
        StringWriter human = new StringWriter();
        StringWriter json = new StringWriter();

        assertThat(run(human)).isEqualTo(1);
        assertThat(run(json, "-o", "json")).isEqualTo(1);

        assertThat(human.toString())
                .contains("failure  engine: unix://")
                .contains("         -> start the engine")
                .contains("ok       API port: 127.0.0.1:0 is free");
        JsonNode read = new JsonMapper().readTree(json.toString());
        assertThat(read.path("ok").asBoolean()).isFalse();
        assertThat(read.path("findings"))
                .anySatisfy(one -> {
                    assertThat(one.path("about").asString()).isEqualTo("endpoint domain");
                    assertThat(one.path("level").asString()).isEqualTo("failure");
                    assertThat(one.path("advice").asString()).contains("wildcard record");
                });
    }

    @Test
    void wrongUsageIsTwo() {
        assertThat(run(new StringWriter(), "-o", "poem")).isEqualTo(2);
    }
}
