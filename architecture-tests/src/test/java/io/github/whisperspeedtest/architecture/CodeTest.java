package io.github.whisperspeedtest.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.INTERFACES;
import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.FileDescriptor;
import java.io.PrintStream;
import java.util.regex.Pattern;

/** What main code must not do. */
@AnalyzeClasses(packages = MainCode.BASE, importOptions = MainCode.class)
class CodeTest {
    /** Data and messages go through the terminal of the command line, everything else through SLF4J. */
    @ArchTest
    static final ArchRule nothingPrints = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

    /** The terminal opens both streams itself, and sends what audio decoders print to standard error. */
    @ArchTest
    static final ArchRule onlyTheTerminalOpensStandardOutput = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(MainCode.BASE + ".cli.Terminal")
            .should()
            .accessField(FileDescriptor.class, "out")
            .orShould()
            .accessField(FileDescriptor.class, "err")
            .orShould()
            .callMethod(System.class, "setOut", PrintStream.class)
            .orShould()
            .callMethod(System.class, "setErr", PrintStream.class);

    @ArchTest
    static final ArchRule nothingUsesJavaUtilLogging = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

    /** A library that ends the JVM also ends the program that uses it. */
    @ArchTest
    static final ArchRule onlyProgramsEndTheJvm = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(MainCode.BASE + ".cli.Main")
            .and()
            .doNotHaveFullyQualifiedName(MainCode.BASE + ".cli.SparkMain")
            .and()
            .doNotHaveFullyQualifiedName(MainCode.BASE + ".process.ChildMain")
            .should()
            .callMethod(System.class, "exit", int.class);

    /** {@code Transcribers} checks the options before; loading a model anywhere else would skip that. */
    @ArchTest
    static final ArchRule onlyTranscribersLoadsModels = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(MainCode.BASE + ".spi.SpeechTranscriber")
            .and()
            .resideOutsideOfPackage(MainCode.BASE + ".testkit..")
            .should()
            .callMethod(
                    MainCode.BASE + ".spi.Implementation",
                    "load",
                    MainCode.BASE + ".spi.ModelFiles",
                    MainCode.BASE + ".spi.LoadOptions");

    /** {@link java.util.ServiceLoader} creates them. If it cannot create one, every list lacks a whole backend. */
    @ArchTest
    static final ArchRule serviceLoaderCanCreateProviders = classes()
            .that()
            .implement(MainCode.BASE + ".spi.Implementation")
            .and(not(INTERFACES))
            .and()
            .doNotHaveModifier(ABSTRACT)
            .and()
            .resideOutsideOfPackage(MainCode.BASE + ".testkit..")
            .should()
            .bePublic()
            .andShould()
            .haveModifier(FINAL)
            .andShould()
            .haveSimpleNameEndingWith("Implementation")
            .andShould(haveOneConstructorThatLoadsNothing());

    /** Native libraries, and the classes of this project that load them. */
    private static final Pattern NATIVE =
            Pattern.compile("(com\\.sun\\.jna|ai\\.djl|ai\\.onnxruntime)\\..*|.*(Runtime|Libraries|LibraryStore)");

    private static ArchCondition<JavaClass> haveOneConstructorThatLoadsNothing() {
        return new ArchCondition<>("have one constructor, public and without parameters, that loads nothing native") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean satisfied = type.getConstructors().size() == 1
                        && type.getConstructors().stream()
                                .allMatch(constructor -> constructor
                                                .getModifiers()
                                                .contains(PUBLIC)
                                        && constructor.getRawParameterTypes().isEmpty()
                                        && constructor.getCallsFromSelf().stream()
                                                .noneMatch(call -> NATIVE.matcher(call.getTargetOwner()
                                                                .getName())
                                                        .matches()));
                events.add(new SimpleConditionEvent(
                        type,
                        satisfied,
                        type.getDescription() + " has other constructors, or one that loads native code"));
            }
        };
    }
}
