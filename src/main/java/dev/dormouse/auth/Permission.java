package dev.dormouse.auth;

import dev.dormouse.model.PermissionSet;
import java.util.Locale;
import java.util.Set;

/** One thing that a caller may or may not do, such as writing containers. */
public record Permission(Resource resource, Action action) {
    /** What it is done to. */
    public enum Resource {
        NAMESPACE,
        CONTAINER,
        API_KEY;

        /** The name on the wire. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is done. */
    public enum Action {
        READ,
        WRITE;

        /** The name on the wire. */
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Reads {@code resource.action} as the OpenAPI document writes it.
     *
     * @throws IllegalArgumentException when there is no such permission
     */
    public static Permission parse(String text) {
        String[] parts = text.toUpperCase(Locale.ROOT).split("\\.", 2);
        if (parts.length < 2) {
            throw new IllegalArgumentException(text);
        }
        return new Permission(Resource.valueOf(parts[0]), Action.valueOf(parts[1]));
    }

    /** Whether any of the sets gives this permission. */
    public boolean isGivenBy(Set<PermissionSet> sets) {
        return sets.stream().anyMatch(this::isGivenBy);
    }

    private boolean isGivenBy(PermissionSet set) {
        return switch (set) {
            case ContainersReadOnly -> resource != Resource.API_KEY && action == Action.READ;
            case ContainersFullAccess, AllProductsFullAccess -> resource != Resource.API_KEY;
            case ContainersPrivateAccess -> false;
            case IAMManager -> resource == Resource.API_KEY;
        };
    }
}
