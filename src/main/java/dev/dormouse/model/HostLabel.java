package dev.dormouse.model;

import java.util.Locale;
import java.util.UUID;

/**
 * The first label of a container's generated host name, by the rule read off the real API's
 * recordings.
 */
final class HostLabel {
    private static final int NAMESPACE_MAX = 20;
    private static final int ID_MAX = 8;

    private HostLabel() {}

    static String of(String namespaceName, UUID namespaceId, String containerName) {
        String plain = namespaceName.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        String cut = plain.substring(0, Math.min(NAMESPACE_MAX, plain.length()));
        return cut + namespaceId.toString().substring(0, ID_MAX) + "-" + containerName;
    }
}
