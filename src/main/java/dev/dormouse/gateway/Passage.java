package dev.dormouse.gateway;

/** What the guards say to a request. */
sealed interface Passage {
    /**
     * It may go to its container.
     *
     * @param host the host it was sent to, as the client wrote it
     * @param path the request target in origin form
     */
    record Granted(ContainerGate gate, String host, String path) implements Passage {}

    /** It is to be sent again, to another address. */
    record Redirect(int status, String location) implements Passage {}

    /** It is answered in the name of a container that sleeps on. */
    record Fixed(int status) implements Passage {}

    /**
     * The gateway answers by itself.
     *
     * @param words one sentence that its reader can act on
     */
    record Refusal(Cause cause, String words) implements Passage {}
}
