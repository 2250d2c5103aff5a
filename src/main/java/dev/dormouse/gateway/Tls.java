package dev.dormouse.gateway;

import io.vertx.core.http.HttpServerBuilder;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import java.util.Set;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * How the gateway speaks TLS: the one place that says which versions, which ciphers, and by whose
 * implementation. The key manager chooses the certificate by the name that a client asks for.
 */
record Tls(X509ExtendedKeyManager certificates) {
    private static final Set<String> VERSIONS = Set.of("TLSv1.3", "TLSv1.2");

    /** Authenticated encryption with forward secrecy, the preferred first. */
    private static final List<String> CIPHERS =
            List.of(
                    "TLS_AES_128_GCM_SHA256",
                    "TLS_AES_256_GCM_SHA384",
                    "TLS_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** ALPN names these; Vert.x puts h2 before them where the server speaks HTTP/2. */
    private static final List<String> PROTOCOLS = List.of("http/1.1");

    void applyTo(HttpServerBuilder server) {
        ServerSSLOptions options =
                new ServerSSLOptions()
                        .setKeyCertOptions(KeyCertOptions.wrap(certificates))
                        .setEnabledSecureTransportProtocols(VERSIONS)
                        .setUseAlpn(true)
                        .setApplicationLayerProtocols(PROTOCOLS);
        CIPHERS.forEach(options::addEnabledCipherSuite);
        server.with(options).with(engine());
    }

    /** BoringSSL where it can be loaded; the JDK's, which costs more, elsewhere. */
    private static SSLEngineOptions engine() {
        return OpenSSLEngineOptions.isAvailable()
                ? new OpenSSLEngineOptions()
                : new JdkSSLEngineOptions();
    }
}
