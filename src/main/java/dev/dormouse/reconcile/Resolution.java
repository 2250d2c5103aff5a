package dev.dormouse.reconcile;

import dev.dormouse.engine.ResolvedImage;

/** How far the image of the container's newest generation has been resolved. */
sealed interface Resolution {
    /** Nobody has begun. */
    record None() implements Resolution {}

    /** The engine is pulling. */
    record Running() implements Resolution {}

    /** The engine has it. */
    record Done(ResolvedImage image) implements Resolution {}

    /** It cannot be had. */
    record Failed(String message) implements Resolution {}
}
