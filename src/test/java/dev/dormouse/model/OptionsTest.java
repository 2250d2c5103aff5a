package dev.dormouse.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
    @Test
    void ordinaryTagsAreNoOptions() {
        assertThat(Options.of(List.of("team=a", "x")).idleAfter()).isEmpty();
        assertThat(Options.mistakes(List.of("team=a", "x"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"90s,90", "15m,900", "2h,7200", "0s,0"})
    void idleAfterIsReadWithItsUnit(String text, long seconds) {
        assertThat(Options.of(List.of("dormouse.idle-after=" + text)).idleAfter())
                .contains(Duration.ofSeconds(seconds));
    }

    @Test
    void whatIsAnsweredAsleepIsReadFromEveryTagOfIt() {
        AsleepAnswers answers =
                Options.of(
                                List.of(
                                        "dormouse.asleep-answer=/a:b:200",
                                        "dormouse.asleep-answer=OPTIONS:204",
                                        "dormouse.asleep-answer=/c:503"))
                        .asleepAnswers();

        assertThat(answers.to("GET", "/a:b?x")).hasValue(200);
        assertThat(answers.to("OPTIONS", "/c")).hasValue(503);
        assertThat(answers.to("OPTIONS", "/d")).hasValue(204);
        assertThat(answers.to("GET", "/d")).isEmpty();
    }

    @Test
    void theAccessLogIsSwitchedByItsTag() {
        assertThat(Options.of(List.of("dormouse.access-log=on")).accessLog())
                .isEqualTo(Options.AccessLog.ON);
        assertThat(Options.of(List.of("dormouse.access-log=off")).accessLog())
                .isEqualTo(Options.AccessLog.OFF);
        assertThat(Options.of(List.of("dormouse.access-log=x")).accessLog())
                .isEqualTo(Options.AccessLog.UNSAID);
    }

    @Test
    void sparesAreANumber() {
        assertThat(Options.NONE.standby()).isZero();
        assertThat(Options.of(List.of("dormouse.standby=3")).standby()).isEqualTo(3);
        assertThat(Options.mistakes(List.of("dormouse.standby=50"))).isEmpty();
        assertThat(Options.mistakes(List.of("dormouse.standby=51", "dormouse.standby=-1")))
                .containsExactly(
                        "\"dormouse.standby=51\": dormouse.standby takes a number of instances"
                                + " from 0 to 50",
                        "\"dormouse.standby=-1\": dormouse.standby takes a number of instances"
                                + " from 0 to 50");
    }

    @Test
    void whatItIsScaledByIsReadInItsOrder() {
        assertThat(Options.of(List.of("dormouse.scale-on=cpu:70")).scaleOn())
                .containsExactly(new Scaling.Cpu(70));
        assertThat(
                        Options.of(List.of("dormouse.scale-on=memory:100,concurrency:80,cpu:1"))
                                .scaleOn())
                .containsExactly(
                        new Scaling.Memory(100), new Scaling.Concurrency(80), new Scaling.Cpu(1));
        assertThat(Options.NONE.scaleOn()).isEmpty();
    }

    @Test
    void aWrongTagTakesNothingAway() {
        Options options =
                Options.of(
                        List.of(
                                "dormouse.idle-after=5m",
                                "dormouse.idle-after=soon",
                                "dormouse.scale-on=cpu:70",
                                "dormouse.scale-on=disk:70"));

        assertThat(options.idleAfter()).contains(Duration.ofMinutes(5));
        assertThat(options.scaleOn()).containsExactly(new Scaling.Cpu(70));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dormouse.idle-after",
                "dormouse.idle-after=",
                "dormouse.idle-after=5",
                "dormouse.sleep=nap",
                "dormouse.asleep-answer=/healthz",
                "dormouse.asleep-answer=healthz:200",
                "dormouse.asleep-answer=/a:302",
                "dormouse.asleep-answer=/a?b:200",
                "dormouse.asleep-answer=GET:200",
                "dormouse.access-log",
                "dormouse.access-log=json",
                "dormouse.scale-on",
                "dormouse.scale-on=cpu",
                "dormouse.scale-on=cpu:0",
                "dormouse.scale-on=cpu:101",
                "dormouse.scale-on=cpu:70%",
                "dormouse.scale-on=cpu:70,",
                "dormouse.scale-on=cpu:70, memory:80",
                "dormouse.scale-on=cpu:70,cpu:80",
                "dormouse.scale-on=concurrency:81",
                "dormouse.scale-on=disk:70",
                "dormouse.x=1"
            })
    void aWrongOptionIsToldWithItsTag(String tag) {
        assertThat(Options.mistakes(List.of("fine", tag))).singleElement().asString().contains(tag);
    }

    @ParameterizedTest
    @CsvSource({
        "tf-acctest-basic,ba55c9db-935b-44dc-b94f-437d8734b9f8,my-container-tf,tfacctestbasicba55c9db-my-container-tf",
        "cli-ns-affectionate-hoover,23e1eea6-935b-44dc-b94f-437d8734b9f8,c,clinsaffectionatehoo23e1eea6-c",
        "Upper-Case,23e1eea6-935b-44dc-b94f-437d8734b9f8,c,uppercase23e1eea6-c"
    })
    void hostLabelsFollowTheRecordings(String namespace, UUID id, String container, String label) {
        assertThat(HostLabel.of(namespace, id, container)).isEqualTo(label);
    }
}
