package dev.dormouse.model;

/**
 * An image by its bytes, whatever its tag means by now.
 *
 * @param id the engine's own name for them, which instances are started from
 * @param repositoryDigest {@code name@sha256:…}, by which a registry gives them again; the id where
 *     none ever gave them
 */
public record ExactImage(String id, String repositoryDigest) {
    /** No image at all: that of a revision whose image could not be had. */
    public static final ExactImage NONE = new ExactImage("", "");
}
