package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.config.Source;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.model.Sandbox;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RuntimesTest {
    private static final Map<String, Object> RUNC = Map.of("runc", Map.of("path", "runc"));
    private static final Map<String, Object> PLAIN =
            Map.of(
                    "runsc",
                    Map.of(
                            "path",
                            "/usr/local/bin/runsc",
                            "runtimeArgs",
                            List.of("--platform=ptrace")));
    private static final Map<String, Object> WITH_FILES =
            Map.of(
                    "kept",
                    Map.of("path", "/opt/runsc-2026", "runtimeArgs", List.of("--overlay2=none")));
    private static final Map<String, Object> NAMED_WRONGLY =
            Map.of("apart", Map.of("path", "/usr/bin/runc"));

    /** An engine that has runc and others. */
    private static Map<String, Object> info(String usual, Map<String, Object> others) {
        Map<String, Object> all = new HashMap<>(RUNC);
        all.putAll(others);
        return Map.of("DefaultRuntime", usual, "Runtimes", all);
    }

    /** The engine is not asked: it cannot be reached. */
    private static void with(String wanted, Map<String, Object> info, Consumer<Runtimes> then) {
        Map<String, String> settings = new HashMap<>();
        settings.put("DORMOUSE_DOCKER_HOST", "unix:///nowhere/docker.sock");
        settings.put("DORMOUSE_DOCKER_GVISOR", wanted);
        try (Session session =
                Session.open(
                        DockerSettings.from(new Source(settings)),
                        "a-server",
                        InstantSource.system())) {
            then.accept(new Runtimes(session, info));
        }
    }

    @Test
    void withoutTheSettingNothingIsAskedFor() {
        with(
                "off",
                info("runc", PLAIN),
                runtimes -> {
                    assertThat(runtimes.toAskFor(Sandbox.V1)).isEmpty();
                    assertThat(runtimes.toAskFor(Sandbox.V2)).isEmpty();
                    assertThat(runtimes.of(Sandbox.V2)).isEqualTo("runc");
                    assertThat(runtimes.report().known()).containsExactly("runsc");
                    assertThat(runtimes.warning()).isEmpty();
                });
    }

    @Test
    void v2RunsUnderWhatTheSettingNamesAndV1UnderTheUsual() {
        with(
                "kept",
                info("runc", WITH_FILES),
                runtimes -> {
                    runtimes.demand(Sandbox.V2);
                    assertThat(runtimes.toAskFor(Sandbox.V1)).isEmpty();
                    assertThat(runtimes.toAskFor(Sandbox.V2)).contains("kept");
                    assertThat(runtimes.named("kept").bearsFreezing()).isFalse();
                    assertThat(runtimes.usual().bearsFreezing()).isTrue();
                    assertThat(runtimes.warning()).isEmpty();
                });
    }

    @Test
    void v1DoesNotRunUnderGvisorThoughThatIsTheUsual() {
        with(
                "runsc",
                info("runsc", PLAIN),
                runtimes -> assertThat(runtimes.of(Sandbox.V1)).isEqualTo("runc"));
    }

    @Test
    void whatRanUnderGvisorBeforeIsKnownWithoutTheSetting() {
        with(
                "off",
                info("kept", WITH_FILES),
                runtimes -> {
                    assertThat(runtimes.usual().bearsFreezing()).isFalse();
                    assertThat(runtimes.named("runsc-of-last-week").bearsFreezing()).isFalse();
                    assertThat(runtimes.named("runc").bearsFreezing()).isTrue();
                });
    }

    @Test
    void whatTheEngineLacksIsMadeUpForByNothing() {
        with(
                "runsc",
                info("runc", Map.of()),
                runtimes -> {
                    runtimes.demand(Sandbox.V1);
                    assertThatThrownBy(() -> runtimes.demand(Sandbox.V2))
                            .isInstanceOfSatisfying(
                                    EngineException.class,
                                    e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
                            .hasMessage(
                                    "nothing with sandbox v2 is started: the engine has no runtime runsc, only runc (DORMOUSE_DOCKER_GVISOR)");
                    assertThat(runtimes.warning()).isPresent();
                    assertThat(runtimes.toAskFor(Sandbox.V2)).contains("runsc");
                });
    }

    @Test
    void aRuntimeThatIsRuncUnderAnotherNameIsRefused() {
        with(
                "apart",
                info("runc", NAMED_WRONGLY),
                runtimes -> {
                    assertThat(runtimes.report().gap())
                            .contains("its runtime apart is runc, not runsc");
                    assertThatThrownBy(() -> runtimes.demand(Sandbox.V2))
                            .isInstanceOf(EngineException.class);
                });
    }

    @Test
    void whatCannotBeToldForGvisorIsRefused() {
        Map<String, Object> others =
                Map.of(
                        "apart", Map.of("runtimeType", "io.containerd.runc.v2"),
                        "nvidia", Map.of("path", "nvidia-container-runtime"),
                        "sandboxed", Map.of("runtimeType", "io.containerd.runsc.v1"));

        with(
                "apart",
                info("runc", others),
                runtimes ->
                        assertThat(runtimes.report().gap())
                                .contains("its runtime apart is io.containerd.runc.v2, not runsc"));
        with(
                "nvidia",
                info("runc", others),
                runtimes -> assertThat(runtimes.report().gap()).isPresent());
        with(
                "io.containerd.runc.v1",
                info("runc", others),
                runtimes -> assertThat(runtimes.report().gap()).isPresent());
        with(
                "sandboxed",
                info("sandboxed", others),
                runtimes -> {
                    assertThat(runtimes.report().gap()).isEmpty();
                    assertThat(runtimes.usual().bearsFreezing()).isFalse();
                });
    }

    @Test
    void anEngineNeedNotListAShimToHaveIt() {
        with(
                "io.containerd.runsc.v1",
                info("runc", Map.of()),
                runtimes -> {
                    runtimes.demand(Sandbox.V2);
                    assertThat(runtimes.toAskFor(Sandbox.V2)).contains("io.containerd.runsc.v1");
                    assertThat(runtimes.named("io.containerd.runsc.v1").bearsFreezing()).isFalse();
                });
    }

    @Test
    void filesThatOnlyTheRuntimeSeesAreWarnedOf() {
        with(
                "runsc",
                info("runc", PLAIN),
                runtimes -> {
                    assertThat(runtimes.seesWrites("runsc")).isFalse();
                    assertThat(runtimes.seesWrites("runc")).isTrue();
                    assertThat(runtimes.warning().orElseThrow()).contains("--overlay2=none");
                });
    }
}
