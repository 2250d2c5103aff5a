package dev.dormouse.engine.docker;

import java.util.Optional;

/**
 * Where an instance lives: on a bridge, with a network namespace that the engine makes when it
 * starts, or in one that is ready there.
 */
record Home(String network, Optional<Sandbox> sandbox) {
    private static final String JOINED = "container:";

    static Home on(String network) {
        return new Home(network, Optional.empty());
    }

    static Home in(Sandbox sandbox) {
        return new Home(sandbox.network(), Optional.of(sandbox));
    }

    /** In the engine's words. */
    String networkMode() {
        return sandbox.map(one -> modeOf(one.dockerId())).orElse(network);
    }

    /** What the engine says of a container that joined another's network. */
    static String modeOf(String dockerId) {
        return JOINED + dockerId;
    }
}
