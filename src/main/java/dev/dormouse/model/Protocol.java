package dev.dormouse.model;

/** What a container's process speaks on its port. */
public enum Protocol {
    HTTP1,
    H2C
}
