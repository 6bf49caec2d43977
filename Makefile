# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Everything starts here: `make help`.

VERSION := 0.1.0

O	   ?= build
prefix	   ?= /usr/local
bindir	   ?= $(prefix)/bin
mandir	   ?= $(prefix)/share/man
CC	   ?= cc
CLANG	   ?= clang
PKG_CONFIG ?= pkg-config
KERNELS	   ?= 6.1 6.12 7.2
KDIR	   ?= /lib/modules/$(shell uname -r)/build
BPFTOOL	   ?= $(firstword $(wildcard /usr/sbin/bpftool /usr/bin/bpftool) bpftool)

# The kernel's name of this architecture, and the BPF headers'.
MACHINE := $(shell uname -m)
ARCH	:= $(patsubst aarch64,arm64,$(MACHINE))
BPF_ARCH := $(patsubst x86_64,x86,$(ARCH))

ifeq ($(V),1)
Q   :=
say  = @:
else
Q   := @
say  = @printf '  %-8s %s\n' $(1) $(2)
MAKEFLAGS += --no-print-directory
endif

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 \
	    -Wpointer-arith -Wundef -Wvla -Wno-unused-parameter
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif

LIBS	 := libbpf jansson libcap zlib
CPPFLAGS += -D_GNU_SOURCE -DTRACER_VERSION='"$(VERSION)"' -Iuser -Ibpf -I$(O)/bpf
CFLAGS	 ?= -O2 -g
ALL_CFLAGS := -std=gnu11 $(WARNINGS) $(CFLAGS) $(shell $(PKG_CONFIG) --cflags $(LIBS))
ifeq ($(STATIC),1)
LDFLAGS	 += -static
LDLIBS	 := $(shell $(PKG_CONFIG) --static --libs $(LIBS))
else
LDLIBS	 := $(shell $(PKG_CONFIG) --libs $(LIBS))
endif

SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
ifeq ($(DEBUG),1)
ALL_CFLAGS += $(SANITIZE)
LDFLAGS	   += $(SANITIZE)
endif

BPF_CFLAGS := -target bpf -mcpu=v3 -g -O2 -Wall -Wextra -Wno-unused-parameter -Werror \
	      -D__TARGET_ARCH_$(BPF_ARCH) -Ivmlinux/$(ARCH) -Ibpf \
	      -idirafter $(shell $(CLANG) -print-resource-dir 2>/dev/null)/include

bpf_src	     := $(wildcard bpf/*.bpf.c)
bpf_obj	     := $(bpf_src:bpf/%.bpf.c=$(O)/bpf/%.bpf.o)
skeleton     := $(O)/bpf/tracer.skel.h
user_obj     := $(patsubst user/%.c,$(O)/user/%.o,$(wildcard user/*.c))
workload_obj := $(patsubst workload_module/%.c,$(O)/workload_module/%.o,$(wildcard workload_module/*.c))

unit_src   := $(wildcard tests/unit/test_*.c)
unit_bin   := $(unit_src:tests/unit/%.c=$(O)/asan/tests/%)
asan_obj   := $(patsubst %.c,$(O)/asan/%.o,$(filter-out user/main.c,$(wildcard user/*.c)) \
	      $(filter-out workload_module/workload.c,$(wildcard workload_module/*.c)))
bench_bin  := $(O)/tests/bench
helper_bin := $(patsubst tests/helpers/%.c,$(O)/helpers/%,$(wildcard tests/helpers/*.c))

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all check check-vm compatibility vm vm-build module bench fuzz install uninstall clean help unit
.SECONDARY:

all: $(O)/tracer $(O)/workload $(if $(filter build,$(O)),tracer) ## build tracer and the workload program (default)

# The binary at hand, as the documentation calls it; only of the default build.
tracer: build/tracer
	$(Q)ln -sfn build/tracer $@

help: ## show this
	@printf 'Targets:\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r t d; do printf '%-14s %s\n' "$$t" "$$d"; done
	@printf '\nVariables:\n'
	@printf '  %-12s %s\n' V=1 'print the commands' O=DIR 'build there (default: build)' \
		DEBUG=1 'AddressSanitizer and UBSan' STATIC=1 'one static binary' \
		WERROR=1 'warnings are errors' CC=clang 'another compiler' \
		DESTDIR= 'install below it' prefix= 'default /usr/local'

# ---- what runs in the kernel: one object per file, linked, then a skeleton ----

$(O)/bpf/%.bpf.o: bpf/%.bpf.c | $(O)/bpf
	$(call say,BPF,$@)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -c $< -o $@

$(O)/bpf/tracer.o: $(bpf_obj)
	$(call say,BPFLINK,$@)
	$(Q)$(BPFTOOL) gen object $@ $^

$(skeleton): $(O)/bpf/tracer.o
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name tracer_bpf > $@

# ---- what runs outside it ----

$(O)/user/%.o: user/%.c | $(O)/user $(skeleton)
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(O)/workload_module/%.o: workload_module/%.c | $(O)/workload_module
	$(call say,CC,$@)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -pthread -MMD -MP -c $< -o $@

$(O)/tracer: $(user_obj)
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -lm -o $@

$(O)/workload: $(workload_obj) $(O)/user/units.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) -pthread $^ $(LDLIBS) -lm -o $@

# ---- tests ----

$(O)/asan/%.o: %.c | $(skeleton)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(SANITIZE) -pthread -MMD -MP -c $< -o $@

$(O)/asan/tests/%: $(O)/asan/tests/unit/%.o $(asan_obj)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) $(SANITIZE) -pthread $^ $(LDLIBS) -lcmocka -lm -o $@

$(O)/helpers/%: tests/helpers/%.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) $< -o $@

unit: $(unit_bin) $(helper_bin) $(bench_bin) ## build the unit tests and what the others use

check: all unit ## build and run every test (root, for those that trace)
	$(Q)tests/run -o $(O)

check-vm: vm-build ## run tracer on other kernels in emulated machines (KERNELS="6.1 6.12 7.2")
	$(Q)tests/vm/run -o $(O)/vm $(KERNELS)

compatibility: check-vm ## docs/COMPATIBILITY.md, from the doctor's words in each guest and here
	$(Q)$(O)/vm/tracer doctor -f json > $(O)/vm/doctor.json
	$(Q)tests/vm/compatibility $(O)/vm/test-results.tap \
		$(KERNELS:%=$(O)/vm/guests/%/results/doctor/out) $(O)/vm/doctor.json > $(O)/vm/COMPATIBILITY.md
	$(Q)cp $(O)/vm/COMPATIBILITY.md docs/

vm: vm-build ## a shell in a guest with tracer (KERNEL=6.12)
	$(Q)tests/vm/run -o $(O)/vm -i $(or $(KERNEL),$(error make vm KERNEL=SERIES, such as 6.12))

vm-build: all
	$(Q)mkdir -p $(O)/vm
	$(Q)ln -sf ../tracer ../workload $(O)/vm/

# Kernels build a module where its sources are: in a copy, to leave the tree as it is.
module: | $(O)/module/kernel ## build workload.ko for the running kernel, or for that of KDIR=
	$(Q)test -e $(KDIR)/Makefile || { echo "no kernel headers in $(KDIR):" \
		"apt-get install linux-headers-$$(uname -r), or say KDIR=DIRECTORY" >&2; exit 1; }
	$(Q)cp -pu workload_module/*.h $(O)/module/
	$(Q)cp -pu workload_module/kernel/* $(O)/module/kernel/
	$(Q)env -u MAKEFLAGS -u MAKEOVERRIDES -u O make -C $(KDIR) M=$(abspath $(O)/module/kernel) \
		$(if $(filter command,$(firstword $(origin CC))),CC=$(CC)) modules
	$(Q)cp $(O)/module/kernel/workload.ko $(O)/module/workload.ko

bench: all $(bench_bin) ## measure what tracing costs, beside other tools (root)
	$(Q)$(bench_bin) $(BENCH_ARGS)

$(O)/tests/bench: $(patsubst tests/bench/%.c,$(O)/tests/bench.d/%.o,$(wildcard tests/bench/*.c)) \
		  $(O)/workload_module/uring.o
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -lm -o $@

$(O)/tests/bench.d/%.o: tests/bench/%.c | $(skeleton)
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -Iworkload_module $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# libFuzzer comes with clang; every object is built again with its instrumentation.
FUZZ_FLAGS := -O1 -g -fsanitize=fuzzer-no-link,address,undefined

fuzz: $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c)) ## build the fuzzers of the parsers

$(O)/fuzz/%.o: %.c | $(skeleton)
	$(call say,FUZZCC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(CPPFLAGS) $(ALL_CFLAGS) $(FUZZ_FLAGS) -MMD -MP -c $< -o $@

$(O)/fuzz/%: $(O)/fuzz/tests/fuzz/%.o $(patsubst %.c,$(O)/fuzz/%.o,$(filter-out user/main.c,$(wildcard user/*.c)))
	$(call say,LINK,$@)
	$(Q)$(CLANG) $(LDFLAGS) -fsanitize=fuzzer,address,undefined $^ $(LDLIBS) -lm -o $@

# ---- the rest ----

install: all ## install tracer and its man pages
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(mandir)/man1
	install -m 755 $(O)/tracer $(DESTDIR)$(bindir)/tracer
	install -m 644 docs/man/*.1 $(DESTDIR)$(mandir)/man1/

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(bindir)/tracer
	for page in docs/man/*.1; do rm -f $(DESTDIR)$(mandir)/man1/$${page##*/}; done

clean: ## remove what was built
	rm -rf $(O)
	$(if $(filter build,$(O)),rm -f tracer)

$(O)/bpf $(O)/user $(O)/workload_module $(O)/module/kernel:
	$(Q)mkdir -p $@

-include $(wildcard $(O)/bpf/*.d $(O)/user/*.d $(O)/workload_module/*.d $(O)/asan/*/*.d \
	 $(O)/asan/tests/unit/*.d $(O)/tests/bench.d/*.d $(O)/fuzz/*/*.d $(O)/fuzz/tests/fuzz/*.d)
