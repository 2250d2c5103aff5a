package dev.dormouse.gateway;

import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A set of names of headers, whose case does not matter; asked of every header of a request. */
final class HeaderNames {
    private final AsciiString[][] byLength;

    private HeaderNames(AsciiString[][] byLength) {
        this.byLength = byLength;
    }

    /** Those of all. */
    static HeaderNames of(List<Set<String>> all) {
        Map<Integer, List<AsciiString>> names =
                all.stream()
                        .flatMap(Set::stream)
                        .map(AsciiString::cached)
                        .collect(Collectors.groupingBy(AsciiString::length));
        AsciiString[][] byLength = new AsciiString[Collections.max(names.keySet()) + 1][];
        Arrays.setAll(
                byLength,
                length -> names.getOrDefault(length, List.of()).toArray(AsciiString[]::new));
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
