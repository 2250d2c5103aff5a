package dev.dormouse.gateway;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.VertxConnection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The clients' connections of one event loop: ends those that have been idle for too long. A
 * connection with a request in progress is never idle. For one thread.
 */
final class Connections {
    private static final class State {
        private int requests;
        private long idleSince;
        private boolean condemned;
    }

    private final Map<HttpConnection, State> states = new HashMap<>();

    void opened(HttpConnection connection, long now, Runnable whenClosed) {
        State state = new State();
        state.idleSince = now;
        states.put(connection, state);
        connection.closeHandler(_ -> {
            states.remove(connection);
            whenClosed.run();
        });
        connection.exceptionHandler(_ -> {}); // what clients do is no error of ours, worth no log
    }

    void requestBegan(HttpConnection connection) {
        State state = states.get(connection);
        if (state != null) {
            state.requests++;
        }
    }

    void requestEnded(HttpConnection connection, long now) {
        State state = states.get(connection);
        if (state != null) {
            state.requests--;
            state.idleSince = now;
        }
    }

    /** What else has been read from the connection is no request, whatever it looks like. */
    void condemn(HttpConnection connection) {
        State state = states.get(connection);
        if (state != null) {
            state.condemned = true;
        }
    }

    boolean isCondemned(HttpConnection connection) {
        State state = states.get(connection);
        return state != null && state.condemned;
    }

    void closeIdle(long now, long mostNanos) {
        List<HttpConnection> idle = new ArrayList<>();
        states.forEach((connection, state) -> {
            if (state.requests == 0 && now - state.idleSince > mostNanos) {
                idle.add(connection);
            }
        });
        idle.forEach(HttpConnection::close);
    }

    int open() {
        return states.size();
    }

    /**
     * Closes without waiting for what is still to be written: {@link HttpConnection#close} would
     * wait for a client that does not read.
     */
    static void cut(HttpConnection connection) {
        if (connection instanceof VertxConnection internal) {
            var _ = internal.channelHandlerContext().close();
        } else {
            connection.close();
        }
    }
}
