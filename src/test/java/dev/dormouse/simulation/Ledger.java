package dev.dormouse.simulation;

import java.util.EnumMap;
import java.util.Map;

/** What a run came to; what was before its account began is left out. */
public final class Ledger {
    /** How a request came to its place. */
    public enum Way {
        /** At once. */
        WARM,
        /** At once, on an instance that had to be woken for it. */
        WOKEN,
        /** It waited until another request ended. */
        QUEUED,
        /** It waited for an instance that was not ready when it came. */
        COLD
    }

    private static final double NANOS_PER_HOUR = 3600e9;
    private static final double GIGABYTE = 1e9;

    private final long begin;
    private final Histogram waits = new Histogram();
    private final Map<Way, Long> ways = new EnumMap<>(Way.class);
    private final Map<Place.State, Double> hours = new EnumMap<>(Place.State.class);
    private final Map<Place.State, Double> gigabyteHours = new EnumMap<>(Place.State.class);
    long asked;
    long refused;
    long answered;
    long starts;
    long thaws;
    long sunk;
    long evictions;
    long beyondMost;
    private long counted;
    private long countedSince;
    private long countedMost;
    private double countedGigabyteHours;
    long passes;

    Ledger(long begin) {
        this.begin = begin;
    }

    /** A request that came at that time goes on, so much later. */
    void admitted(Way way, long arrival, long wait) {
        if (arrival >= begin) {
            waits.add(wait);
            ways.merge(way, 1L, Long::sum);
        }
    }

    /** The instance was in its state until now. */
    void enter(Place place, Place.State next, long memoryBytes, long now) {
        double spent = Math.max(0, now - Math.max(begin, place.since)) / NANOS_PER_HOUR;
        hours.merge(place.state, spent, Double::sum);
        gigabyteHours.merge(place.state, spent * memoryBytes / GIGABYTE, Double::sum);
        place.state = next;
        place.since = now;
    }

    /** An instance was started. */
    void started(long now) {
        starts += now >= begin ? 1 : 0;
    }

    /** An instance was woken. */
    void thawed(long now) {
        thaws += now >= begin ? 1 : 0;
    }

    /** The memory of an instance was pushed out. */
    public void sank(long now) {
        sunk += now >= begin ? 1 : 0;
    }

    /** A container gave up what stood still, for want of memory. */
    public void evicted(long now) {
        evictions += now >= begin ? 1 : 0;
    }

    /**
     * What stands still is counted with so much more than before, by the server's account of it.
     */
    public void counted(long moreBytes, long now) {
        double spent = Math.max(0, now - Math.max(begin, countedSince)) / NANOS_PER_HOUR;
        countedGigabyteHours += spent * counted / GIGABYTE;
        counted += moreBytes;
        countedSince = now;
        countedMost = now >= begin ? Math.max(countedMost, counted) : 0;
    }

    /** What stood still was counted with so much, over time. */
    public double countedGigabyteHours() {
        return countedGigabyteHours;
    }

    /** The most that it was counted with. */
    public double countedMostGigabytes() {
        return countedMost / GIGABYTE;
    }

    /** The control loop has looked at a container. */
    public void passed() {
        passes++;
    }

    /** How long requests waited. */
    public Histogram waits() {
        return waits;
    }

    /** How many requests came to their place so. */
    public long count(Way way) {
        return ways.getOrDefault(way, 0L);
    }

    /** The same as a part of all that came to one. */
    public double share(Way way) {
        return waits.count() == 0 ? 0 : (double) count(way) / waits.count();
    }

    public double hours(Place.State state) {
        return hours.getOrDefault(state, 0.0);
    }

    public double gigabyteHours(Place.State state) {
        return gigabyteHours.getOrDefault(state, 0.0);
    }

    /** Requests that came in the whole run. */
    public long asked() {
        return asked;
    }

    /** Those of them that found too many waiting. */
    public long refused() {
        return refused;
    }

    /** Those of them that were answered. */
    public long answered() {
        return answered;
    }

    public long starts() {
        return starts;
    }

    public long thaws() {
        return thaws;
    }

    public long sunk() {
        return sunk;
    }

    public long evictions() {
        return evictions;
    }

    /** How often a container had more instances than it may. */
    public long beyondMost() {
        return beyondMost;
    }

    public long passes() {
        return passes;
    }
}
