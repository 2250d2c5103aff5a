package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.config.ConfigException;
import dev.dormouse.config.Source;
import dev.dormouse.engine.docker.DockerSettings.Reach;
import dev.dormouse.engine.docker.FirewallSettings.Mode;
import dev.dormouse.engine.docker.FirewallSettings.Port;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerSettingsTest {
    @Test
    void theDefaultsAreTheLocalEngine() {
        DockerSettings settings = DockerSettings.from(new Source(Map.of()));

        assertThat(settings.host()).isEqualTo("unix:///var/run/docker.sock");
        assertThat(settings.reach()).isEqualTo(Reach.AUTO);
        assertThat(settings.processesMax()).isEqualTo(1_024);
        assertThat(settings.instancesPerNetworkMax()).isEqualTo(1_000);
        assertThat(settings.sandboxes()).isEqualTo(16);
    }

    @Test
    void everySettingIsRead() {
        Source source =
                new Source(
                        Map.ofEntries(
                                Map.entry("DORMOUSE_DOCKER_HOST", "tcp://engine:2376"),
                                Map.entry("DOCKER_CONFIG", "/etc/docker-config"),
                                Map.entry("DORMOUSE_DOCKER_REACH", "port"),
                                Map.entry("DORMOUSE_DOCKER_FREEZE", "pause"),
                                Map.entry("DORMOUSE_DOCKER_PUBLISH_ADDRESS", "10.0.0.5"),
                                Map.entry("DORMOUSE_DOCKER_GVISOR", "runsc"),
                                Map.entry("DORMOUSE_DOCKER_CALL_TIMEOUT", "1s"),
                                Map.entry("DORMOUSE_DOCKER_START_TIMEOUT", "2s"),
                                Map.entry("DORMOUSE_DOCKER_PULL_TIMEOUT", "3m"),
                                Map.entry("DORMOUSE_DOCKER_REGISTRY_PATIENCE", "400ms"),
                                Map.entry("DORMOUSE_DOCKER_PROCESSES_MAX", "100"),
                                Map.entry("DORMOUSE_DOCKER_OPEN_FILES_MAX", "200"),
                                Map.entry("DORMOUSE_DOCKER_INSTANCES_PER_NETWORK", "300"),
                                Map.entry("DORMOUSE_DOCKER_SANDBOXES", "5"),
                                Map.entry("DORMOUSE_DOCKER_LIMITS_CHECK_EVERY", "7s"),
                                Map.entry("DORMOUSE_HOST_FIREWALL", "require"),
                                Map.entry("DORMOUSE_HOST_PORTS_OPEN", "443, 53/udp")));

        DockerSettings settings = DockerSettings.from(source);

        source.check();
        assertThat(settings)
                .isEqualTo(
                        new DockerSettings(
                                "tcp://engine:2376",
                                Path.of("/etc/docker-config"),
                                Reach.PORT,
                                DockerSettings.Freeze.PAUSE,
                                Optional.of("runsc"),
                                "10.0.0.5",
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(2),
                                Duration.ofMinutes(3),
                                Duration.ofMillis(400),
                                100,
                                200,
                                300,
                                5,
                                new FirewallSettings(
                                        Mode.REQUIRE,
                                        List.of(new Port("tcp", 443), new Port("udp", 53))),
                                Duration.ofSeconds(7)));
    }

    @Test
    void ofTheHostInstancesReachTheGatewayUnlessToldOtherwise() {
        Map<String, String> gateway =
                Map.of("DORMOUSE_GATEWAY_LISTEN", ":8010", "DORMOUSE_GATEWAY_TLS_LISTEN", "off");

        assertThat(firewall(Map.of()).openPorts())
                .containsExactly(new Port("tcp", 8_000), new Port("tcp", 8_443));
        assertThat(firewall(gateway).openPorts()).containsExactly(new Port("tcp", 8_010));
        assertThat(firewall(Map.of("DORMOUSE_HOST_PORTS_OPEN", "none")).openPorts()).isEmpty();
    }

    private static FirewallSettings firewall(Map<String, String> settings) {
        return DockerSettings.from(new Source(settings)).firewall();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "70000", "53/icmp", "1,,2"})
    void whatIsNoPortIsTold(String ports) {
        Source source = new Source(Map.of("DORMOUSE_HOST_PORTS_OPEN", ports));

        DockerSettings.from(source);

        assertThatThrownBy(source::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("DORMOUSE_HOST_PORTS_OPEN is \"" + ports + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"runc", "crun", "io.containerd.runc.v2", "-x", "a b", "/usr/bin/runsc"})
    void whatCannotBeGvisorIsTold(String name) {
        Source source = new Source(Map.of("DORMOUSE_DOCKER_GVISOR", name));

        assertThat(DockerSettings.from(source).gvisor()).isEmpty();

        assertThatThrownBy(source::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("DORMOUSE_DOCKER_GVISOR is \"" + name + "\"");
    }

    @Test
    void gvisorIsOffUnlessItsRuntimeIsNamed() {
        Source off = new Source(Map.of("DORMOUSE_DOCKER_GVISOR", "off"));

        assertThat(DockerSettings.from(off).gvisor()).isEmpty();
        assertThat(DockerSettings.from(new Source(Map.of())).gvisor()).isEmpty();
        off.check();
    }

    @Test
    void dockersOwnHostIsHeededUnlessOursIsSet() {
        Map<String, String> docker = Map.of("DOCKER_HOST", "unix:///run/a.sock");
        Map<String, String> both =
                Map.of(
                        "DOCKER_HOST",
                        "unix:///run/a.sock",
                        "DORMOUSE_DOCKER_HOST",
                        "unix:///run/b.sock");

        assertThat(DockerSettings.from(new Source(docker)).host()).isEqualTo("unix:///run/a.sock");
        assertThat(DockerSettings.from(new Source(both)).host()).isEqualTo("unix:///run/b.sock");
    }

    @Test
    void aHostThatIsNoUrlIsToldWithTheOtherMistakes() {
        Source source = new Source(Map.of("DORMOUSE_DOCKER_HOST", "/var/run/docker.sock"));

        DockerSettings.from(source);

        assertThatThrownBy(source::check)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("DORMOUSE_DOCKER_HOST is \"/var/run/docker.sock\"");
    }
}
