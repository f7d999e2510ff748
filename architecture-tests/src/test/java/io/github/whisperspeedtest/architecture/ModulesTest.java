package io.github.whisperspeedtest.architecture;

import static com.tngtech.archunit.base.DescribedFunction.describe;
import static com.tngtech.archunit.library.modules.syntax.AllowedModuleDependencies.allow;
import static com.tngtech.archunit.library.modules.syntax.ModuleDependencyScope.consideringOnlyDependenciesBetweenModules;
import static com.tngtech.archunit.library.modules.syntax.ModuleRuleDefinition.modules;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.modules.ArchModule;
import com.tngtech.archunit.library.modules.syntax.AllowedModuleDependencies;
import com.tngtech.archunit.library.modules.syntax.DescriptorFunction;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which module may depend on which, and which packages it has to itself. */
@AnalyzeClasses(packages = MainCode.BASE, importOptions = MainCode.class)
class ModulesTest {
    /** A module without a line, such as {@code common}, depends on no other. */
    private static final AllowedModuleDependencies ALLOWED = allow().fromModule("audio")
            .toModules("common")
            .fromModule("microphone")
            .toModules("common", "audio")
            .fromModule("whisper")
            .toModules("common", "audio")
            .fromModule("core")
            .toModules("common", "huggingface-hub-java", "audio", "whisper")
            .fromModule("testkit")
            .toModules("common", "audio", "whisper", "core")
            .fromModule("benchmark")
            .toModules("common", "audio", "whisper", "core")
            .fromModule("worker")
            .toModules("common", "audio", "whisper", "core")
            .fromModule("server")
            .toModules("common", "audio", "whisper", "core", "worker")
            .fromModule("spark")
            .toModules("common", "audio", "whisper", "core", "worker")
            .fromModule("engine-onnx")
            .toModules("common", "audio", "whisper", "core")
            .fromModule("engine-torch")
            .toModules("common", "audio", "whisper", "core")
            .fromModule("backend-whispercpp")
            .toModules("common", "audio", "whisper", "core")
            .fromModule("backend-faster")
            .toModules("common", "audio", "whisper", "core", "engine-onnx")
            .fromModule("backend-coreml")
            .toModules("common", "audio", "whisper", "core", "engine-onnx")
            .fromModule("backend-mlx")
            .toModules("common", "audio", "whisper", "core", "engine-onnx")
            .fromModule("backend-insanely")
            .toModules("common", "audio", "whisper", "core", "engine-torch")
            .fromModule("backend-mps")
            .toModules("common", "audio", "whisper", "core", "engine-torch")
            // No backend: the command line finds them at run time.
            .fromModule("cli")
            .toModules(
                    "common",
                    "huggingface-hub-java",
                    "audio",
                    "microphone",
                    "whisper",
                    "core",
                    "benchmark",
                    "server",
                    "worker",
                    "spark");

    @ArchTest
    static final ArchRule modulesHaveAllowedDependenciesOnly = modules()
            .definedBy(describe("directory", type -> ArchModule.Identifier.from(MainCode.moduleOf(type))))
            .derivingModule(DescriptorFunction.describe(
                    "directory", (identifier, classes) -> ArchModule.Descriptor.create(identifier.getPart(1))))
            .should()
            .respectTheirAllowedDependencies(ALLOWED, consideringOnlyDependenciesBetweenModules());

    /** The Java platform refuses two named modules that share a package. */
    @ArchTest
    static void eachPackageIsInOneModule(JavaClasses classes) {
        Map<String, Set<String>> modules = classes.stream()
                .collect(groupingBy(
                        JavaClass::getPackageName,
                        TreeMap::new,
                        mapping(MainCode::moduleOf, toCollection(TreeSet::new))));
        modules.values().removeIf(of -> of.size() == 1);
        assertThat(modules).isEmpty();
    }
}
