# rmapscope: make deps run  -  make deps test  -  make help
PREFIX ?= /usr/local
BUILD ?= build
CC ?= cc
PKG_CONFIG ?= pkg-config
WARN = -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wpointer-arith
OPT ?= -O2 -g
DEFS = -D_GNU_SOURCE -DPREFIX='"$(PREFIX)"' -DSRCDIR='"$(CURDIR)"'
LUA_CFLAGS = $(shell $(PKG_CONFIG) --cflags lua5.4)
LUA_LIBS = $(shell $(PKG_CONFIG) --libs lua5.4)
TUI_LIBS = -lncursesw -ltinfo $(shell $(PKG_CONFIG) --libs termkey)
ALL_CFLAGS = -std=c17 $(WARN) $(OPT) $(DEFS) -Isrc $(LUA_CFLAGS) $(SAN) $(CFLAGS)

LAYERS = core history view script tui
lib = $(BUILD)/lib$(1).a
obj = $(patsubst %.c,$(BUILD)/%.o,$(wildcard src/$(1)/*.c src/$(1)/*/*.c))
CORE = $(call lib,core)
HISTORY = $(call lib,history) $(CORE)
VIEW = $(call lib,view) $(HISTORY)
SCRIPT = $(call lib,script) $(VIEW)
TUI = $(call lib,tui) $(VIEW)
ALL = $(call lib,tui) $(call lib,script) $(VIEW)

all: $(BUILD)/rmapscope

$(BUILD)/rmapscope: $(BUILD)/src/main.o $(patsubst src/%.c,$(BUILD)/src/%.o,$(wildcard src/cli/*.c)) $(ALL)
	$(CC) $(SAN) -o $@ $(filter %.o,$^) $(ALL) $(LUA_LIBS) $(TUI_LIBS) -lm

define LAYER
$(BUILD)/lib$(1).a: $(call obj,$(1))
	@rm -f $$@; ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call LAYER,$(l))))

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# One program for each tests/LAYER/test_*.c, linked with that layer and below.
TESTS = $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/*/test_*.c))
helpers = $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(wildcard tests/$(1)/test_*.c),$(wildcard tests/$(1)/*.c)))
define TESTRULE
$(BUILD)/tests/$(1)/test_%: $(BUILD)/tests/$(1)/test_%.o $(call helpers,$(1)) $(2)
	$$(CC) $$(SAN) -o $$@ $$(filter %.o,$$^) $(2) -lcmocka $(3) -lm
endef
$(eval $(call TESTRULE,core,$$(CORE),))
$(eval $(call TESTRULE,history,$$(HISTORY),))
$(eval $(call TESTRULE,view,$$(VIEW),))
$(eval $(call TESTRULE,script,$$(SCRIPT),$$(LUA_LIBS)))
$(eval $(call TESTRULE,tui,$$(ALL),$$(LUA_LIBS) $$(TUI_LIBS) -lvterm -lutil))

tests: $(TESTS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
.PHONY: all tests
.SECONDARY:
