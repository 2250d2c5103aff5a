package dev.dormouse.tls;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObjectGenerator;

/** Certificates and keys as text. */
final class Pem {
    private Pem() {}

    /**
     * The identity in a chain and a key, which may be one text.
     *
     * @throws IOException whose message says what is wrong, after "the certificate in it" or so
     */
    static Identity read(String chain, String key) throws IOException {
        Identity identity = new Identity(certificates(chain), key(key));
        if (!identity.isWhole()) {
            throw new IOException("the private key is not that of the certificate");
        }
        return identity;
    }

    /**
     * The identity in what {@link #write} made of it: parts that belong together. Trying that out
     * would be the longest part of having a certificate at start.
     */
    static Identity readOwn(String text) throws IOException {
        return new Identity(certificates(text), key(text));
    }

    /** The identity as one text that {@link #read} takes for both. */
    static String write(Identity identity) throws IOException {
        List<Object> parts = new ArrayList<>(identity.chain());
        parts.add(new JcaPKCS8Generator(identity.key(), null));
        return text(parts);
    }

    static String write(X509Certificate certificate) throws IOException {
        return text(List.of(certificate));
    }

    private static List<X509Certificate> certificates(String text) throws IOException {
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        List<X509Certificate> found = new ArrayList<>();
        for (Object part : parts(text)) {
            if (part instanceof X509CertificateHolder holder) {
                try {
                    found.add(converter.getCertificate(holder));
                } catch (GeneralSecurityException e) {
                    throw new IOException("it holds a certificate that cannot be read", e);
                }
            }
        }
        if (found.isEmpty()) {
            throw new IOException("it holds no certificate in PEM form");
        }
        return found;
    }

    private static PrivateKey key(String text) throws IOException {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        for (Object part : parts(text)) {
            switch (part) {
                case PrivateKeyInfo info -> {
                    return converter.getPrivateKey(info);
                }
                case PEMKeyPair pair -> {
                    return converter.getKeyPair(pair).getPrivate();
                }
                case PEMEncryptedKeyPair _, PKCS8EncryptedPrivateKeyInfo _ ->
                        throw new IOException("the private key is encrypted, and must not be");
                default -> {} // certificates, and the parameters that openssl writes before a key
            }
        }
        throw new IOException("there is no private key in PEM form");
    }

    private static List<Object> parts(String text) throws IOException {
        List<Object> parts = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                parts.add(part);
            }
        }
        return parts;
    }

    private static String text(List<Object> parts) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object part : parts) {
                if (part instanceof PemObjectGenerator generator) {
                    writer.writeObject(generator);
                } else {
                    writer.writeObject(part);
                }
            }
        }
        return text.toString();
    }
}
