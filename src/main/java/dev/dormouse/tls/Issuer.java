package dev.dormouse.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes authorities, and certificates of servers in their name. Keys are ECDSA P-256. */
final class Issuer {
    static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
    static final Duration SERVER_VALIDITY = Duration.ofDays(90);

    /** Clocks of callers may be behind ours. */
    private static final Duration EARLIER = Duration.ofHours(1);

    private static final int SERIAL_BITS = 120;
    private static final int NAME_BYTES = 4;

    private final SecureRandom random;

    Issuer(SecureRandom random) {
        this.random = random;
    }

    /** An authority with a name that no other has, so that several can be trusted side by side. */
    Identity authority(Instant now) {
        byte[] name = new byte[NAME_BYTES];
        random.nextBytes(name);
        X500Name subject =
                new X500Name("O=Dormouse,CN=Dormouse local " + HexFormat.of().formatHex(name));
        try {
            KeyPair keys = newKeys();
            X509v3CertificateBuilder builder =
                    builder(subject, subject, keys.getPublic(), now, now.plus(AUTHORITY_VALIDITY));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            return signed(builder, keys.getPrivate(), keys.getPrivate());
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("an authority cannot be made", e);
        }
    }

    /** A certificate for these hosts and addresses; it ends no later than its authority. */
    Identity server(Identity authority, List<String> hosts, List<String> addresses, Instant now) {
        Instant end = authority.certificate().getNotAfter().toInstant();
        Instant wanted = now.plus(SERVER_VALIDITY);
        try {
            KeyPair keys = newKeys();
            X509v3CertificateBuilder builder =
                    builder(
                            X500Name.getInstance(
                                    authority.certificate().getSubjectX500Principal().getEncoded()),
                            new X500Name("CN=Dormouse"),
                            keys.getPublic(),
                            now,
                            wanted.isBefore(end) ? wanted : end);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils()
                            .createAuthorityKeyIdentifier(authority.certificate()));
            builder.addExtension(Extension.subjectAlternativeName, false, names(hosts, addresses));
            return signed(builder, authority.key(), keys.getPrivate());
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException("a certificate cannot be issued", e);
        }
    }

    private X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Instant now, Instant end)
            throws GeneralSecurityException, IOException {
        X509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        issuer,
                        new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS),
                        Date.from(now.minus(EARLIER)),
                        Date.from(end),
                        subject,
                        key);
        builder.addExtension(
                Extension.subjectKeyIdentifier,
                false,
                new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
        return builder;
    }

    private static Identity signed(
            X509v3CertificateBuilder builder, PrivateKey issuers, PrivateKey own)
            throws GeneralSecurityException, OperatorCreationException {
        return new Identity(
                List.of(
                        new JcaX509CertificateConverter()
                                .getCertificate(
                                        builder.build(
                                                new JcaContentSignerBuilder("SHA256withECDSA")
                                                        .build(issuers)))),
                own);
    }

    private static GeneralNames names(List<String> hosts, List<String> addresses) {
        return new GeneralNames(
                Stream.concat(
                                hosts.stream()
                                        .map(one -> new GeneralName(GeneralName.dNSName, one)),
                                addresses.stream()
                                        .map(one -> new GeneralName(GeneralName.iPAddress, one)))
                        .toArray(GeneralName[]::new));
    }

    private KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }
}
