package dev.dormouse.engine;

/** What an engine's machine has to push the memory of frozen instances out to. */
public enum Swap {
    /** Nothing that the server could use: what is frozen keeps all of its memory. */
    NONE,
    /** Memory in which it takes less room, and from which it is back soon. */
    COMPRESSED,
    /** A disk: it takes no memory there, and is read back when it is needed. */
    DISK
}
