package dev.dormouse.tls;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A certificate from two files, read again whenever what they hold has changed. */
final class GivenCertificate implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(GivenCertificate.class);

    private record Content(String chain, String key) {}

    private final TlsSettings.Files files;
    private @Nullable Content seen;
    private @Nullable Identity identity;

    GivenCertificate(TlsSettings.Files files) {
        this.files = files;
    }

    @Override
    public Identity at(Instant now) {
        Identity last = identity;
        try {
            Content content =
                    new Content(Files.readString(files.chain()), Files.readString(files.key()));
            if (last == null || !content.equals(seen)) {
                last = Pem.read(content.chain(), content.key());
                identity = last;
                seen = content;
                tellIfOver(last, now);
            }
            return last;
        } catch (NoSuchFileException e) {
            throw unusable("there is no file " + e.getFile(), e);
        } catch (FileSystemException e) {
            throw unusable("%s cannot be read: %s".formatted(e.getFile(), e.getReason()), e);
        } catch (IOException e) {
            throw unusable(String.valueOf(e.getMessage()), e);
        }
    }

    /** Shown all the same: callers may want it more than none at all. */
    private void tellIfOver(Identity fresh, Instant now) {
        if (fresh.endsWithin(Duration.ZERO, now)) {
            LOG.atWarn()
                    .addKeyValue("file", files.chain())
                    .addKeyValue("ended", fresh.certificate().getNotAfter().toInstant())
                    .log("A given certificate is over");
        }
    }

    private TlsException unusable(String why, IOException e) {
        return new TlsException(
                "The certificate %s with the key %s cannot be used: %s"
                        .formatted(files.chain(), files.key(), why),
                e);
    }
}
