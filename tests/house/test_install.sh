#!/bin/bash
# make install and uninstall, into a folder of their own.
. "$(dirname "$0")/../cli/cli.sh"

BUILD=${BUILD:-build}
root=$tmp/root
unset MAKEFLAGS MAKELEVEL
make -s BUILD="$BUILD" install DESTDIR="$root" PREFIX=/opt/r >"$tmp/log" 2>&1
ok 'make install' || note "$(cat "$tmp/log")"
for f in bin/rmapscope share/man/man1/rmapscope.1 \
	share/man/man5/rmapscope-scenario.5 share/rmapscope/scripts/fork-cow.lua \
	share/rmapscope/themes/default.lua share/rmapscope/library/rmapscope.lua \
	share/bash-completion/completions/rmapscope \
	share/zsh/site-functions/_rmapscope \
	share/fish/vendor_completions.d/rmapscope.fish; do
	[ -s "$root/opt/r/$f" ]
	ok "installed: $f"
done
cp "$tmp/good.lua" "$root/opt/r/share/rmapscope/scripts/mine.lua"
cd / || exit 2
out=$("$root/opt/r/bin/rmapscope" list -q 2>&1)
mkdir -p "$tmp/.local/share"
ln -s "$root/opt/r/share/rmapscope" "$tmp/.local/share/rmapscope"
is "folders shared with the user's are listed once" \
	"$("$root/opt/r/bin/rmapscope" list -q | sort | uniq -d)" ''
like 'the installed program finds its scenarios' "$out" '^fork-cow$'
"$root/opt/r/bin/rmapscope" run -q fork-cow >"$tmp/log" 2>&1
ok 'and runs them' || note "$(cat "$tmp/log")"
cd "$SRCDIR" || exit 2
make -s BUILD="$BUILD" uninstall DESTDIR="$root" PREFIX=/opt/r >"$tmp/log" 2>&1
ok 'make uninstall' || note "$(cat "$tmp/log")"
is "nothing is left but the user's own" "$(cd "$root" && find . -type f)" \
	./opt/r/share/rmapscope/scripts/mine.lua
done_testing
