package dev.dormouse.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Where the time of a container's starts went, a line each, and below it why one failed. */
final class StartsTable {
    private static final List<String> PARTS =
            List.of("image", "schedule", "create", "start", "listen", "probe", "forward");
    private static final List<String> HEAD = List.of("at", "instance", "cause", "outcome", "whole");

    private StartsTable() {}

    /** The newest so many, newest first. */
    static List<String> lines(JsonNode starts, int most) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(new ArrayList<>(HEAD));
        rows.getFirst().addAll(PARTS);
        int shown = Math.min(most, starts.size());
        for (int i = 0; i < shown; i++) {
            rows.add(row(starts.get(i)));
        }
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            lines.add(aligned(rows.get(i), rows));
            String message = i == 0 ? "" : starts.get(i - 1).path("message").asString("");
            if (!message.isBlank()) {
                lines.add("  " + message);
            }
        }
        return lines;
    }

    private static List<String> row(JsonNode start) {
        List<String> row = new ArrayList<>();
        for (String name : HEAD.subList(0, HEAD.size() - 1)) {
            row.add(start.path(name).asString("?"));
        }
        row.add(milliseconds(start));
        for (String part : PARTS) {
            row.add("-");
            for (JsonNode took : start.path("parts")) {
                if (took.path("part").asString("").equals(part)) {
                    row.set(row.size() - 1, milliseconds(took));
                }
            }
        }
        return row;
    }

    private static String milliseconds(JsonNode timed) {
        return String.format(Locale.ROOT, "%.1f", timed.path("milliseconds").asDouble(0));
    }

    /** Words to the left, numbers to the right. */
    private static String aligned(List<String> row, List<List<String>> all) {
        List<String> cells = new ArrayList<>();
        for (int i = 0; i < row.size(); i++) {
            int column = i;
            int width = all.stream().mapToInt(one -> one.get(column).length()).max().orElse(0);
            String gap = " ".repeat(width - row.get(i).length());
            cells.add(i < HEAD.size() - 1 ? row.get(i) + gap : gap + row.get(i));
        }
        return String.join("  ", cells);
    }
}
