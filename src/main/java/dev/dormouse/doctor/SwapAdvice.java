package dev.dormouse.doctor;

import dev.dormouse.engine.EngineReport;

/** Whether the memory of frozen instances can be pushed out, and how to have it so. */
final class SwapAdvice {
    private static final String ABOUT = "deep sleep";
    private static final long MIB = 1 << 20;
    private static final int ZRAM_SHARE = 2;

    private SwapAdvice() {}

    static Finding of(EngineReport report) {
        if (!report.freezesDirectly()) {
            return new Finding.Warning(
                    ABOUT,
                    "frozen instances keep all of their memory, for the server cannot write to the"
                            + " engine's cgroups",
                    "let it, as root beside the engine can");
        }
        return switch (report.swap()) {
            case COMPRESSED ->
                    new Finding.Ok(
                            ABOUT,
                            "memory of frozen instances is pushed out to zram and compressed");
            case DISK ->
                    new Finding.Warning(
                            ABOUT,
                            "memory of frozen instances is pushed out to a disk, from which waking"
                                    + " one reads it back",
                            "zram is several times quicker; until the next boot: "
                                    + zram(report.memoryBytes()));
            case NONE ->
                    new Finding.Warning(
                            ABOUT,
                            "frozen instances keep all of their memory, for the machine has no swap"
                                    + " with room; pushed out to zram it takes about half as much",
                            "until the next boot: " + zram(report.memoryBytes()));
        };
    }

    /** Commands for a shell of root's. The size is that of the pages before they are compressed. */
    private static String zram(long memoryBytes) {
        return "modprobe zram; zram=$(zramctl --find --size %dMiB) && mkswap $zram && swapon --priority 100 $zram"
                .formatted(memoryBytes / ZRAM_SHARE / MIB);
    }
}
