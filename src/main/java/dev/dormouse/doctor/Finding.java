package dev.dormouse.doctor;

import java.util.Optional;

/** What came of looking at one thing. */
sealed interface Finding {
    /** What was looked at, in a word or two. */
    String about();

    /** What was found, in a sentence. */
    String says();

    /** It is as it should be. */
    record Ok(String about, String says) implements Finding {}

    /** It works, less well than it could. */
    record Warning(String about, String says, String advice) implements Finding {}

    /** It does not work. */
    record Failure(String about, String says, String advice) implements Finding {}

    /** The level's name, for people and programs. */
    default String level() {
        return switch (this) {
            case Ok _ -> "ok";
            case Warning _ -> "warning";
            case Failure _ -> "failure";
        };
    }

    /** What to do; empty where nothing need be done. */
    default Optional<String> toDo() {
        return switch (this) {
            case Ok _ -> Optional.empty();
            case Warning(_, _, String advice) -> Optional.of(advice);
            case Failure(_, _, String advice) -> Optional.of(advice);
        };
    }
}
