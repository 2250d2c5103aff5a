package dev.dormouse.store;

import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** A sealed text in the database by which a key is known to be the one that it was made with. */
final class Proof {
    private static final String ID = "current";
    private static final String PLACE = "sealing/current/proof";
    private static final String TEXT = "dormouse";

    private final Handle handle;
    private final Vault vault;

    Proof(Handle handle, Vault vault) {
        this.handle = handle;
        this.vault = vault;
    }

    /** True; made if the database is new. Throws if the key is another one. */
    boolean holds(StoreSettings settings) {
        Optional<String> proof = find();
        if (proof.isEmpty()) {
            insert();
            return true;
        }
        try {
            return vault.open(proof.get(), PLACE).equals(TEXT);
        } catch (StoreException e) {
            throw new StoreException(
                    StoreException.Kind.BROKEN,
                    "The key file %s is not the one that the database %s was made with; put that one back"
                            .formatted(settings.keyFile(), settings.database()),
                    e);
        }
    }

    private Optional<String> find() {
        return handle.createQuery("SELECT s.proof FROM sealing s WHERE s.id = :id")
                .bind("id", ID)
                .mapTo(String.class)
                .findOne();
    }

    private void insert() {
        handle.createUpdate("INSERT INTO sealing (id, proof) VALUES (:id, :proof)")
                .bind("id", ID)
                .bind("proof", vault.seal(TEXT, PLACE))
                .execute();
    }
}
