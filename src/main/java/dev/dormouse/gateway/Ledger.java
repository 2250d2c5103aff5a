package dev.dormouse.gateway;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where every request is entered once it has ended. Safe on any thread. */
final class Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    /**
     * One that has ended.
     *
     * @param cut whether its answer was not given, or not to its end
     */
    void enter(Exchange exchange, boolean cut, long nanos) {
        int status = exchange.request().response().getStatusCode();
        count(exchange, status, cut, nanos);
        if (LOG.isDebugEnabled()) {
            LOG.atDebug()
                    .addKeyValue("request_id", exchange.requestId())
                    .addKeyValue("host", exchange.request().getHeader("Host"))
                    .addKeyValue("method", exchange.request().method())
                    .addKeyValue("uri", exchange.request().uri())
                    .addKeyValue("status", status)
                    .addKeyValue("micros", nanos / 1000)
                    .log(cut ? "request cut short" : "request answered");
        }
    }

    private static void count(Exchange exchange, int status, boolean cut, long nanos) {
        Meters meters = exchange.meters();
        Dialect dialect = Dialect.of(exchange);
        if (cut) {
            meters.cut(dialect, nanos);
        } else {
            meters.answered(status, dialect, nanos);
        }
        for (Part part : Part.ALL) {
            long spent = exchange.course().nanos(part);
            if (spent > 0) {
                meters.spent(part, spent);
            }
        }
    }
}
