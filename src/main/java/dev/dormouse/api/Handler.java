package dev.dormouse.api;

/** Carries out one operation; blocks, on the request's own virtual thread. */
@FunctionalInterface
interface Handler {
    /**
     * Does it and says what the caller is answered.
     *
     * @throws Problem when it cannot be carried out; nothing has changed then
     */
    Answer handle(Request request);
}
