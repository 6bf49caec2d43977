# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Holds what workload says (its text report, the first file) against what workload.bt counted (the
# second) and prints each difference; nothing means that they agree.
#
# A site of several functions stands for all of them; a stack counts if one of them is in it. Where
# the process itself allocates at the same site ("+"), up to `slack` more are allowed.

function base(name) {
	sub(/[+ ].*$/, "", name)
	sub(/\.(part|constprop|isra|cold).*$/, "", name)
	return name
}
# A large vmalloc() takes the array of its pages from vmalloc() too: that is not the caller's.
function nested(stack) {
	return gsub(/ __vmalloc_node_range/, "&", stack) > 1
}
function observed(what, site,    i, n, list, sum) {
	n = split(site, list, "|")
	for (i = 1; i <= n; i++)
		sum += seen[what, list[i]]
	for (i = 1; i <= stacks; i++)
		if (stack_of[i] == what && stack_text[i] ~ (" (" site ") "))
			sum += stack_count[i]
	return sum + 0
}
function compare(what, site, expected, slack,    got) {
	got = observed(what, site)
	if (got < expected || got > expected + slack)
		printf "%s at %s: workload says %d, counted %d\n", what, site, expected, got
}

# The report: SCENARIO FAMILY ALLOCS FREES FAILED KFREENULL SIZE FREED SITE [+]
FNR == NR && NF >= 9 && $3 ~ /^[0-9]+$/ {
	key = $2 SUBSEP $9
	allocs[key] += $3
	if ($8 == "call")
		here[key] += $4
	if ($8 == "unseen")
		unseen[key] += $4
	failed[key] += $5
	nulls[key] += $6
	if ($10 == "+")
		shared[key] = 1
	next
}
FNR == NR { next }

# A counter: "@family[site]: n", "@family_freed[site, 1]: n", or a stack over several lines.
/^@[a-z_]+\[.*\]: [0-9]+$/ {
	what = substr($0, 2, index($0, "[") - 2)
	site = substr($0, index($0, "[") + 1)
	count = site
	sub(/^.*\]: /, "", count)
	sub(/\]: [0-9]+$/, "", site)
	if (split(site, part, ", ") == 2) {
		what = what "_" part[2]
		site = part[1]
	}
	seen[what, base(site)] += count
	next
}
/^@[a-z]+\[$/ {
	what = substr($0, 2, length($0) - 2)
	stack = ""
	next
}
/^\]: [0-9]+$/ {
	if (what != "vmalloc" || !nested(stack)) {
		stack_of[++stacks] = what
		stack_text[stacks] = stack " "
		stack_count[stacks] = $2
	}
	next
}
/^ / { stack = stack " " base($1) }

END {
	for (key in allocs) {
		split(key, part, SUBSEP)
		slack = (key in shared) ? 64 : 0
		compare(part[1], part[2], allocs[key], slack)
		compare(part[1] "_failed", part[2], failed[key], 0)
		if (nulls[key])
			compare(part[1] "_null", part[2], nulls[key], 0)
		if (part[1] == "pages" || part[1] == "vmalloc")
			continue
		if (here[key])
			compare(part[1] "_freed_1", part[2], here[key], slack)
		if (unseen[key] && !here[key])
			compare(part[1] "_freed_1", part[2], 0, slack)
	}
}
