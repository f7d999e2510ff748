package io.github.whisperspeedtest.architecture;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

/** Rules for all packages of all modules. */
@AnalyzeClasses(packages = MainCode.BASE, importOptions = MainCode.class)
class PackagesTest {
    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("(" + MainCode.BASE + "..)").should().beFreeOfCycles();

    @ArchTest
    static void packagesAreNullMarked(JavaClasses classes) {
        assertThat(classes.stream().map(JavaClass::getPackage).distinct())
                .isNotEmpty()
                .allSatisfy(of -> assertThat(of.isAnnotatedWith(NullMarked.class))
                        .as("%s is @NullMarked", of.getName())
                        .isTrue());
    }
}
