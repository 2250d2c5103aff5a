package dev.dormouse.engine.docker;

/**
 * A network namespace on one of our bridges that waits for an instance, or has one.
 *
 * @param dockerId of the container that holds it
 * @param network the bridge's name
 * @param address the one that the instance in it is reached by
 */
record Sandbox(String dockerId, String network, String address) {}
