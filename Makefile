# Broadsheet's one Makefile. `make help` says what there is.
#
#   MODE=release|debug|asan|tsan|fuzz|coverage    CC=gcc|clang    -> build/$(MODE)/
#
# A source is found by its place: src/<layer>/*.c, tests/unit/*.c, fuzz/*.c; nothing is listed here.

MODE ?= release
OUT  := build/$(MODE)$(if $(filter clang%,$(CC)),-clang)

PACKAGES := libuv libcurl sqlite3 jansson expat icu-uc icu-i18n libsodium zlib openssl libnghttp2 \
            libdeflate libbrotlienc libseccomp
CSTD     := -std=c17 -D_GNU_SOURCE -D_FORTIFY_SOURCE=2
WARN     := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wformat=2 -Wvla \
            -Wimplicit-fallthrough -Wconversion -Wno-sign-conversion -Werror
CFLAGS_release  := -O2 -g
CFLAGS_debug    := -O0 -g3 -U_FORTIFY_SOURCE
CFLAGS_asan     := -O1 -g -U_FORTIFY_SOURCE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_tsan     := -O1 -g -U_FORTIFY_SOURCE -fsanitize=thread -fno-omit-frame-pointer
CFLAGS_fuzz     := -O1 -g -U_FORTIFY_SOURCE -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_coverage := -O0 -g -U_FORTIFY_SOURCE --coverage
ifeq ($(MODE),fuzz)
CC := clang
endif
ifeq ($(filter $(MODE),release debug asan tsan fuzz coverage),)
$(error MODE=$(MODE): one of release debug asan tsan fuzz coverage)
endif

VERSION  := $(shell cat VERSION)
CPPFLAGS += -I. -Isrc -Ibench -I$(OUT) -DSOURCE_DIR='"$(CURDIR)"' -DBROADSHEET_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(PACKAGES))
# libvips is loaded by the worker that decodes pictures, not linked; its headers are not ours to warn about.
CPPFLAGS += $(patsubst -I%,-isystem %,$(shell pkg-config --cflags-only-I vips))
ALL_CFLAGS = $(CSTD) $(WARN) $(CFLAGS_$(MODE)) -fstack-protector-strong -fPIE -pthread $(CFLAGS)
LDFLAGS += $(CFLAGS_$(MODE)) -pthread -pie -Wl,-z,relro,-z,now
LDLIBS  += $(shell pkg-config --libs $(PACKAGES)) -lgumbo -lm

SRC   := $(sort $(wildcard src/*/*.c))
LIB   := $(patsubst %.c,$(OUT)/%.o,$(filter-out src/app/main.c,$(SRC)))
UNIT  := $(patsubst %.c,$(OUT)/%.o,$(sort $(wildcard tests/unit/*.c tests/*.c)))
FUZZ  := $(patsubst fuzz/%.c,$(OUT)/fuzz/%,$(filter-out fuzz/replay.c,$(sort $(wildcard fuzz/*.c))))
# Files carried inside the binary: the default theme and the SQL.
EMBED := $(sort $(wildcard themes/*/*) $(wildcard themes/*/*/*) $(wildcard src/store/*.sql) $(wildcard src/store/migrations/*.sql))

V ?= 0
Q := $(if $(filter 0,$(V)),@)
say = $(if $(filter 0,$(V)),@echo "  $(1) $@",@:)

all: $(OUT)/broadsheet ## the program (the default)

help: ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*##/ —/' | sort
	@echo "MODE=release|debug|asan|tsan|fuzz|coverage, CC=gcc|clang"

$(OUT)/broadsheet: $(OUT)/src/app/main.o $(OUT)/libbroadsheet.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(OUT)/libbroadsheet.a: $(LIB) $(OUT)/embed_data.o
	$(call say,AR)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(OUT)/unit: $(UNIT) $(OUT)/libbroadsheet.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

unit: $(OUT)/unit ## the unit tests' program: build/$(MODE)/unit [NAME-PART…]

tools: $(patsubst %.c,$(OUT)/%,$(sort $(wildcard tests/tools/*.c))) ## the programs that tests/*.mjs drive

$(OUT)/tests/tools/%: $(OUT)/tests/tools/%.o $(OUT)/libbroadsheet.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

benches: $(patsubst %.c,$(OUT)/%,$(sort $(wildcard bench/*.c))) ## the programs of bench/ that are written in C

$(OUT)/bench/%: $(OUT)/bench/%.o $(patsubst %.c,$(OUT)/%.o,$(sort $(wildcard bench/generator/*.c))) $(OUT)/libbroadsheet.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

fuzzers: $(FUZZ) ## all fuzz targets (MODE=fuzz: with libFuzzer, else replaying a corpus)

ifeq ($(MODE),fuzz)
$(OUT)/fuzz/%: $(OUT)/fuzz/%.o $(OUT)/libbroadsheet.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)
else
$(OUT)/fuzz/%: $(OUT)/fuzz/%.o $(OUT)/fuzz/replay.o $(OUT)/libbroadsheet.a
	$(call say,LD)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)
endif

$(OUT)/embed_data.c: tools/embed.sh $(EMBED)
	@mkdir -p $(@D)
	$(Q)sh tools/embed.sh $(EMBED) > $@.tmp && mv $@.tmp $@

$(OUT)/%.o: $(OUT)/%.c
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -Wno-overlength-strings -c -o $@ $<

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

format: ## clang-format over all sources
	clang-format -i $(shell git ls-files '*.c' '*.h')

clean: ## remove build/
	rm -rf build

.PHONY: all help unit tools benches fuzzers format clean
.SECONDARY:
-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
