package dev.dormouse.engine.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The image of sandboxes: one program that waits for ever, small enough to be written down here, so
 * that nothing has to be fetched and nobody has to trust more than can be read. The same bytes on
 * every machine of one architecture, and named after them.
 */
final class SandboxImage {
    private static final String PROGRAM = "pause";

    /**
     * <pre>
     * b8 22 00 00 00   again: mov eax, 34     pause(2)
     * 0f 05                   syscall
     * eb f7                   jmp again
     * </pre>
     */
    private static final String X86_64 = "b8220000000f05ebf7";

    /**
     * Little-endian; there is no pause(2), but ppoll(2) of nothing without an end.
     *
     * <pre>
     * d2800000   again: mov x0, #0    no descriptors
     * d2800001          mov x1, #0    how many
     * d2800002          mov x2, #0    no end
     * d2800003          mov x3, #0    no mask of signals
     * d2800928          mov x8, #73   ppoll(2)
     * d4000001          svc #0
     * 17fffffa          b again       six instructions back
     * </pre>
     */
    private static final String ARM_64 = "000080d2010080d2020080d2030080d2280980d2010000d4faffff17";

    private static final short ELF_X86_64 = 62;
    private static final short ELF_ARM_64 = 183;

    private static final int ELF_HEADER = 64;
    private static final int ELF_PROGRAM_HEADER = 56;
    private static final long LOADED_AT = 0x40_0000;
    private static final long PAGE_MOST = 0x1_0000;
    private static final int READ_AND_EXECUTE = 5;

    private static final int TAR_BLOCK = 512;
    private static final int TAR_CHECKSUM_AT = 148;

    private final String reference;
    private final byte[] archive;

    private SandboxImage(String reference, byte[] archive) {
        this.reference = reference;
        this.archive = archive;
    }

    /** By which the engine knows it. */
    String reference() {
        return reference;
    }

    /** As {@code docker save} would write it. */
    InputStream archive() {
        return new ByteArrayInputStream(archive);
    }

    /** Empty where nobody has written the program down. */
    static Optional<SandboxImage> of(String platform) {
        return switch (platform) {
            case "linux/amd64" -> Optional.of(image("amd64", forX86()));
            case "linux/arm64" -> Optional.of(image("arm64", forArm()));
            default -> Optional.empty();
        };
    }

    static byte[] forX86() {
        return program(ELF_X86_64, X86_64);
    }

    static byte[] forArm() {
        return program(ELF_ARM_64, ARM_64);
    }

    private static SandboxImage image(String architecture, byte[] program) {
        byte[] layer = tar(file(PROGRAM, program));
        byte[] config =
                """
                {"architecture":"%s","os":"linux","config":{"Entrypoint":["/%s"]},\
                "rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}\
                """
                        .formatted(architecture, PROGRAM, digest(layer))
                        .getBytes(US_ASCII);
        String id = digest(config);
        String reference = "dormouse-sandbox:" + id.substring(0, 12);
        byte[] manifest =
                """
                [{"Config":"%s.json","RepoTags":["%s"],"Layers":["layer.tar"]}]\
                """
                        .formatted(id, reference)
                        .getBytes(US_ASCII);
        return new SandboxImage(
                reference,
                tar(
                        file(id + ".json", config),
                        file("layer.tar", layer),
                        file("manifest.json", manifest)));
    }

    /**
     * An ELF file of one segment, which is the whole file, and which begins to run behind its
     * headers.
     */
    private static byte[] program(short machine, String instructions) {
        byte[] code = HexFormat.of().parseHex(instructions);
        int size = ELF_HEADER + ELF_PROGRAM_HEADER + code.length;
        ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}); // 64 bits, little-endian, version 1
        elf.position(16);
        elf.putShort((short) 2).putShort(machine).putInt(1); // to be executed where it says
        elf.putLong(LOADED_AT + ELF_HEADER + ELF_PROGRAM_HEADER);
        elf.putLong(ELF_HEADER).putLong(0).putInt(0); // its one program header, no sections
        elf.putShort((short) ELF_HEADER).putShort((short) ELF_PROGRAM_HEADER).putShort((short) 1);
        elf.position(ELF_HEADER);
        elf.putInt(1).putInt(READ_AND_EXECUTE).putLong(0); // to be loaded from the file's beginning
        elf.putLong(LOADED_AT).putLong(LOADED_AT).putLong(size).putLong(size).putLong(PAGE_MOST);
        return elf.put(code).array();
    }

    /** A member of a tar archive; all may read and execute it. */
    private static byte[] file(String name, byte[] content) {
        byte[] header = new byte[TAR_BLOCK];
        put(header, 0, name);
        put(header, 100, "0000755"); // mode, owner, group, size, time
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(content.length));
        put(header, 136, "00000000000");
        put(header, TAR_CHECKSUM_AT, "        0");
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte one : header) {
            sum += one;
        }
        put(header, TAR_CHECKSUM_AT, "%06o\0 ".formatted(sum));
        int padded = Math.ceilDiv(content.length, TAR_BLOCK) * TAR_BLOCK;
        return joined(header, Arrays.copyOf(content, padded));
    }

    private static byte[] tar(byte[]... files) {
        return joined(joined(files), new byte[2 * TAR_BLOCK]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static String digest(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has it", e);
        }
    }
}
