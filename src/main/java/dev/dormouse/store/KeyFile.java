package dev.dormouse.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The file with the AES-256 key, in Base64, readable by its owner only. It is made once, complete
 * and on the disk before the database is; from then on a missing or damaged one is an error, never
 * a reason for a new key.
 */
final class KeyFile {
    private static final int KEY_BYTES = 32;
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");

    private KeyFile() {}

    static SecretKey readOrMake(StoreSettings settings, SecureRandom random) throws IOException {
        Path file = settings.keyFile();
        if (Files.notExists(file)) {
            if (Files.exists(settings.database())) {
                throw broken(
                        "The database %s is there but its key file %s is missing; put it back, for the secrets cannot be read without it"
                                .formatted(settings.database(), file));
            }
            make(settings.dataDir(), file, random);
        }
        return read(file);
    }

    private static SecretKey read(Path file) throws IOException {
        Set<PosixFilePermission> tooMany = EnumSet.copyOf(Files.getPosixFilePermissions(file));
        tooMany.removeAll(OWNER_ONLY);
        if (!tooMany.isEmpty()) {
            throw broken(
                    "The key file %s may be used by others than its owner; see who had it, then run chmod 600 on it"
                            .formatted(file));
        }
        byte[] key;
        try {
            key = Base64.getDecoder().decode(Files.readString(file).strip());
        } catch (IllegalArgumentException e) {
            key = new byte[0];
        }
        if (key.length != KEY_BYTES) {
            throw broken("The key file %s does not hold a key; put it back".formatted(file));
        }
        return new SecretKeySpec(key, "AES");
    }

    /**
     * Written under another name first and then linked, so that the file is either complete or not
     * there, and of two servers starting at once the second takes the first one's key.
     */
    private static void make(Path folder, Path file, SecureRandom random) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        Path draft =
                Files.createTempFile(
                        folder,
                        "store.key.",
                        ".new",
                        PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            Files.writeString(draft, Base64.getEncoder().encodeToString(key) + "\n");
            flush(draft);
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            return;
        } finally {
            Files.delete(draft);
        }
        flush(folder);
    }

    static void flush(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static StoreException broken(String message) {
        return new StoreException(StoreException.Kind.BROKEN, message);
    }
}
