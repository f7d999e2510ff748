package io.github.whisperspeedtest.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The client of the model hub serves programs that know nothing of speech. */
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
