package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MarkdownReportTest {
    @Test
    void showsEverything() {
        assertThat(MarkdownReport.render(Reports.full())).isEqualTo("""
                        - Whisper Speedtest 1.2.3 (commit 0123456789ab), 2026-11-22T10:15:30.123Z
                        - OpenJDK 17.0.15 on Linux 6.1.0 (amd64)
                        - Example Chip 9000, cores: 2, memory: 8.00 GiB
                        - Model: micro
                        - Audio: count.wav (8.25 s, sha256 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f), grüße\\|2.wav (12.8 s)
                        - Options: language auto, task transcribe, beam size 1, best of 5, temperatures 0.0 0.2 0.4 0.6 0.8 1.0, condition on previous text auto, timestamps segment, vad auto
                        - Load: device gpu, compute type auto, threads 2
                        - Runs: 3 timed after 1 warm-up run

                        | Implementation | Median | Mean ± σ | Speed | RTF | Load | First run | Memory | WER | Type | Weights | Runtime | Device |
                        | :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | :--- | :--- | :--- |
                        | whispercpp | 400 ms | 402 ± 7.2 ms | 52.5× | 0.0190 | 123 ms | 998 ms | 312 MiB | 0.0 % | f16 | n/a | whisper.cpp 1.7.1 | Metal |
                        | faster | 800 ms | 800 ± 60 ms | 26.3× | 0.0381 | 80.0 ms | 1.00 s | n/a | 25.0 % | int8 | Systran/faster-whisper-tiny@0123456789ab model.bin | onnxruntime 1.29.0 | CPU (not gpu) |
                        | mlx | 2.40 s | 2.40 ± 0 s | 8.75× | 0.114 | 1.50 s | 2.60 s | 1.40 GiB | 100.0 % | q4 | n/a | onnxruntime 1.29.0 | CPU (AVX2, AVX-512, FMA, F16C) (not gpu) |
                        | coreml |  |  |  |  |  |  |  |  |  |  |  | failed: crashed: the process ended with code 134: libexample \\| abort() |
                        | insanely |  |  |  |  |  |  |  |  |  |  |  | failed: timed out: no answer for 60 s: Ask for fewer runs. |
                        | mps |  |  |  |  |  |  |  |  |  |  |  | unavailable: there is no PyTorch for this platform: Use a machine with Linux or macOS. |

                        | Implementation | Language | Recordings | Error rate | Substitutions | Deletions | Insertions | Words or characters |
                        | :--- | :--- | ---: | ---: | ---: | ---: | ---: | ---: |
                        | whispercpp | en | 1 | 0.0 % | 0 | 0 | 0 | 4 |
                        | faster | en | 1 | 25.0 % | 0 | 1 | 0 | 4 |
                        | mlx | en | 1 | 100.0 % | 0 | 4 | 0 | 4 |

                        - faster: VAD off: its model is not on this machine
                        - faster: Two \\| notes

                        - whispercpp, count.wav: "Alpha, bravo, charlie, delta."
                        - whispercpp, grüße\\|2.wav: "Viele Grüße"
                        - faster, count.wav: "Alpha, bravo, delta!"
                        - faster, grüße\\|2.wav: "=Viele "Grüße", sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr sehr "
                        - mlx, count.wav: (no transcription)
                        - mlx, grüße\\|2.wav: (no transcription)

                        - whispercpp, engine: whisper.cpp 1.7.1
                        - faster, architecture: 4+4 layers
                        - faster, stored as: float16
                        - faster, engine: onnxruntime 1.29.0
                        - faster, build: providers: CPU
                        - faster, file: Systran/faster-whisper-tiny at commit 0123456789abcdef0123456789abcdef01234567, config.json, 2 bytes, sha256 unknown
                        - faster, file: Systran/faster-whisper-tiny at commit 0123456789abcdef0123456789abcdef01234567, model.bin, 75000000 bytes, sha256 89abcdef89abcdef89abcdef89abcdef89abcdef89abcdef89abcdef89abcdef
                        - faster, options: beam size 1
                        - mlx, engine: onnxruntime 1.29.0

                        - mlx is not ranked: it wrote no text

                        - Warning: The first run of whispercpp took 998 ms; the median is 400 ms. Expect this time from a program that transcribes one file and exits.
                        - Warning: faster ran on CPU, not on the requested gpu. Compare it only with results from the same device.
                        - Warning: The runs of faster vary from 740 ms to 860 ms; the standard deviation is 7.5 % of the mean. Close other programs, keep the machine cool, or use more runs.
                        - Warning: mlx ran on CPU (AVX2, AVX-512, FMA, F16C), not on the requested gpu. Compare it only with results from the same device.
                        - Warning: The transcripts of count.wav differ: whispercpp; faster; mlx. Weigh speed against the transcripts and, where known, the word error rate.
                        - Warning: The transcripts of grüße\\|2.wav differ: whispercpp; faster; mlx. Weigh speed against the transcripts and, where known, the word error rate.
                        """);
    }

    @Test
    void reportWithoutResultsHasNoTable() {
        assertThat(MarkdownReport.render(Reports.empty()))
                .endsWith("- Runs: 3 timed after 1 warm-up run\n")
                .doesNotContain("\n|");
    }

    @Test
    void textIsNeverMarkup() {
        BenchmarkReport report =
                Reports.plain(3, Reports.measured("a", Reports.CPU, "<b>x</b> *y* [z](u) `c` \\ & |", 1, 1, 1, 1));

        assertThat(MarkdownReport.render(report))
                .contains("- a, a.wav: \"\\<b\\>x\\</b\\> \\*y\\* \\[z\\](u) \\`c\\` \\\\ \\& \\|\"\n");
    }

    @Test
    void warningOfBusyMachinePrecedesTable() {
        var measured = Reports.measured("a", Reports.CPU, "x", 100, 100);
        String document = MarkdownReport.render(Reports.plain(1, Reports.withCpu(measured, Reports.cpu(50, 150, 0))));
        assertThat(document).containsOnlyOnce("- Warning: The machine was busy: ");
        assertThat(document.indexOf("machine was busy")).isLessThan(document.indexOf("| a |"));
        assertThat(document.indexOf("only one timed run")).isGreaterThan(document.indexOf("| a |"));
    }
}
