package dev.dormouse.engine.docker;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.docker.FirewallSettings.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps instances from their host: from what listens there, and from the addresses at which clouds
 * hand out the machine's credentials. The engine separates bridges from one another, but every
 * bridge's gateway is the host itself, with all that listens on it.
 *
 * <p>The rules are looked at again whenever everything on the engine is, since whoever reloads the
 * machine's firewall flushes them. Safe on any thread.
 */
final class HostFirewall {
    private static final Logger LOG = LoggerFactory.getLogger(HostFirewall.class);
    private static final Path IPV6 = Path.of("/proc/net/if_inet6");
    private static final Path BRIDGED = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");

    private static final int LOOK_SECONDS_MAX = 30;

    private final Mode mode;
    private final boolean here;
    private final List<Family> families;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final CountDownLatch looked = new CountDownLatch(1);

    /** Why it does not stand; empty while it does. */
    private final AtomicReference<Optional<String>> gap =
            new AtomicReference<>(Optional.of("it was not raised yet"));

    /**
     * @param here whether the bridges are this machine's
     */
    HostFirewall(Mode mode, boolean here, List<Family> families) {
        this.mode = mode;
        this.here = here;
        this.families = families;
    }

    /** Has it raised, as far as it is wanted and can be had; only starts wait for that. */
    static HostFirewall raise(FirewallSettings settings, Bridges bridges, String shortId) {
        List<Family> families = new ArrayList<>();
        families.add(
                new Family(
                        new PacketFilter("iptables"),
                        new FirewallRules(4, shortId, bridges.interfaces(), settings.openPorts())));
        if (Files.exists(IPV6)) {
            families.add(
                    new Family(
                            new PacketFilter("ip6tables"),
                            new FirewallRules(
                                    6, shortId, bridges.interfaces(), settings.openPorts())));
        }
        HostFirewall firewall = new HostFirewall(settings.mode(), bridges.areHere(), families);
        firewall.review();
        return firewall;
    }

    /** What does not hold, for the operator. */
    Optional<String> warning() {
        return gap.get()
                .map(why -> "no firewall between containers and this host's services: " + why);
    }

    /**
     * Does nothing unless it is required and does not stand.
     *
     * @throws EngineException of kind REFUSED then: nothing may start
     */
    void demand() {
        awaitLook();
        Optional<String> why = gap.get();
        if (mode == Mode.REQUIRE && why.isPresent()) {
            throw new EngineException(
                    Kind.REFUSED,
                    "the host's firewall is required and does not stand: " + why.get());
        }
    }

    /** Looks whether it still stands, on a thread of its own and once at a time. */
    void review() {
        if (underWay.compareAndSet(false, true)) {
            Thread.ofVirtual()
                    .name("host-firewall")
                    .start(() -> {
                        try {
                            look();
                        } finally {
                            underWay.set(false);
                        }
                    });
        }
    }

    /** Takes it down: the machine's rules are then as if it had never been. */
    void remove() {
        awaitLook();
        takeDown();
    }

    private void takeDown() {
        for (Family family : here ? families : List.<Family>of()) {
            try {
                family.remove();
            } catch (IOException e) {
                LOG.atDebug().setCause(e).log("no firewall to take down");
            }
        }
    }

    /** Looks whether it stands, and raises it where not. */
    void look() {
        try {
            Optional<String> now = missing();
            if (!now.equals(gap.getAndSet(now))) {
                warning().ifPresentOrElse(LOG::warn, () -> LOG.info("the host's firewall stands"));
            }
        } finally {
            looked.countDown();
        }
    }

    /** Until the first look is over, however it ended. */
    private void awaitLook() {
        try {
            if (!looked.await(LOOK_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("the host's firewall is slow to answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<String> missing() {
        if (mode == Mode.OFF) {
            if (looked.getCount() > 0) {
                takeDown();
            }
            return Optional.of("it is switched off (DORMOUSE_HOST_FIREWALL)");
        }
        if (!here) {
            return Optional.of("the engine's bridges are not on this machine");
        }
        try {
            for (Family family : families) {
                family.raise();
            }
            return Files.exists(BRIDGED) && Files.readString(BRIDGED).strip().equals("0")
                    ? Optional.of("packets within a bridge pass it by (" + BRIDGED + " is 0)")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The rules for one version of IP, and what the filter shows of them while they stand. */
    static final class Family {
        private final PacketFilter filter;
        private final FirewallRules rules;
        private @Nullable List<String> standing;

        Family(PacketFilter filter, FirewallRules rules) {
            this.filter = filter;
            this.rules = rules;
        }

        synchronized void raise() throws IOException {
            String saved = filter.save();
            if (rules.ours(saved).equals(standing)) {
                return;
            }
            if (standing != null) {
                LOG.warn("the host's firewall was changed by others and is raised again");
            }
            filter.restore(rules.raise(saved));
            standing = rules.ours(filter.save());
        }

        synchronized void remove() throws IOException {
            filter.restore(rules.remove(filter.save()));
            standing = null;
        }
    }
}
