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

    /** So many are kept only if nobody asks: their requests had no use for a body. */
    private static final int KEPT_MAX = 128;

    private final Map<K, MultiMap> kept;

    /**
     * @param kept empty; knows one request from another
     */
    Trailers(Map<K, MultiMap> kept) {
        this.kept = kept;
    }

    void keep(K request, MultiMap trailers) {
        if (kept.size() == KEPT_MAX) {
            kept.clear();
        }
        kept.put(request, trailers);
    }

    /** Once; empty if there are none. */
    MultiMap take(K request) {
        MultiMap trailers = kept.remove(request);
        return trailers == null ? NONE : trailers;
    }
}
