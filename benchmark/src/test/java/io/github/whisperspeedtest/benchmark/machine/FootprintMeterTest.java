package io.github.whisperspeedtest.benchmark.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Native;
import com.sun.jna.Structure;
import io.github.whisperspeedtest.benchmark.machine.FootprintMeter.LibProc;
import io.github.whisperspeedtest.model.LibraryStore;
import io.github.whisperspeedtest.process.MemoryMeter;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FootprintMeterTest {
    private static final long OWN = ProcessHandle.current().pid();

    /** {@code struct rusage_info_v4} of Apple's sys/resource.h, field by field. */
    @Structure.FieldOrder({
        "uuid",
        "userTime",
        "systemTime",
        "pkgIdleWkups",
        "interruptWkups",
        "pageins",
        "wiredSize",
        "residentSize",
        "physFootprint",
        "procStartAbstime",
        "procExitAbstime",
        "childUserTime",
        "childSystemTime",
        "childPkgIdleWkups",
        "childInterruptWkups",
        "childPageins",
        "childElapsedAbstime",
        "diskioBytesread",
        "diskioByteswritten",
        "cpuTimeQosDefault",
        "cpuTimeQosMaintenance",
        "cpuTimeQosBackground",
        "cpuTimeQosUtility",
        "cpuTimeQosLegacy",
        "cpuTimeQosUserInitiated",
        "cpuTimeQosUserInteractive",
        "billedSystemTime",
        "servicedSystemTime",
        "logicalWrites",
        "lifetimeMaxPhysFootprint",
        "instructions",
        "cycles",
        "billedEnergy",
        "servicedEnergy",
        "intervalMaxPhysFootprint",
        "runnableTime"
    })
    public static final class RusageInfoV4 extends Structure {
        public byte[] uuid = new byte[16];
        public long userTime;
        public long systemTime;
        public long pkgIdleWkups;
        public long interruptWkups;
        public long pageins;
        public long wiredSize;
        public long residentSize;
        public long physFootprint;
        public long procStartAbstime;
        public long procExitAbstime;
        public long childUserTime;
        public long childSystemTime;
        public long childPkgIdleWkups;
        public long childInterruptWkups;
        public long childPageins;
        public long childElapsedAbstime;
        public long diskioBytesread;
        public long diskioByteswritten;
        public long cpuTimeQosDefault;
        public long cpuTimeQosMaintenance;
        public long cpuTimeQosBackground;
        public long cpuTimeQosUtility;
        public long cpuTimeQosLegacy;
        public long cpuTimeQosUserInitiated;
        public long cpuTimeQosUserInteractive;
        public long billedSystemTime;
        public long servicedSystemTime;
        public long logicalWrites;
        public long lifetimeMaxPhysFootprint;
        public long instructions;
        public long cycles;
        public long billedEnergy;
        public long servicedEnergy;
        public long intervalMaxPhysFootprint;
        public long runnableTime;
    }

    @Test
    void readsPeakFromStructure(@TempDir Path natives) throws IllegalAccessException {
        RusageInfoV4 info = LibraryStore.withProperties(new LibraryStore(natives).jnaProperties(), RusageInfoV4::new);
        long value = 1000;
        for (Field field : RusageInfoV4.class.getFields()) {
            if (field.getType() == long.class && !Modifier.isStatic(field.getModifiers())) {
                field.setLong(info, value++);
            }
        }
        info.lifetimeMaxPhysFootprint = 0x1_2345_6789L;
        info.write();

        assertThat(info.size()).isEqualTo(FootprintMeter.SIZE);
        assertThat(FootprintMeter.lifetimeMaxFootprint(info.getPointer().getByteArray(0, info.size())))
                .isEqualTo(0x1_2345_6789L);
    }

    @Test
    void asksForVersion4OfProcess() throws Exception {
        MemoryMeter meter = FootprintMeter.orOfSystem(() -> (pid, flavor, buffer) -> {
            assertThat(flavor).isEqualTo(4);
            assertThat(buffer).hasSizeGreaterThanOrEqualTo(16 + 35 * 8);
            if (pid != OWN) {
                return -1;
            }
            buffer[16 + 28 * 8 + 2] = 3;
            return 0;
        });

        assertThat(meter.measure()).isEqualTo("ri_lifetime_max_phys_footprint");
        assertThat(meter.isPeak()).isTrue();
        assertThat(meter.bytes(OWN)).isEqualTo(3 << 16);
        assertThatThrownBy(() -> meter.bytes(OWN + 1)).isInstanceOf(IOException.class);
    }

    @Test
    void fallsBackWhereFunctionFails() {
        assertThat(List.of(
                        FootprintMeter.orOfSystem(() -> (pid, flavor, buffer) -> -1),
                        FootprintMeter.orOfSystem(() -> (pid, flavor, buffer) -> 0),
                        FootprintMeter.orOfSystem(() -> {
                            throw new UnsatisfiedLinkError("no JNA here");
                        })))
                .containsOnly(MemoryMeter.ofSystem());
    }

    /** JNA loads the interface, but Linux has no such function. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void fallsBackWhereFunctionIsMissing(@TempDir Path natives) {
        assertThat(FootprintMeter.orOfSystem(() -> LibraryStore.withProperties(
                        new LibraryStore(natives).jnaProperties(), () -> Native.load("c", LibProc.class))))
                .isEqualTo(MemoryMeter.ofSystem());
    }

    @Test
    @EnabledOnOs(OS.MAC)
    void readsOwnPeakOnMac(@TempDir Path natives) throws Exception {
        MemoryMeter meter = FootprintMeter.orOfSystem(new LibraryStore(natives));

        assertThat(meter.measure()).isEqualTo("ri_lifetime_max_phys_footprint");
        assertThat(meter.bytes(OWN)).isBetween(10L << 20, 1L << 40);
    }

    @Test
    @DisabledOnOs(OS.MAC)
    void otherSystemsLoadNothing(@TempDir Path natives) {
        assertThat(FootprintMeter.orOfSystem(new LibraryStore(natives))).isEqualTo(MemoryMeter.ofSystem());
        assertThat(natives).isEmptyDirectory();
    }
}
