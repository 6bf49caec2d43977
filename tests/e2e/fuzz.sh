#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The parsers of files against libFuzzer: the seeds, and a bounded number of mutations of them.
# For a real hunt run a fuzzer by hand: build/fuzz/fuzz_snapshot CORPUS.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

need "fuzzers" clang make || finish
echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' >"$TMP/probe.c"
if ! clang -fsanitize=fuzzer,address,undefined "$TMP/probe.c" -o "$TMP/probe" 2>"$TMP/err"; then
	skip "fuzzers" "clang has no libFuzzer (libclang-rt-dev): $(head -n 1 "$TMP/err")"
	finish
fi
check "the fuzzers build" make -C "$ROOT" -s O="$TRACER_BUILD" fuzz || finish
for fuzzer in "$TRACER_BUILD"/fuzz/fuzz_*; do
	[ -x "$fuzzer" ] && [ -f "$fuzzer" ] || continue
	name=${fuzzer##*/}
	mkdir -p "$TMP/corpus"
	check "$name finds nothing in 20000 runs" "$fuzzer" -runs=20000 -max_len=65536 -timeout=20 \
		-artifact_prefix="$TMP/" "$TMP/corpus" "$ROOT/tests/fuzz/corpus/${name#fuzz_}"
	rm -rf "$TMP/corpus"
done
finish
