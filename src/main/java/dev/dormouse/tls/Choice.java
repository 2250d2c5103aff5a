package dev.dormouse.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which certificate is shown to whom: that of the very host, else that of its domain, else the
 * first. Among those that serve alike the first wins. Immutable.
 */
final class Choice {
    /** Shows nothing to anybody. */
    static final Choice NONE = new Choice(List.of(), Map.of(), Map.of());

    private final List<Identity> identities;
    private final Map<String, List<Identity>> byName;

    /** Those that were shown a moment ago among them: a handshake asks more than once. */
    private final Map<String, Identity> byFingerprint;

    private Choice(
            List<Identity> identities,
            Map<String, List<Identity>> byName,
            Map<String, Identity> byFingerprint) {
        this.identities = List.copyOf(identities);
        this.byName = Map.copyOf(byName);
        this.byFingerprint = Map.copyOf(byFingerprint);
    }

    /** The choice among these from now on; handshakes that have chosen before end as they began. */
    Choice next(List<Identity> identities) {
        Map<String, List<Identity>> byName = new HashMap<>();
        Map<String, Identity> byFingerprint = new HashMap<>();
        for (Identity old : this.identities) {
            byFingerprint.put(old.fingerprint(), old);
        }
        for (Identity identity : identities) {
            byFingerprint.put(identity.fingerprint(), identity);
            for (String name : identity.names()) {
                byName.computeIfAbsent(name, _ -> new ArrayList<>()).add(identity);
            }
        }
        return new Choice(identities, byName, byFingerprint);
    }

    /** Whether there is one that is meant for the host. */
    boolean covers(String host) {
        return !meantFor(host).isEmpty();
    }

    /**
     * The one to show.
     *
     * @param host the name that was asked for, if any
     * @param algorithm the kind of key that the caller can use
     */
    Optional<Identity> find(Optional<String> host, String algorithm) {
        List<Identity> meant = host.map(this::meantFor).orElse(List.of());
        return (meant.isEmpty() ? identities.stream().limit(1) : meant.stream())
                .filter(one -> one.key().getAlgorithm().equalsIgnoreCase(algorithm))
                .findFirst();
    }

    Optional<Identity> withFingerprint(String fingerprint) {
        return Optional.ofNullable(byFingerprint.get(fingerprint));
    }

    private List<Identity> meantFor(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        List<Identity> exact = byName.getOrDefault(name, List.of());
        int dot = name.indexOf('.');
        return exact.isEmpty() && dot > 0
                ? byName.getOrDefault("*" + name.substring(dot), List.of())
                : exact;
    }
}
