package dev.dormouse.cli;

/** The command failed for the reason that its message tells in a sentence. */
final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandException(String sentence) {
        super(sentence);
    }
}
