package io.github.whisperspeedtest.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The hub client must be usable without speech recognition. */
@AnalyzeClasses(packages = MainCode.BASE + ".hub", importOptions = MainCode.class)
class HubTest {
    @ArchTest
    static final ArchRule hubHasOnlyListedDependencies = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    MainCode.BASE + ".hub..",
                    "com.fasterxml.jackson..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "java..",
                    "javax.net.ssl..");
}
