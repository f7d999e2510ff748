"""Measures CTranslate2 with a Whisper model, for BackendSpeedBenchmark.

Arguments: a model directory and the number of threads. The first line of the output is {"version": ...}. After it, each line of the
input is a number of windows to decode together, answered by {"encoder_ms": ..., "total_ms": ..., "tokens": ...}. Where something
fails, the line is {"error": ...} and the program ends, as it does at the end of its input.
"""

import json
import os
import sys
import time

FRAMES = 3000


def answer(**fields):
    print(json.dumps(fields), flush=True)


def milliseconds(start, end):
    return (end - start) * 1000


def main(directory, threads):
    import ctranslate2
    import numpy

    model = ctranslate2.models.Whisper(
        directory, device="cpu", compute_type="int8", inter_threads=1, intra_threads=threads
    )
    with open(os.path.join(directory, "vocabulary.json"), encoding="utf-8") as file:
        end_of_text = json.load(file).index("<|endoftext|>")
    prompt = ["<|startoftranscript|>"]
    if model.is_multilingual:
        prompt += ["<|en|>", "<|transcribe|>"]
    noise = numpy.random.default_rng(3)
    answer(version=ctranslate2.__version__)

    for line in sys.stdin:
        windows = int(line)
        features = noise.standard_normal((windows, model.n_mels, FRAMES), dtype=numpy.float32)
        features = ctranslate2.StorageView.from_array(features)
        start = time.perf_counter()
        encoded = model.encode(features)
        encoder_end = time.perf_counter()
        results = model.generate(
            encoded,
            [prompt] * windows,
            beam_size=1,
            # The only reason to stop is then the maximum of 224 tokens, half of 448. -1 stands for the tokens that the model suppresses.
            suppress_tokens=[-1, end_of_text],
            max_length=448,
            # Values that every transcript of the others has as well.
            return_scores=True,
            return_no_speech_prob=True,
        )
        end = time.perf_counter()
        answer(
            encoder_ms=milliseconds(start, encoder_end),
            total_ms=milliseconds(start, end),
            tokens=sum(len(result.sequences_ids[0]) for result in results),
        )


if __name__ == "__main__":
    try:
        main(sys.argv[1], int(sys.argv[2]))
    except Exception as error:
        answer(error=f"{type(error).__name__}: {error}")
        sys.exit(1)
