#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The man pages: each describes exactly the options that its command's help
# lists, and is mdoc that mandoc has nothing to warn about.

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

pages=$ROOT/docs/man

# options_of_help TOPIC: "-d --duration TIME" of each option in the help, sorted.
options_of_help()
{
	# shellcheck disable=SC2086 # no topic is no word
	"$TRACER" help $1 | sed -nE \
		's/^  (-(.), |    )(--[a-z-]+)( ([A-Z]+))?( {2,}.*)?$/-\2 \3 \5/p' |
		sed 's/^- //; s/ $//' | sort
}

# options_of_page FILE: the same from the page's list items, "It Fl d , Fl -duration Ar TIME".
options_of_page()
{
	sed -nE 's/^\.It Fl (([A-Za-z]) , Fl )?\\?-([a-z-]+)( Ar ([A-Z]+))?$/-\2 --\3 \5/p' "$1" |
		sed 's/^- //; s/ $//' | sort
}

# same_options TOPIC FILE: shows with < what only the help has, with > what only the page has.
same_options()
{
	options_of_help "$1" >"$TMP/help"
	options_of_page "$2" >"$TMP/page"
	[ -s "$TMP/help" ] && diff "$TMP/help" "$TMP/page"
}

# A page without one of the options must be noticed, and one with another option too.
notices()
{
	sed "$1" "$pages/tracer-stat.1" >"$TMP/tracer-stat.1"
	! cmp -s "$TMP/tracer-stat.1" "$pages/tracer-stat.1" &&
		! same_options stat "$TMP/tracer-stat.1"
}

lint()
{
	local said

	said=$(mandoc -T lint -W warning "$1" 2>&1) && [ -z "$said" ] && return
	echo "$said"
	return 1
}

# Every command that tracer lists has a page, help aside: that is in tracer(1).
commands=$("$TRACER" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | grep -vx help)

check "tracer lists its commands" [ -n "$commands" ]
for command in "" $commands; do
	page=$pages/tracer${command:+-$command}.1
	name=$(basename "$page")
	check "$name is there" [ -s "$page" ] || continue
	check "$name has the options of 'tracer help${command:+ $command}'" \
		same_options "$command" "$page"
	need "$name is clean mdoc" mandoc && check "$name is clean mdoc" lint "$page"
done
for page in "$pages"/tracer-*.1; do
	command=$(basename "$page" .1)
	check "$command is about a command" grep -qwF -e "${command#tracer-}" <<<"$commands"
done
check "an option missing from a page is noticed" notices '/^\.It Fl -save /d'
check "an option that a page invents is noticed" notices 's/^\.It Fl -save /.It Fl -store /'
check "a wrong argument in a page is noticed" notices 's/^\(\.It Fl -save Ar\) FILE/\1 NAME/'
finish
