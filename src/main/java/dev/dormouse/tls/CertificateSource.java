package dev.dormouse.tls;

import java.time.Instant;

/** Where one certificate comes from. For one thread. */
interface CertificateSource {
    /**
     * The certificate to be shown from now on; the same object as long as nothing has changed.
     *
     * @throws TlsException if it cannot be had now
     */
    Identity at(Instant now);
}
