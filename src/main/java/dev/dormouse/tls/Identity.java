package dev.dormouse.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * A certificate with its key: what a server proves itself with.
 *
 * @param chain the certificate, then those that lead to its authority
 */
record Identity(List<X509Certificate> chain, PrivateKey key) {
    private static final int DNS_NAME = 2;

    Identity {
        chain = List.copyOf(chain);
    }

    X509Certificate certificate() {
        return chain.getFirst();
    }

    /** The host names it is for, in lower case; {@code *} may stand for the first label. */
    List<String> names() {
        try {
            var names = certificate().getSubjectAlternativeNames();
            return names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> name.getFirst().equals(DNS_NAME))
                            .map(name -> name.get(1).toString().toLowerCase(Locale.ROOT))
                            .toList();
        } catch (CertificateParsingException e) {
            return List.of();
        }
    }

    /** What tells it from every other. */
    String fingerprint() {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(certificate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean endsWithin(Duration time, Instant now) {
        return !certificate().getNotAfter().toInstant().isAfter(now.plus(time));
    }

    boolean isFor(Collection<String> hosts) {
        return names().containsAll(hosts);
    }

    boolean isIssuedBy(Identity authority) {
        try {
            certificate().verify(authority.certificate().getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Whether key and certificate belong together. */
    boolean isWhole() {
        try {
            byte[] probe = certificate().getEncoded();
            Signature mine = Signature.getInstance(algorithm(certificate().getPublicKey()));
            mine.initSign(key);
            mine.update(probe);
            byte[] signed = mine.sign();
            mine.initVerify(certificate().getPublicKey());
            mine.update(probe);
            return mine.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String algorithm(PublicKey key) {
        return switch (key.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> key.getAlgorithm();
        };
    }
}
