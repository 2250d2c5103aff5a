package dev.dormouse.doctor;

import java.util.List;

/** Looks at one thing; changes nothing, and ends within some seconds. */
@FunctionalInterface
interface Check {
    List<Finding> look();
}
