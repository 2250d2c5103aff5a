package dev.dormouse.gateway;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.vertx.core.MultiMap;
import io.vertx.core.http.impl.headers.HeadersAdaptor;
import java.util.Map;

/**
 * What followed the bodies of one connection's requests, from when it was read until it is asked
 * for; the library tells nobody. For one event loop.
 */
final class Trailers<K> {
    static final MultiMap NONE = new HeadersAdaptor(EmptyHttpHeaders.INSTANCE);

    private final Map<K, MultiMap> kept;

    /**
     * @param kept empty; knows one request from another
     */
    Trailers(Map<K, MultiMap> kept) {
        this.kept = kept;
    }

    /** A request begins that may have some; to be {@linkplain #forget forgotten} when it ends. */
    void expect(K request) {
        kept.put(request, NONE);
    }

    /** Does nothing unless they are expected. */
    void keep(K request, MultiMap trailers) {
        kept.replace(request, trailers);
    }

    void forget(K request) {
        kept.remove(request);
    }

    /** Once; empty if there are none. */
    MultiMap take(K request) {
        MultiMap trailers = kept.remove(request);
        return trailers == null ? NONE : trailers;
    }
}
