#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The shell scripts: nothing that shellcheck warns of, and ./bootstrap runs in any sh.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# Prints the files of the tree that begin with the line that makes them shell scripts.
find_scripts()
{
	find "$ROOT" \( -path "$ROOT/.git" -o -path "$TRACER_BUILD" -o -path "$ROOT/build" \) \
		-prune -o -type f -exec awk 'FNR == 1 && /^#!\/bin\/(ba)?sh/ { print FILENAME }' {} +
}

mapfile -t scripts < <(find_scripts | sort)
check "there are scripts" [ ${#scripts[@]} -gt 5 ]
for script in "${scripts[@]}" "$ROOT/tests/lib.sh"; do
	name=${script#"$ROOT"/}
	need "$name" shellcheck || continue
	check "$name" shellcheck -S warning "$script"
done
if need "bootstrap is POSIX" dash; then
	check "bootstrap is POSIX" dash -n "$ROOT/bootstrap"
fi
finish
