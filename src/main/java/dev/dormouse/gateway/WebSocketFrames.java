package dev.dormouse.gateway;

import io.vertx.core.buffer.Buffer;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455, 5.2) without keeping them: tells
 * where one ends, which is where another may be put between, and whether a close has passed.
 */
final class WebSocketFrames {
    /** Server to client: close, "going away". */
    static final Buffer GOING_AWAY = Buffer.buffer(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xe9});

    private static final int CLOSE = 8;
    private static final int MASKED = 0x80;
    private static final int LENGTH_OF_16_BITS = 126;
    private static final int LENGTH_OF_64_BITS = 127;
    private static final int MASK_BYTES = 4;

    private int headerBytes;
    private int headerLength;
    private int lengthEnd;
    private long payload;
    private long left;
    private boolean closed;

    /** Whether all that has passed is whole frames. */
    boolean isBetween() {
        return headerBytes == 0 && left == 0;
    }

    boolean isClosed() {
        return closed;
    }

    /** All of it passes. */
    void pass(Buffer bytes) {
        int at = 0;
        while (at < bytes.length()) {
            at = step(bytes, at);
        }
    }

    /** Passes up to the end of the frame that has begun, and tells where that is, or -1. */
    int passToEnd(Buffer bytes) {
        int at = 0;
        while (at < bytes.length() && !isBetween()) {
            at = step(bytes, at);
        }
        return isBetween() ? at : -1;
    }

    private int step(Buffer bytes, int at) {
        if (left > 0) {
            int some = (int) Math.min(left, bytes.length() - at);
            left -= some;
            return at + some;
        }
        header(bytes.getByte(at) & 0xff);
        return at + 1;
    }

    private void header(int value) {
        headerBytes++;
        if (headerBytes == 1) {
            closed |= (value & 0x0f) == CLOSE;
            return;
        }
        if (headerBytes == 2) {
            int length = value & ~MASKED;
            int lengthBytes = length == LENGTH_OF_16_BITS ? 2 : length == LENGTH_OF_64_BITS ? 8 : 0;
            headerLength = 2 + lengthBytes + ((value & MASKED) != 0 ? MASK_BYTES : 0);
            lengthEnd = 2 + lengthBytes;
            payload = lengthBytes == 0 ? length : 0;
        } else if (headerBytes <= lengthEnd) {
            payload = payload << 8 | value;
        }
        if (headerBytes == headerLength) {
            headerBytes = 0;
            left = Math.max(0, payload);
        }
    }
}
