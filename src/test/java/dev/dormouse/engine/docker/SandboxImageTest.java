package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SandboxImageTest {
    /** As {@code objdump} reads them back. */
    @Test
    void theProgramsAreWhatTheyWereWhenTheyWereTried() {
        assertThat(HexFormat.of().formatHex(SandboxImage.forX86()))
                .startsWith("7f454c46020101")
                .contains("02003e0001000000")
                .endsWith("b8220000000f05ebf7");
        assertThat(HexFormat.of().formatHex(SandboxImage.forArm()))
                .startsWith("7f454c46020101")
                .contains("0200b70001000000")
                .endsWith("faffff17");
    }

    @Test
    void theSameMachineHasTheSameImageAndAnotherAnother() {
        String one = SandboxImage.of("linux/amd64").orElseThrow().reference();
        String same = SandboxImage.of("linux/amd64").orElseThrow().reference();
        String other = SandboxImage.of("linux/arm64").orElseThrow().reference();

        assertThat(one).isEqualTo(same).isNotEqualTo(other);
    }

    @Test
    void thereIsNoneForAMachineWhoseProgramNobodyWrote() {
        assertThat(SandboxImage.of("linux/riscv64")).isEmpty();
        assertThat(SandboxImage.of("windows/amd64")).isEmpty();
    }
}
