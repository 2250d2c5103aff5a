package dev.dormouse.model;

import java.util.List;

/**
 * The regions of the wire: names that clients put into paths; all are served by this one
 * installation.
 */
public final class Region {
    /** Every region that the API answers in; source: the region lists of the official clients. */
    public static final List<String> ALL = List.of("fr-par", "nl-ams", "pl-waw", "it-mil");

    private Region() {}
}
