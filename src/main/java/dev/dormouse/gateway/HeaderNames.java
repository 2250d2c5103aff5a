package dev.dormouse.gateway;

import io.netty.util.AsciiString;
import java.util.Arrays;

/** A set of names of headers, whose case does not matter; asked of every header of a request. */
final class HeaderNames {
    private final AsciiString[][] byLength;

    private HeaderNames(AsciiString[][] byLength) {
        this.byLength = byLength;
    }

    static HeaderNames of(String... names) {
        int longest = Arrays.stream(names).mapToInt(String::length).max().orElse(0);
        AsciiString[][] byLength = new AsciiString[longest + 1][];
        for (int length = 0; length <= longest; length++) {
            int wanted = length;
            byLength[length] =
                    Arrays.stream(names)
                            .filter(name -> name.length() == wanted)
                            .map(AsciiString::cached)
                            .toArray(AsciiString[]::new);
        }
        return new HeaderNames(byLength);
    }

    boolean contains(CharSequence name) {
        if (name.length() >= byLength.length) {
            return false;
        }
        for (AsciiString one : byLength[name.length()]) {
            if (one.contentEqualsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }
}
