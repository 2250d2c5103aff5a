package dev.dormouse.store;

import dev.dormouse.model.PermissionSet;
import dev.dormouse.model.Privacy;
import dev.dormouse.model.Protocol;
import dev.dormouse.model.Revision;
import dev.dormouse.model.Sandbox;
import dev.dormouse.model.Status;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * How an enum's constants are written in the database: by names chosen here, which stay what they
 * are when a constant is renamed. The switches leave no constant out.
 */
final class StoredNames<E extends Enum<E>> {
    static final StoredNames<Status> STATUS =
            new StoredNames<>(
                    Status.class,
                    status ->
                            switch (status) {
                                case CREATING -> "creating";
                                case UPDATING -> "updating";
                                case READY -> "ready";
                                case ERROR -> "error";
                                case DELETING -> "deleting";
                            });

    static final StoredNames<Revision.State> REVISION_STATE =
            new StoredNames<>(
                    Revision.State.class,
                    state ->
                            switch (state) {
                                case DEPLOYING -> "deploying";
                                case LIVE -> "live";
                                case FAILED -> "failed";
                                case RETIRED -> "retired";
                                case SUPERSEDED -> "superseded";
                            });

    static final StoredNames<Protocol> PROTOCOL =
            new StoredNames<>(
                    Protocol.class,
                    protocol ->
                            switch (protocol) {
                                case HTTP1 -> "http1";
                                case H2C -> "h2c";
                            });

    static final StoredNames<Sandbox> SANDBOX =
            new StoredNames<>(
                    Sandbox.class,
                    sandbox ->
                            switch (sandbox) {
                                case V1 -> "v1";
                                case V2 -> "v2";
                            });

    static final StoredNames<Privacy> PRIVACY =
            new StoredNames<>(
                    Privacy.class,
                    privacy ->
                            switch (privacy) {
                                case PUBLIC -> "public";
                                case PRIVATE -> "private";
                            });

    static final StoredNames<PermissionSet> PERMISSION_SET =
            new StoredNames<>(
                    PermissionSet.class,
                    set ->
                            switch (set) {
                                case ContainersReadOnly -> "ContainersReadOnly";
                                case ContainersFullAccess -> "ContainersFullAccess";
                                case ContainersPrivateAccess -> "ContainersPrivateAccess";
                                case AllProductsFullAccess -> "AllProductsFullAccess";
                                case IAMManager -> "IAMManager";
                            });

    private final Class<E> type;
    private final Function<E, String> names;
    private final Map<String, E> constants = new HashMap<>();

    private StoredNames(Class<E> type, Function<E, String> names) {
        this.type = type;
        this.names = names;
        for (E constant : type.getEnumConstants()) {
            if (constants.put(names.apply(constant), constant) != null) {
                throw new IllegalStateException(constant + " has the name of another");
            }
        }
    }

    String write(E constant) {
        return names.apply(constant);
    }

    E read(String name) {
        E constant = constants.get(name);
        if (constant == null) {
            throw new StoreException(
                    StoreException.Kind.BROKEN,
                    "The database holds \"%s\", which this version does not know as a %s"
                            .formatted(name, type.getSimpleName()));
        }
        return constant;
    }
}
