package dev.dormouse.model;

/** Who may call a container's endpoint. */
public enum Privacy {
    PUBLIC,
    PRIVATE
}
