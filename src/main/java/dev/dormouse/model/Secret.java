package dev.dormouse.model;

/**
 * A secret environment value and the argon2id PHC string that stands for it in answers. The value
 * is plain in memory, encrypted in the store, and in no log: {@link #toString} hides it.
 *
 * @param value the plain text, handed to the container's process unchanged
 * @param hash the PHC string shown to clients, the same on every read until the value is set again
 */
public record Secret(String value, String hash) {
    @Override
    public String toString() {
        return "Secret[" + hash + "]";
    }
}
