package dev.dormouse.reconcile;

import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.model.Container;
import dev.dormouse.model.Namespace;
import dev.dormouse.model.Privacy;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Secret;
import dev.dormouse.model.Workload;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What the engine is told to start, from what the user asked for. */
final class SpecBuilder {
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int SUFFIX_LENGTH = 8;

    private final RandomGenerator random;

    SpecBuilder(RandomGenerator random) {
        this.random = random;
    }

    InstanceSpec spec(Container container, Revision revision) {
        Workload workload = revision.workload();
        return new InstanceSpec(
                "%s-r%d-%s".formatted(container.name(), revision.number(), suffix()),
                container.id(),
                revision.number(),
                revision.image().id(),
                workload.command(),
                workload.args(),
                revision.environment(),
                workload.port(),
                workload.memoryLimitBytes(),
                workload.mvcpuLimit(),
                workload.localStorageLimitBytes(),
                workload.sandbox());
    }

    private String suffix() {
        StringBuilder suffix = new StringBuilder();
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            suffix.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return suffix.toString();
    }

    /** The namespace's variables, under the container's, under the platform's own. */
    static Map<String, String> environment(Namespace namespace, Container container) {
        Map<String, String> merged = new HashMap<>(namespace.environment());
        putSecrets(namespace.secretEnvironment(), merged);
        merged.putAll(container.workload().environment());
        putSecrets(container.workload().secretEnvironment(), merged);
        merged.put("PORT", Integer.toString(container.workload().port()));
        merged.put("SCW_NAMESPACE_ID", namespace.id().toString());
        merged.put("SCW_APPLICATION_ID", container.id().toString());
        merged.put("SCW_PUBLIC", Boolean.toString(container.service().privacy() == Privacy.PUBLIC));
        return merged;
    }

    private static void putSecrets(Map<String, Secret> secrets, Map<String, String> into) {
        secrets.forEach((key, secret) -> into.put(key, secret.value()));
    }
}
