package dev.dormouse.engine;

import dev.dormouse.model.ExactImage;

/**
 * An image that the engine has.
 *
 * @param digest what {@link InstanceSpec#image} takes, and which names the same bytes for ever: an
 *     image id
 * @param repositoryDigest {@code name@sha256:…} where a registry gave one, else the image id; for
 *     people
 * @param note anything the user should know, such as that the registry was not reached; else empty
 */
public record ResolvedImage(String digest, String repositoryDigest, String note) {
    /** The image without the note. */
    public ExactImage exact() {
        return new ExactImage(digest, repositoryDigest);
    }
}
