package io.github.whisperspeedtest.architecture;

import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.PROTECTED;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.properties.HasModifiers;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A public type has a reason to be public; every other type is package-private.
 *
 * <p>The reasons: main code of another package uses it; {@link java.util.ServiceLoader} or a child JVM creates it; it is
 * listed here; or a type with a reason names it in a public or protected signature.
 */
@AnalyzeClasses(packages = MainCode.BASE, importOptions = MainCode.class)
class PublicTypesTest {
    /** Types that no main code of another package uses, and the reason why they are public. */
    private static final Set<String> LISTED = Set.of(
            // For programs that use the hub client on its own; its README shows how.
            "hub.CacheCleaner",
            // For tests of backends and engines.
            "testkit.ImplementationContract",
            "testkit.NetworkContract",
            "testkit.TestContexts",
            // Jetty calls it by reflection.
            "server.LiveSocket",
            // For programs that use Spark.
            "spark.WhisperSpark",
            // Spark creates it by its name.
            "spark.WhisperPlugin",
            // The main class of the command line.
            "cli.Main",
            // The main class for spark-submit.
            "cli.SparkMain");

    @ArchTest
    static void publicTypesHaveAReason(JavaClasses classes) {
        assertThat(withoutReason(classes, LISTED))
                .as("public types that no other package needs: make them package-private")
                .isEmpty();
    }

    /** A line that is no longer needed fails, so the list only shrinks. */
    @ArchTest
    static void listedTypesHaveNoOtherReason(JavaClasses classes) {
        assertThat(withoutReason(classes, Set.of()))
                .as("public types that no other package needs, and so may be listed")
                .containsAll(LISTED);
    }

    private static List<String> withoutReason(JavaClasses classes, Set<String> listed) {
        List<JavaClass> types = classes.stream()
                .filter(type -> type.isTopLevelClass() && isPublic(type))
                .toList();
        Set<JavaClass> withReason = withSignatures(types.stream()
                .filter(type -> isUsed(type) || listed.contains(MainCode.nameOf(type)))
                .toList());
        return types.stream()
                .filter(type -> !withReason.contains(type))
                .map(MainCode::nameOf)
                .toList();
    }

    private static boolean isUsed(JavaClass type) {
        return isUsedByAnotherPackage(type) || isCreatedByReflection(type);
    }

    private static boolean isUsedByAnotherPackage(JavaClass type) {
        return withNested(type)
                .flatMap(of -> of.getDirectDependenciesToSelf().stream())
                .anyMatch(use -> !use.getOriginClass().getPackage().equals(type.getPackage()));
    }

    private static boolean isCreatedByReflection(JavaClass type) {
        return !type.getModifiers().contains(ABSTRACT)
                && (type.isAssignableTo(MainCode.BASE + ".spi.Implementation")
                        || type.isAssignableTo(MainCode.BASE + ".spi.VoiceActivityDetectorProvider")
                        || type.isAssignableTo(MainCode.BASE + ".process.ChildTask"));
    }

    /** Adds the types in the signatures of the given types, then those in the signatures of the added types, and so on. */
    private static Set<JavaClass> withSignatures(Iterable<JavaClass> types) {
        Set<JavaClass> reached = new HashSet<>();
        Deque<JavaClass> open = new ArrayDeque<>();
        types.forEach(open::add);
        while (!open.isEmpty()) {
            JavaClass type = open.remove();
            if (isPublic(type) && reached.add(type)) {
                withNested(type)
                        .filter(PublicTypesTest::isAccessible)
                        .flatMap(PublicTypesTest::namedBySignaturesOf)
                        .map(MainCode::outermost)
                        .forEach(open::add);
            }
        }
        return reached;
    }

    private static Stream<JavaClass> namedBySignaturesOf(JavaClass type) {
        Stream<JavaType> supertypes = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream());
        Stream<JavaClass> subtypes = type.getPermittedSubclasses().stream().flatMap(Set::stream);
        Stream<JavaMember> members = type.getMembers().stream().filter(PublicTypesTest::isAccessible);
        return Stream.of(
                        Stream.concat(supertypes, type.getTypeParameters().stream())
                                .flatMap(of -> of.getAllInvolvedRawTypes().stream()),
                        subtypes,
                        members.flatMap(PublicTypesTest::namedBy))
                .flatMap(named -> named);
    }

    private static Stream<JavaClass> namedBy(JavaMember member) {
        Stream<JavaClass> thrown =
                member instanceof JavaCodeUnit code ? code.getExceptionTypes().stream() : Stream.empty();
        return Stream.concat(member.getAllInvolvedRawTypes().stream(), thrown);
    }

    private static boolean isPublic(JavaClass type) {
        return type.getModifiers().contains(PUBLIC);
    }

    private static boolean isAccessible(HasModifiers of) {
        return of.getModifiers().contains(PUBLIC) || of.getModifiers().contains(PROTECTED);
    }

    private static Stream<JavaClass> withNested(JavaClass type) {
        return type.getPackage().getClasses().stream()
                .filter(of -> MainCode.outermost(of).equals(type));
    }
}
