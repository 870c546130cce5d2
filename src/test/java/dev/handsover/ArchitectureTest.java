package dev.handsover;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.Arena;

/** Imports point one way (docs/architecture.md), and each library has its place. */
@AnalyzeClasses(packages = "dev.handsover", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "dev.handsover";

    @ArchTest
    static final ArchRule framesKnowNobody = classes()
            .that()
            .resideInAPackage("..frame..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("..handsover.frame..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule devicesKnowFramesAlone = classes()
            .that()
            .resideInAPackage("..v4l2..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("..handsover.v4l2..", "..handsover.frame..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule stagesKnowNoOtherStage = slices().matching(
                    "dev.handsover.(capture|segment|matte|composite|sink)..")
            .should()
            .notDependOnEachOther();

    @ArchTest
    static final ArchRule stagesKnowNobodyAboveThem = noClasses()
            .that()
            .resideInAnyPackage("..capture..", "..segment..", "..matte..", "..composite..", "..sink..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT, ROOT + ".engine..", ROOT + ".command..");

    @ArchTest
    static final ArchRule theEngineKnowsNeitherSourcesNorSinks = noClasses()
            .that()
            .resideInAPackage("..engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..capture..", "..sink..", ROOT, ROOT + ".command..");

    @ArchTest
    static final ArchRule profilingUsesNobody = noClasses()
            .that()
            .resideInAPackage("..profile..")
            .should()
            .dependOnClassesThat(JavaClass.Predicates.resideInAPackage(ROOT + "..")
                    .and(com.tngtech.archunit.base.DescribedPredicate.not(
                            JavaClass.Predicates.resideInAPackage("..profile.."))));

    @ArchTest
    static final ArchRule commandsAreUsedByMainAlone = noClasses()
            .that()
            .resideOutsideOfPackage("..command..")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".Main")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..command..");

    @ArchTest
    static final ArchRule ffmpegStaysAtTheEnds = noClasses()
            .that()
            .resideOutsideOfPackages("..capture..", "..sink..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bytedeco..");

    @ArchTest
    static final ArchRule onnxRuntimeStaysInSegment = noClasses()
            .that()
            .resideOutsideOfPackage("..segment..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.onnxruntime..");

    @ArchTest
    static final ArchRule openGlStaysInComposite = noClasses()
            .that()
            .resideOutsideOfPackage("..composite..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.lwjgl..");

    /** Fences keep the order on the graphics device; only a window waits for all of it, after its swap. */
    @ArchTest
    static final ArchRule nobodyWaitsForTheWholeDevice = noClasses()
            .that()
            .haveSimpleNameStartingWith("Gl")
            .or()
            .resideInAnyPackage("..engine..", "..segment..")
            .should()
            .callMethodWhere(
                    JavaCall.Predicates.target(HasName.Predicates.nameMatching("glFinish|eglWaitGL|eglWaitClient")));

    @ArchTest
    static final ArchRule flagsStayInCommands = noClasses()
            .that()
            .resideOutsideOfPackage("..command..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    /** Memory is known by its address here; the collector would free it under our feet. */
    @ArchTest
    static final ArchRule memoryIsFreedByItsOwner = noClasses().should().callMethod(Arena.class, "ofAuto");

    @ArchTest
    static final ArchRule onlyMainExits = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".Main")
            .should()
            .callMethod(System.class, "exit", int.class);
}
