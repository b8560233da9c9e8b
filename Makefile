# rmapscope: make deps run  -  make deps test  -  make help
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
VERSION = 0.1.0
CC ?= cc
PKG_CONFIG ?= pkg-config
WARN = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wpointer-arith
OPT ?= -O2 -g
Q = $(if $(V),,@)# make V=1 shows the commands
SAY = $(if $(V),@:,@printf '  %-5s %s\n')
DEFS = -D_GNU_SOURCE -DPREFIX='"$(PREFIX)"' -DSRCDIR='"$(CURDIR)"' \
	-DVERSION='"$(VERSION)"'
LUA_CFLAGS = $(shell $(PKG_CONFIG) --cflags lua5.4)
LUA_LIBS = $(shell $(PKG_CONFIG) --libs lua5.4)
TUI_LIBS = -lncursesw -ltinfo $(shell $(PKG_CONFIG) --libs termkey)
VIEW_LIBS = $(shell $(PKG_CONFIG) --libs libutf8proc)
ALL_CFLAGS = -std=c17 $(WARN) $(OPT) $(DEFS) -Isrc $(LUA_CFLAGS) $(SAN) $(CFLAGS)

LAYERS = core history view script tui live cli
lib = $(BUILD)/lib$(1).a
obj = $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/$(1)/*.c src/$(1)/*/*.c))
CORE = $(call lib,core)
HISTORY = $(call lib,history) $(CORE)
VIEW = $(call lib,view) $(HISTORY)
SCRIPT = $(call lib,script) $(VIEW)
TUI = $(call lib,tui) $(VIEW)
LIVE = $(call lib,live) $(VIEW)
ALL = $(call lib,cli) $(call lib,tui) $(call lib,script) $(call lib,live) $(VIEW)
LIBS = $(LUA_LIBS) $(TUI_LIBS) $(VIEW_LIBS) -lm

all: $(BUILD)/rmapscope ## build the program (the default)

$(BUILD)/rmapscope: $(BUILD)/src/main.o $(ALL)
	$(SAY) LINK $@
	$(Q)$(CC) $(SAN) $(LDFLAGS) -o $@ $< $(ALL) $(LIBS)

# Its inner loops run for each of a million frames.
$(BUILD)/src/core/%.o: OPT = -O3 -g

define LAYER
$(BUILD)/lib$(1).a: $(call obj,$(1))
	$$(SAY) AR $$@
	@rm -f $$@; ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call LAYER,$(l))))

# With `make deps run` nothing is compiled before the libraries are there.
$(BUILD)/%.o: %.c | $(filter deps,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	$(SAY) CC $<
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# One program for each tests/LAYER/test_*.c, linked with that layer and below
# and with the other .c files of its folder.
T ?=
TESTS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/$(T)*/test_*.c))
BENCHES = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/bench/bench_*.c))
helpers = $(patsubst %.c,$(BUILD)/%.o,$(filter-out \
	$(wildcard tests/$(1)/test_*.c tests/$(1)/bench_*.c),$(wildcard tests/$(1)/*.c)))
define TESTRULE
$(BUILD)/tests/$(1)/%: $(BUILD)/tests/$(1)/%.o $(call helpers,$(1)) $(2)
	$$(SAY) LINK $$@
	$$(Q)$$(CC) $$(SAN) $$(LDFLAGS) -o $$@ $$(filter %.o,$$^) $(2) -lcmocka $(3) -lm
endef
$(eval $(call TESTRULE,core,$$(CORE),))
$(eval $(call TESTRULE,kernel,$$(LIVE),$$(VIEW_LIBS)))
$(eval $(call TESTRULE,live,$$(LIVE),$$(VIEW_LIBS)))
$(eval $(call TESTRULE,history,$$(HISTORY),))
$(eval $(call TESTRULE,view,$$(VIEW),$$(VIEW_LIBS)))
$(eval $(call TESTRULE,script,$$(SCRIPT),$$(LUA_LIBS) $$(VIEW_LIBS)))
$(foreach d,tui cli fuzz bench,$(eval \
	$(call TESTRULE,$(d),$$(ALL),$$(LUA_LIBS) $$(TUI_LIBS) $$(VIEW_LIBS) -lvterm -lutil)))

tests: $(TESTS)

run: all ## open the main demonstration, fork-cow
	$(BUILD)/rmapscope fork-cow

# The lower layers can be tested before there is a program.
test: $(if $(filter core history view,$(T)),,all generated) $(TESTS) ## build and run all tests (T=core: those of one folder)
	BUILD=$(BUILD) T=$(T) tests/run.sh

bench: all $(BENCHES) ## measure: operations a second, stepping back, memory
	@for b in $(BENCHES); do echo "== $${b##*/}"; $$b || exit 1; done

# Real processes on a running 6.18 beside the simulator, as many as one wants.
N ?= 100000
judge: $(BUILD)/tests/kernel/test_judge ## compare with this kernel: make judge N=100000
	@JUDGE_KSM=1 JUDGE_OPS=$(N) JUDGE_LEFT=$(BUILD) $<

asan: ## the tests under AddressSanitizer and UBSan
	$(MAKE) BUILD=$(BUILD)-asan OPT='-O1 -g' \
		SAN='-fsanitize=address,undefined -fno-sanitize-recover=undefined' test

valgrind: all $(TESTS) ## the test programs under valgrind
	BUILD=$(BUILD) T=$(T) RUNNER='valgrind -q --error-exitcode=9' tests/run.sh

# What Debian 12 calls the libraries and tools, to build and to test.
DEB_BUILD = gcc libc6-dev make pkg-config libncurses-dev libtermkey-dev liblua5.4-dev libutf8proc-dev gettext
DEB_TEST = libcmocka-dev libvterm-dev jq tmux mandoc

deps: ## install what is missing (Debian, Ubuntu; as root), or say what
	@DEB_BUILD='$(DEB_BUILD)' DEB_TEST='$(DEB_TEST)' tests/house/deps.sh

# Text that the program itself writes from its tables.
COMPLETIONS = $(addprefix $(BUILD)/completion/,rmapscope.bash _rmapscope rmapscope.fish)
$(BUILD)/completion/rmapscope.bash: SHELL_NAME = bash
$(BUILD)/completion/_rmapscope: SHELL_NAME = zsh
$(BUILD)/completion/rmapscope.fish: SHELL_NAME = fish
$(COMPLETIONS): $(BUILD)/rmapscope
	@mkdir -p $(@D)
	$(Q)$< completion $(SHELL_NAME) >$@

# Manual pages: lines such as @keys@ are replaced by the program's tables.
MANUALS = $(BUILD)/doc/rmapscope.1 $(BUILD)/doc/rmapscope-scenario.5
$(MANUALS): $(BUILD)/doc/%: doc/%.in $(BUILD)/rmapscope
	@mkdir -p $(@D)
	$(Q)awk -v program=$(BUILD)/rmapscope '/^@[a-z]+@$$/ \
		{ gsub(/@/, ""); fflush(); if (system(program " generate " $$0)) exit 1; next } \
		{ print }' $< >$@

$(BUILD)/library/rmapscope.lua: $(BUILD)/rmapscope
	@mkdir -p $(@D)
	$(Q)$< generate annotations >$@

generated: $(COMPLETIONS) $(MANUALS) $(BUILD)/library/rmapscope.lua

CATALOGUES = $(patsubst po/%.po,$(BUILD)/locale/%/LC_MESSAGES/rmapscope.mo,$(wildcard po/*.po))
all: $(CATALOGUES)
$(BUILD)/locale/%/LC_MESSAGES/rmapscope.mo: po/%.po | $(filter deps,$(MAKECMDGOALS))
	@mkdir -p $(@D)
	msgfmt -c -o $@ $<

po/rmapscope.pot: $(wildcard src/*.c src/*/*.[ch] src/*/*/*.c)
	@mkdir -p po
	xgettext --language=C --keyword=_ --keyword=N_ --from-code=UTF-8 \
		--package-name=rmapscope -o $@ $(sort $^)

update-po: po/rmapscope.pot ## bring po/*.po up to the messages of the source
	for f in po/*.po; do msgmerge -q --update --backup=none \
		--no-fuzzy-matching --add-location=file $$f $<; done

D = $(DESTDIR)$(PREFIX)
install: all generated ## install below PREFIX (and DESTDIR)
	install -Dm755 $(BUILD)/rmapscope $(D)/bin/rmapscope
	for d in scripts themes; do mkdir -p $(D)/share/rmapscope/$$d && \
		install -m644 $$d/*.lua $(D)/share/rmapscope/$$d/; done
	install -Dm644 $(BUILD)/doc/rmapscope.1 $(D)/share/man/man1/rmapscope.1
	install -Dm644 $(BUILD)/doc/rmapscope-scenario.5 $(D)/share/man/man5/rmapscope-scenario.5
	install -Dm644 $(BUILD)/library/rmapscope.lua $(D)/share/rmapscope/library/rmapscope.lua
	install -Dm644 $(BUILD)/completion/rmapscope.bash \
		$(D)/share/bash-completion/completions/rmapscope
	install -Dm644 $(BUILD)/completion/_rmapscope \
		$(D)/share/zsh/site-functions/_rmapscope
	install -Dm644 $(BUILD)/completion/rmapscope.fish \
		$(D)/share/fish/vendor_completions.d/rmapscope.fish
	for f in $(CATALOGUES:$(BUILD)/locale/%=%); do \
		install -Dm644 $(BUILD)/locale/$$f $(D)/share/locale/$$f; done

uninstall: ## remove what install put there, and nothing else
	rm -f $(addprefix $(D)/share/rmapscope/,$(wildcard scripts/*.lua themes/*.lua))
	rm -f $(D)/share/rmapscope/library/rmapscope.lua
	-cd $(D)/share/rmapscope && rmdir scripts themes library && cd .. && \
		rmdir rmapscope
	rm -f $(D)/bin/rmapscope $(D)/share/man/man1/rmapscope.1 \
		$(D)/share/man/man5/rmapscope-scenario.5 \
		$(D)/share/bash-completion/completions/rmapscope \
		$(D)/share/zsh/site-functions/_rmapscope \
		$(D)/share/fish/vendor_completions.d/rmapscope.fish \
		$(addprefix $(D)/share/locale/,$(CATALOGUES:$(BUILD)/locale/%=%))

# The picture of the README, drawn by the program itself.
screenshot: all ## draw doc/screenshot.svg again
	$(BUILD)/rmapscope export fork-cow --at 9.36 --size 120x40 -o doc/screenshot.svg

code-map: ## write doc/code-map.md again
	tests/house/codemap.sh >doc/code-map.md

format: ## run clang-format over all sources
	clang-format -i $(shell find src tests -name '*.[ch]')

clean: ## remove what was built
	rm -rf build build-asan

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all generated tests run test judge bench asan valgrind deps install uninstall \
	screenshot code-map format clean help
.SECONDARY:
.DELETE_ON_ERROR:
