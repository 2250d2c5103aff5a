package dev.dormouse;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows drawn in ARCHITECTURE.md, checked. Change both in the same commit. */
class ArchitectureTest {
    private static final String ROOT = "dev.dormouse";
    private static final int CLASSES_AT_LEAST = 100;

    /**
     * The package on the left may use the packages on the right, itself and libraries; nothing else
     * of ours.
     */
    private static final Map<String, Set<String>> MAY_USE =
            Map.ofEntries(
                    entry("model", Set.of()),
                    entry("config", Set.of()),
                    entry("telemetry", Set.of("model", "config")),
                    entry("auth", Set.of("model", "config")),
                    entry("store", Set.of("model", "config")),
                    entry("engine", Set.of("model", "config", "telemetry")),
                    entry("autoscale", Set.of("model")),
                    entry(
                            "reconcile",
                            Set.of("model", "config", "telemetry", "store", "engine", "autoscale")),
                    entry("tls", Set.of("config")),
                    entry("eventloop", Set.of()),
                    entry("gateway", Set.of("model", "config", "telemetry", "auth", "eventloop")),
                    entry(
                            "api",
                            Set.of(
                                    "model",
                                    "config",
                                    "telemetry",
                                    "auth",
                                    "store",
                                    "engine",
                                    "eventloop")),
                    entry("cli", Set.of("config")),
                    entry("doctor", Set.of("config", "engine")));

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages(ROOT);

    @Test
    void theScanSeesTheProgram() {
        assertThat(CLASSES.size()).isGreaterThan(CLASSES_AT_LEAST);
    }

    @Test
    void packagesFollowTheArrows() {
        MAY_USE.forEach((name, allowed) ->
                noClasses()
                        .that(resideInAPackage(ROOT + "." + name + ".."))
                        .should()
                        .dependOnClassesThat(
                                resideInAPackage(ROOT + "..")
                                        .and(not(resideInAnyPackage(patterns(name, allowed)))))
                        .because(name + " may use only " + allowed + " (see ARCHITECTURE.md)")
                        .check(CLASSES));
    }

    @Test
    void everyPackageHasItsArrows() {
        Set<String> found =
                CLASSES.stream()
                        .map(one -> one.getPackageName())
                        .filter(name -> name.startsWith(ROOT + "."))
                        .map(name -> name.substring(ROOT.length() + 1).split("\\.", 2)[0])
                        .collect(Collectors.toSet());
        assertThat(found).isEqualTo(MAY_USE.keySet());
    }

    @Test
    void onlyMainChoosesAnEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".engine.docker..", ROOT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".engine.docker..")
                .because("a second engine must be addable without touching the loop")
                .check(CLASSES);
    }

    @Test
    void onlyTheStoreSpeaksSql() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..", "javax.sql..", "org.jdbi..", "com.zaxxer..", "org.flywaydb..")
                .because("desired state has one home")
                .check(CLASSES);
    }

    @Test
    void onlyTheDriverSpeaksDocker() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".engine.docker..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.github.dockerjava..")
                .because("only engine.* knows an engine's protocol")
                .check(CLASSES);
    }

    @Test
    void nobodyAsksTheSystemForTheTime() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".cli..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Clock.class, "systemUTC")
                .because("time comes in as an InstantSource, so that tests can set it")
                .check(CLASSES);
    }

    @Test
    void theAutoscalerAndThePlannerArePure() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".autoscale..")
                .or()
                .haveFullyQualifiedName(ROOT + ".reconcile.Planner")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.slf4j..",
                        "java.io..",
                        "java.net..",
                        "java.nio..",
                        "java.util.concurrent..")
                .because("decisions have no thread, clock, logger or I/O")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
    }

    private static String[] patterns(String own, Set<String> allowed) {
        return Stream.concat(Stream.of(own), allowed.stream())
                .map(name -> ROOT + "." + name + "..")
                .toArray(String[]::new);
    }
}
