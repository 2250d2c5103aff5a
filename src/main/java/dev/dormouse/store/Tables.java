package dev.dormouse.store;

import org.jdbi.v3.core.Handle;

/**
 * The tables within one transaction: for the function that they were handed to, on its thread, and
 * of no use after it has returned.
 */
public final class Tables {
    private final Handle handle;
    private final Vault vault;

    Tables(Handle handle, Vault vault) {
        this.handle = handle;
        this.vault = vault;
    }

    public NamespaceTable namespaces() {
        return new NamespaceTable(handle, vault);
    }

    public ContainerTable containers() {
        return new ContainerTable(handle, vault);
    }

    public RevisionTable revisions() {
        return new RevisionTable(handle, vault);
    }

    public SlowBootTable slowBoots() {
        return new SlowBootTable(handle);
    }

    public KeyTable keys() {
        return new KeyTable(handle);
    }
}
