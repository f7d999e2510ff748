package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.benchmark.BenchmarkResult.Unavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvReportTest {
    /** The cells after the warnings of a recording, for a result that was not measured. */
    private static final String REST = ",".repeat(10) + ",auto,,1.2.3," + Reports.COMMIT
            + ",OpenJDK 17.0.15,Linux 6.1.0 (amd64),Example Chip 9000,2026-11-22T10:15:30Z,a.wav,,,,,,,1,,,,,a/micro,,,\r\n";

    @Test
    void hasOneLinePerImplementation() {
        assertThat(CsvReport.render(Reports.full())).isEqualTo("""
                        implementation,version,status,failure_category,model,audio_seconds,runs,median_seconds,mean_seconds,standard_deviation_seconds,min_seconds,max_seconds,real_time_factor,speed,load_seconds,first_run_seconds,peak_memory_bytes,word_error_rate,engine_model,runtime,requested_device,device,device_differs,compute_type,threads,own_cores,other_cores,stolen_cores,machine_busy,notes,text,reason,remedy,audio_warnings,trained_model,repository,commit,weights,weights_sha256,architecture,stored_type,build,fallback,options,requested_compute_type,engine_options,tool_version,tool_commit,jvm,os,chip,started_at,audio_files,audio_sha256,dataset,dataset_layout,dataset_entries,dataset_limit,dataset_seed,recordings,substitutions,deletions,insertions,reference_words,candidate,cold_start_seconds,character_error_rate,silent_words_per_minute
                        whispercpp,0.1.0,measured,,micro,21,3,0.4,0.402,0.007211103,0.396,0.41,0.01904761904761905,52.5,0.123,0.998,327155712,0.0,micro,whisper.cpp 1.7.1,gpu,Metal,false,f16,2,1.7412935323383085,0.04975124378109453,0.008291873963515755,false,,"Alpha, bravo, charlie, delta. | Viele Grüße",,,,,,,,,,,,,,auto,,1.2.3,0123456789abcdef0123456789abcdef01234567,OpenJDK 17.0.15,Linux 6.1.0 (amd64),Example Chip 9000,2026-11-22T10:15:30.123Z,/audio/count.wav | grüße|2.wav,0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f,,,,,,2,0,0,0,4,whispercpp/micro,,,
                        faster,0.1.0,measured,,micro,21,3,0.8,0.8,0.06,0.74,0.86,0.0380952380952381,26.25,0.08,1,,0.25,micro,onnxruntime 1.29.0,gpu,CPU,true,int8,2,,,,false,VAD off: its model is not on this machine | Two | notes,"Alpha, bravo, delta! | =Viele ""Grüße"", sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr",,,,tiny,Systran/faster-whisper-tiny,0123456789abcdef0123456789abcdef01234567,model.bin,89abcdef89abcdef89abcdef89abcdef89abcdef89abcdef89abcdef89abcdef,4+4 layers,float16,providers: CPU,,beam_size=1,auto,,1.2.3,0123456789abcdef0123456789abcdef01234567,OpenJDK 17.0.15,Linux 6.1.0 (amd64),Example Chip 9000,2026-11-22T10:15:30.123Z,/audio/count.wav | grüße|2.wav,0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f,,,,,,2,0,1,0,4,faster/micro,,,
                        mlx,0.1.0,measured,,micro,21,3,2.4,2.4,0,2.4,2.4,0.11428571428571428,8.75,1.5,2.6,1503238553,1.0,micro,onnxruntime 1.29.0,gpu,"CPU (AVX2, AVX-512, FMA, F16C)",true,q4,2,,,,false,,|,,,,,,,,,,,,,,auto,,1.2.3,0123456789abcdef0123456789abcdef01234567,OpenJDK 17.0.15,Linux 6.1.0 (amd64),Example Chip 9000,2026-11-22T10:15:30.123Z,/audio/count.wav | grüße|2.wav,0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f,,,,,,2,0,4,0,4,mlx/micro,,,
                        coreml,0.1.0,failed,crashed,micro,21,,,,,,,,,,,,,,,,,,,,,,,,,,the process ended with code 134: libexample | abort(),,,,,,,,,,,,,auto,,1.2.3,0123456789abcdef0123456789abcdef01234567,OpenJDK 17.0.15,Linux 6.1.0 (amd64),Example Chip 9000,2026-11-22T10:15:30.123Z,/audio/count.wav | grüße|2.wav,0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f,,,,,,2,,,,,coreml/micro,,,
                        insanely,0.1.0,failed,timed_out,micro,21,,,,,,,,,,,,,,,,,,,,,,,,,,no answer for 60 s,Ask for fewer runs.,,,,,,,,,,,,auto,,1.2.3,0123456789abcdef0123456789abcdef01234567,OpenJDK 17.0.15,Linux 6.1.0 (amd64),Example Chip 9000,2026-11-22T10:15:30.123Z,/audio/count.wav | grüße|2.wav,0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f,,,,,,2,,,,,insanely/micro,,,
                        mps,0.1.0,unavailable,,micro,21,,,,,,,,,,,,,,,,,,,,,,,,,,there is no PyTorch for this platform,Use a machine with Linux or macOS.,,,,,,,,,,,,auto,,1.2.3,0123456789abcdef0123456789abcdef01234567,OpenJDK 17.0.15,Linux 6.1.0 (amd64),Example Chip 9000,2026-11-22T10:15:30.123Z,/audio/count.wav | grüße|2.wav,0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f,,,,,,2,,,,,mps/micro,,,
                        """.replace("\n", "\r\n"));
    }

    @Test
    void reportWithoutResultsHasHeadingsOnly() {
        assertThat(CsvReport.render(Reports.empty()))
                .startsWith("implementation,version,status,")
                .endsWith(
                        ",started_at,audio_files,audio_sha256,dataset,dataset_layout,dataset_entries,dataset_limit,dataset_seed,recordings,substitutions,deletions,insertions,reference_words,candidate,cold_start_seconds,character_error_rate,silent_words_per_minute\r\n")
                .containsOnlyOnce("\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1"})
    void textIsNeverAFormula(String text) {
        BenchmarkReport report = Reports.plain(1, new Unavailable(Reports.candidate("a"), "1", text, text));

        assertThat(CsvReport.render(report)).endsWith(",'" + text.strip() + ",'" + text.strip() + "," + REST);
    }

    @Test
    void quotesAndCommasAreQuoted() {
        BenchmarkReport report =
                Reports.plain(1, new Unavailable(Reports.candidate("a"), "1", "say \"x\"", "one, two"));

        assertThat(CsvReport.render(report)).endsWith(",\"say \"\"x\"\"\",\"one, two\"," + REST);
    }

    @Test
    void warningsAboutRecordingsAreInEveryRow() {
        BenchmarkReport report = Reports.withWarning("The recording is cut off.");

        assertThat(CsvReport.render(report))
                .endsWith(",remedy,a.wav: The recording is cut off." + REST.replace("30Z", "30.123Z"));
        assertThat(new HumanReport(false, false).header(report))
                .contains("  Warning      a.wav: The recording is cut off.\n");
        assertThat(new HumanReport(false, false).conclusion(report))
                .contains("Warning: a.wav: The recording is cut off.");
        assertThat(MarkdownReport.render(report)).contains("- Warning: a.wav: The recording is cut off.");
        assertThat(JsonReport.render(report))
                .contains("\"warnings\" : [ \"The recording is cut off.\" ]", "\"kind\" : \"recording\"");
        assertThat(JsonReport.parse(JsonReport.render(report), "r.json")).isEqualTo(report);
    }
}
