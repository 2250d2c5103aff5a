package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.DockerException;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With what engines and runtimes of several ages say. */
class RefusalsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "OCI runtime create failed: container_linux.go:380: starting container process caused: exec: \\\"x.sh\\\": executable file not found in $PATH: unknown | exec: \"x.sh\": executable file not found in $PATH",
                "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: \\\"/x\\\": permission denied: unknown | exec: \"/x\": permission denied",
                "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \\\"/x\\\": stat /x: no such file or directory: unknown | exec: \"/x\": stat /x: no such file or directory",
                "OCI runtime start failed: starting container: starting root container: starting sandbox: error finding executable \\\"x.sh\\\" in PATH [/usr/bin /bin]: no such file or directory: unknown | exec: \"x.sh\": executable file not found in $PATH",
                "OCI runtime start failed: starting container: starting root container: starting sandbox: creating process: failed to load /x: permission denied: unknown | exec: \"/x\": permission denied",
                "crun: executable file `x.sh` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found | executable file `x.sh` not found in $PATH: No such file or directory"
            })
    void aCommandThatCannotBeRunIsToldInTheRuntimesCore(String words, String told) {
        EngineException failure = Refusals.ofStart(refusal(words.replace('`', '\''), 400));

        assertThat(failure.kind()).isEqualTo(Kind.COMMAND);
        assertThat(failure).hasMessage(told.replace('`', '\''));
    }

    @Test
    void whatElseTheRuntimeRefusesKeepsItsReason() {
        EngineException failure =
                Refusals.ofStart(
                        refusal(
                                "OCI runtime create failed: runc create failed: unable to start container process: error setting cgroup config: bad value: unknown",
                                500));

        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessage("error setting cgroup config: bad value");
    }

    @Test
    void whatGvisorRefusesIsNoFailureThatPasses() {
        EngineException failure =
                Refusals.ofStart(
                        refusal(
                                "OCI runtime start failed: starting container: starting root container: starting sandbox: no room for another task: unknown",
                                500));

        assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
        assertThat(failure).hasMessage("no room for another task");
    }

    @Test
    void aRuntimeThatIsNotThereIsNoWrongCommand() {
        EngineException failure =
                Refusals.ofStart(
                        refusal(
                                "failed to create shim task: OCI runtime create failed: unable to retrieve OCI runtime error (open log.json: no such file or directory): exec: 'runsc': executable file not found in $PATH: unknown",
                                400));

        assertThat(failure.kind()).isEqualTo(EngineException.Kind.REFUSED);
        assertThat(failure).hasMessageContaining("the engine cannot run its runtime");
    }

    @Test
    void anEnginesOwnFailureMayPass() {
        EngineException failure = Refusals.general("listing", refusal("out of descriptors", 500));

        assertThat(failure.kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(failure)
                .hasMessage("the container engine failed at listing: out of descriptors");
    }

    private static DockerException refusal(String words, int status) {
        return new DockerException("{\"message\":\"%s\"}".formatted(words), status);
    }
}
