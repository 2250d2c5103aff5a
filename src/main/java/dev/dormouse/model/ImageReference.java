package dev.dormouse.model;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An image reference by the grammar that registries share: {@code
 * [domain[:port]/]path[:tag][@digest]}.
 *
 * @param domain the registry's host and port; empty when the reference names none
 * @param path the repository within the registry, without a leading slash
 */
public record ImageReference(
        Optional<String> domain, String path, Optional<String> tag, Optional<String> digest) {
    private static final int NAME_MAX = 255;
    private static final Pattern DOMAIN =
            Pattern.compile(
                    "(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
                            + "(?:\\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*"
                            + "|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?");
    private static final Pattern COMPONENT =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*");
    private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");
    private static final Pattern DIGEST =
            Pattern.compile("sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}");
    private static final Pattern BARE_DIGEST = Pattern.compile("[a-f0-9]{64}");

    /**
     * Reads a reference.
     *
     * @throws IllegalArgumentException saying which part is wrong and what is allowed there
     */
    public static ImageReference parse(String text) {
        int at = text.indexOf('@');
        Optional<String> digest =
                at < 0
                        ? Optional.empty()
                        : Optional.of(matched(DIGEST, text.substring(at + 1), DIGEST_HELP));
        String named = at < 0 ? text : text.substring(0, at);
        int colon = named.lastIndexOf(':');
        boolean tagged = colon > named.lastIndexOf('/');
        Optional<String> tag =
                tagged
                        ? Optional.of(matched(TAG, named.substring(colon + 1), TAG_HELP))
                        : Optional.empty();
        String name = tagged ? named.substring(0, colon) : named;
        Optional<String> domain = domainOf(name);
        String path = domain.map(host -> name.substring(host.length() + 1)).orElse(name);
        checkPath(path, name);
        return new ImageReference(domain, path, tag, digest);
    }

    /** What is wrong with a text as an image reference, in one sentence; empty means nothing. */
    public static Optional<String> mistake(String text) {
        try {
            parse(text);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static final String DIGEST_HELP =
            "a digest is sha256:, sha384: or sha512: and as many lower-case hex digits as it has";
    private static final String TAG_HELP =
            "a tag is 1 to 128 letters, digits, \"_\", \".\" and \"-\" and does not begin with \".\" or \"-\"";
    private static final String PATH_HELP =
            "an image name is lower-case letters and digits, separated by \".\", \"_\", \"__\" or \"-\", in parts separated by \"/\"";

    private static Optional<String> domainOf(String name) {
        int slash = name.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        String first = name.substring(0, slash);
        boolean isDomain =
                first.contains(".")
                        || first.contains(":")
                        || first.equals("localhost")
                        || first.chars().anyMatch(one -> one >= 'A' && one <= 'Z');
        return isDomain
                ? Optional.of(
                        matched(DOMAIN, first, "a registry is a host name, with :port if need be"))
                : Optional.empty();
    }

    private static void checkPath(String path, String name) {
        for (String component : path.split("/", -1)) {
            matched(COMPONENT, component, PATH_HELP);
        }
        if (name.length() > NAME_MAX) {
            throw new IllegalArgumentException(
                    "an image name has at most " + NAME_MAX + " characters");
        }
        if (BARE_DIGEST.matcher(name).matches()) {
            throw new IllegalArgumentException("64 hex digits cannot be told from an image's id");
        }
    }

    private static String matched(Pattern pattern, String part, String help) {
        if (!pattern.matcher(part).matches()) {
            throw new IllegalArgumentException("\"%s\" is wrong: %s".formatted(part, help));
        }
        return part;
    }

    @Override
    public String toString() {
        return domain.map(host -> host + "/").orElse("")
                + path
                + tag.map(name -> ":" + name).orElse("")
                + digest.map(hash -> "@" + hash).orElse("");
    }
}
