package dev.dormouse.cli;

import java.io.PrintWriter;

/**
 * Where a command writes.
 *
 * @param results what was asked for, and nothing else, so that it can be piped
 * @param notes progress and errors, for people
 */
record Console(PrintWriter results, PrintWriter notes) {
    void result(String line) {
        results.println(line);
    }

    void note(String line) {
        notes.println(line);
    }
}
