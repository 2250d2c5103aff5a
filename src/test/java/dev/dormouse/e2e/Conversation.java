package dev.dormouse.e2e;

/** A request, a stream or a socket that stays open for as long as the test wants it to. */
interface Conversation extends AutoCloseable {
    /** Something is said, and what answers to it is heard. */
    void goOn() throws Exception;

    /** Ends it as its protocol does. */
    void end() throws Exception;

    /** Whatever is left of it. */
    @Override
    default void close() {}
}
