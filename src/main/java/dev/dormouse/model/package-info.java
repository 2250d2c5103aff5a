/**
 * The nouns: what users ask for and what runs, as immutable records and sealed types. No I/O, no
 * clock, no logger; uses nothing else of ours.
 */
@NullMarked
package dev.dormouse.model;

import org.jspecify.annotations.NullMarked;
