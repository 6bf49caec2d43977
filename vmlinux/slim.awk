# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# slim.awk: picks the types of types.list out of C declarations.
#
#	awk -v arch=ARCH -v me=PROGRAM -f slim.awk types.list BTF.h flavours.h
#
# BTF.h is what bpftool prints; flavours.h is written in the same shape: one
# declaration a line, braces open at a line's end. A type goes by the key "kind
# name", for example "struct page"; it is looked up in source 1 (the BTF) and,
# where the list allows, in source 2 (flavours.h).

BEGIN {
	split("void char short int long unsigned signed float double _Bool __int128 " \
	      "const volatile typedef struct union enum", word)
	for (i in word)
		reserved[word[i]] = 1
}

FNR == 1 {
	file++
}

file == 1 {
	read_list($0)
	next
}

{
	read_source(file - 1, $0)
}

END {
	print "#ifndef __VMLINUX_H__\n#define __VMLINUX_H__\n"
	print "#ifndef BPF_NO_PRESERVE_ACCESS_INDEX"
	print "#pragma clang attribute push(__attribute__((preserve_access_index)), " \
	      "apply_to = record)"
	print "#endif"
	for (i = 1; i <= n_wanted; i++)
		define(wanted[i], "types.list")
	print "\n#ifndef BPF_NO_PRESERVE_ACCESS_INDEX"
	print "#pragma clang attribute pop"
	print "#endif"
	print "\n#endif /* __VMLINUX_H__ */"
	exit failed
}

function fail(what)
{
	print me ": " what >"/dev/stderr"
	failed = 1
}

# --- types.list ---

function read_list(line,    word, n, i, kind, key)
{
	sub(/#.*/, "", line)
	if (match(line, /^[a-z0-9_]+:/)) {
		if (substr(line, 1, RLENGTH - 1) != arch)
			return
		line = substr(line, RLENGTH + 1)
	}
	n = split(line, word, /[ \t]+/)
	i = word[1] == "" ? 2 : 1
	if (i > n || word[i] == "")
		return
	kind = word[i++]
	if (kind !~ /^(typedef|enum|enumerator|struct)$/) {
		fail("types.list: unknown kind '" kind "'")
		return
	}
	for (; i <= n; i++) {
		if (word[i] == "")
			continue
		if (kind == "struct" && key != "")
			want_member(key, word[i])
		else
			key = want(kind, word[i])
	}
}

function want(kind, name,    key)
{
	key = kind " " bare(name)
	if (!(key in listed))
		wanted[++n_wanted] = key
	listed[key] = 1
	if (name ~ /^\?/ || name ~ /___/)
		optional[key] = 1
	return key
}

function want_member(key, name)
{
	member[key, ++n_members[key]] = bare(name)
	if (name ~ /^\?/ || key in optional)
		optional[key, bare(name)] = 1
}

function bare(name)
{
	sub(/^\?/, "", name)
	return name
}

# --- the declarations ---

# Notes for each declaration at file level its first and last line.
function read_source(src, line,    key)
{
	text[src, FNR] = line
	if (inside) {
		if (inside == "enum" && match(line, /[A-Za-z_][A-Za-z_0-9]*/))
			note(src, "enumerator " substr(line, RSTART, RLENGTH), open_at, 0)
		if (line !~ /^}/)
			return
		if (open_key == "")
			open_key = inside == "typedef" ? "typedef " declared(line) : ""
		if (open_key != "")
			note(src, open_key, open_at, FNR)
		last[src, open_at] = FNR
		inside = ""
	} else if (line ~ /^(typedef |struct |union |enum )[^;]*\{$/) {
		inside = line
		sub(/ .*/, "", inside)
		key = line
		sub(/ *\{$/, "", key)
		open_key = inside != "typedef" && key ~ / / ? key : ""
		open_at = FNR
	} else if (line ~ /^typedef .*;$/) {
		note(src, "typedef " declared(line), FNR, FNR)
	} else if (line ~ /^(struct|union) [A-Za-z_0-9]+ \{\};$/) {
		key = line
		sub(/ \{.*/, "", key)
		note(src, key, FNR, FNR)
	}
}

function note(src, key, from, to)
{
	if ((src, key) in first)
		return
	first[src, key] = from
	last[src, from] = to
}

# The name that a declaration of one line declares; "" for padding.
function declared(line)
{
	sub(/^[ \t}]+/, "", line)
	gsub(/__attribute__\(\(.*\)\)/, "", line)
	if (match(line, /\(\*+ *(const )?[A-Za-z_0-9]+/)) {
		line = substr(line, RSTART, RLENGTH)
	} else {
		if (line ~ /^(unsigned |long |int |short |char )+*: *[0-9]+;/)
			return ""
		gsub(/\[[0-9]*\]/, "", line)
		sub(/ *: *[0-9]+;.*/, "", line)
	}
	sub(/[ ;]+$/, "", line)
	sub(/.*[^A-Za-z_0-9]/, "", line)
	return line
}

# Finds the members of a struct: found[name] is the first line, ends[name] the
# last. Those of nameless structs and unions count as its own, as in C; those of
# a named one are that member's.
function find_members(src, key, found, ends,    i, line, n, name, from, to, depth, mark, opened)
{
	split("", found)
	split("", ends)
	for (i = first[src, key] + 1; i < last[src, first[src, key]]; i++) {
		line = text[src, i]
		if (line ~ /\{$/) {
			opened[++depth] = i
			mark[depth] = n + 0
			continue
		}
		if (line ~ /^[ \t]*}/) {
			if (declared(line) != "")
				n = mark[depth]
			from[n + 1] = opened[depth--]
		} else {
			from[n + 1] = i
		}
		if (declared(line) != "") {
			name[++n] = declared(line)
			to[n] = i
		}
	}
	for (i = 1; i <= n; i++) {
		found[name[i]] = from[i]
		ends[name[i]] = to[i]
	}
}

# --- the choice ---

function define(key, by,    kind)
{
	if (key in done)
		return
	done[key] = 1
	kind = key
	sub(/ .*/, "", kind)
	if (kind == "struct")
		define_struct(key)
	else
		define_whole(key, by)
}

# The source that has KEY: 1 or 2, or 0 after an error was printed.
function source_of(key, by)
{
	if (key !~ /___/ && (1, key) in first)
		return 1
	if ((key in optional || by != "types.list") && (2, key) in first)
		return 2
	if (key ~ /___/ || key in optional)
		fail("flavours.h lacks " key)
	else
		fail("the BTF lacks " key " (" by "): if not every kernel has it, mark it '?' " \
		     "in types.list and declare it in flavours.h")
	return 0
}

function define_whole(key, by,    src, from, i, out)
{
	src = source_of(key, by)
	if (!src)
		return
	from = first[src, key]
	if ((src, from) in printed)
		return
	printed[src, from] = 1
	for (i = from; i <= last[src, from]; i++)
		out = out text[src, i] "\n"
	if (out !~ /^enum/ && out !~ /^typedef enum/)
		need(out, key)
	printf "\n%s%s", origin(src, key), out
}

function define_struct(key,    src, i, out)
{
	src = source_of(key, "types.list")
	if (!src)
		return
	for (i = 1; i <= n_members[key]; i++)
		out = out member_text(key, member[key, i])
	need(out, key)
	printf "\n%s%s {\n%s};\n", origin(src, key), key, out
}

function origin(src, key)
{
	return src == 2 && key !~ /___/ ? "/* Not in this kernel's BTF. */\n" : ""
}

# The declaration of one member, indented by one tab.
function member_text(key, name,    src, i, out, found, ends)
{
	for (src = key ~ /___/ ? 2 : 1; src <= 2; src++) {
		if (src == 2 && !((key, name) in optional))
			break
		if (!((src, key) in first))
			continue
		find_members(src, key, found, ends)
		if (name in found)
			break
	}
	if (!(name in found)) {
		fail(key " lacks " name " in " ((key, name) in optional ? "flavours.h" : \
		     "the BTF: if not every kernel has it, mark it '?' in types.list and " \
		     "declare it in flavours.h"))
		return ""
	}
	for (i = found[name]; i <= ends[name]; i++)
		out = out text[src, i] "\n"
	if (src == 2 && (1, key) in first)
		out = "\t" origin(src, key) out
	return plain(out)
}

# A const value can't be read into a variable of its own type: the const goes.
# What the member's line brought along of a deeper indent goes as well.
function plain(decl,    indent)
{
	match(decl, /^\t+/)
	indent = substr(decl, 1, RLENGTH - 1)
	if (indent != "") {
		sub("^" indent, "", decl)
		gsub("\n" indent, "\n", decl)
	}
	if (decl !~ /[*(]/)
		sub(/^\tconst /, "\t", decl)
	return decl
}

# Defines or declares what the declarations in OUT are made of.
function need(out, by,    line, n, i)
{
	n = split(out, line, "\n")
	for (i = 1; i <= n; i++)
		need_line(line[i], by)
}

function need_line(line, by,    token, n, i, name, pointer, key)
{
	if (line ~ /\{$/ || line ~ /^[ \t]*(}|\/\*)/)
		return
	name = declared(line)
	pointer = line ~ /\*/
	gsub(/\[[0-9]*\]|__attribute__\(\(.*\)\)|:.*/, "", line)
	n = split(line, token, /[^A-Za-z_0-9]+/)
	for (i = 1; i <= n; i++) {
		if (token[i] ~ /^(struct|union|enum)$/) {
			key = token[i] " " token[i + 1]
			i++
			if (key ~ /^enum/)
				define(key, by)
			else if (pointer)
				declare(key)
			else
				embed(key, by)
		} else if (token[i] ~ /^[A-Za-z_]/ && token[i] != name && \
			   !(token[i] in reserved)) {
			define("typedef " token[i], by)
		}
	}
}

function declare(key)
{
	if (!(key in done) && !(key in declared_early)) {
		declared_early[key] = 1
		printf "\n%s;\n", key
	}
}

function embed(key, by)
{
	if (key in listed)
		define(key, by)
	else
		fail(by " embeds " key ": list it with the members to keep")
}
