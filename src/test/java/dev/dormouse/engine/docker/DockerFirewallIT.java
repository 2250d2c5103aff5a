package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dormouse.engine.Instance;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of the host an instance reaches, tried from inside; the host is this machine. */
class DockerFirewallIT {
    private static final PacketFilter FILTER = new PacketFilter("iptables");

    /** A service of the host that knows nothing of containers, on all its addresses. */
    private ServerSocket service = new ServerSocket(0);

    DockerFirewallIT() throws IOException {}

    @BeforeEach
    void onlyTheAdministratorChangesTheFilter() {
        assumeTrue("root".equals(System.getProperty("user.name")));
    }

    @AfterEach
    void close() throws IOException {
        service.close();
    }

    @Test
    void theHostsServicesAreNotReached() throws Exception {
        try (RealDocker docker = new RealDocker()) {
            Instance instance = docker.start();

            for (String address : docker.hostAddresses(instance)) {
                assertThat(knock(docker, instance, address, service.getLocalPort()))
                        .as(address)
                        .isEqualTo("refused");
            }
            assertThat(docker.engine.warnings()).isEmpty();
        }
    }

    /** The counter-example: the knocking works, and the firewall is why it is not heard. */
    @Test
    void withoutTheFirewallTheyAreAndThatIsSaid() throws Exception {
        try (RealDocker docker = new RealDocker(Map.of("DORMOUSE_HOST_FIREWALL", "off"))) {
            Instance instance = docker.start();

            for (String address : docker.hostAddresses(instance)) {
                assertThat(knock(docker, instance, address, service.getLocalPort()))
                        .as(address)
                        .isEqualTo("connected");
            }
            assertThat(docker.engine.warnings())
                    .singleElement()
                    .asString()
                    .contains("switched off");
        }
    }

    @Test
    void aPortThatTheOperatorOpensIsReached() throws Exception {
        String port = Integer.toString(service.getLocalPort());
        try (RealDocker docker = new RealDocker(Map.of("DORMOUSE_HOST_PORTS_OPEN", port))) {
            Instance instance = docker.start();

            String address = docker.hostAddresses(instance).getFirst();
            assertThat(knock(docker, instance, address, service.getLocalPort()))
                    .isEqualTo("connected");
        }
    }

    @Test
    void theOutsideIsReachedAndTheCloudsMetadataIsNot() throws Exception {
        try (Outside outside = new Outside();
                RealDocker open = new RealDocker(Map.of("DORMOUSE_HOST_FIREWALL", "off"));
                RealDocker docker = new RealDocker()) {
            Instance free = open.start();
            awaitConnected(open, free, Outside.METADATA);
            Instance instance = docker.start();

            assertThat(knock(docker, instance, Outside.ADDRESS, 80)).isEqualTo("connected");
            assertThat(knock(docker, instance, Outside.METADATA, 80)).isEqualTo("refused");
            assertThat(knock(docker, instance, "169.254.169.254", 80)).isEqualTo("refused");
            assertThat(outside).isNotNull();
        }
    }

    @Test
    void whatSomebodyFlushedIsRaisedAgain() throws Exception {
        try (RealDocker docker = new RealDocker()) {
            Instance instance = docker.start();
            String address = docker.hostAddresses(instance).getFirst();
            FILTER.restore(rules(docker).remove(FILTER.save()));
            assertThat(knock(docker, instance, address, service.getLocalPort()))
                    .isEqualTo("connected");

            docker.engine.list();

            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(
                            () -> knock(docker, instance, address, service.getLocalPort()),
                            "refused"::equals);
        }
    }

    @Test
    void oneServersEndTakesItsRulesAndLeavesAnothers() throws Exception {
        try (RealDocker stays = new RealDocker()) {
            Instance instance = stays.start();
            RealDocker goes = new RealDocker();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !rules(goes).ours(FILTER.save()).isEmpty());

            goes.close();

            assertThat(rules(goes).ours(FILTER.save())).isEmpty();
            assertThat(
                            knock(
                                    stays,
                                    instance,
                                    stays.hostAddresses(instance).getFirst(),
                                    service.getLocalPort()))
                    .isEqualTo("refused");
        }
    }

    @Test
    void anotherServersInstancesAreNotReached() throws Exception {
        try (RealDocker one = new RealDocker();
                RealDocker other = new RealDocker()) {
            Instance victim = one.start();
            Instance attacker = other.start();
            String address = ((Instance.State.Running) victim.state()).address();

            assertThat(knock(one, victim, address, RealDocker.PORT)).isEqualTo("connected");
            assertThat(knock(other, attacker, address, RealDocker.PORT)).isNotEqualTo("connected");
        }
    }

    private static FirewallRules rules(RealDocker docker) {
        String id = docker.serverId.toString().substring(0, 8);
        return new FirewallRules(4, id, "dm-" + id, List.of());
    }

    private static void awaitConnected(RealDocker docker, Instance instance, String address) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> knock(docker, instance, address, 80), "connected"::equals);
    }

    private static String knock(RealDocker docker, Instance instance, String address, int port)
            throws InterruptedException {
        return docker.ask(instance, "/connect?address=%s&port=%d".formatted(address, port));
    }
}
