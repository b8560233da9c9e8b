#!/bin/sh
# Install the libraries and tools that are missing, or say which they are.
# DEB_BUILD and DEB_TEST are Debian's names of them, set by the Makefile.

if ! command -v dpkg-query >/dev/null; then
	cat >&2 <<-END
	rmapscope needs a C17 compiler, make, pkg-config, gettext, ncurses (wide),
	libtermkey, utf8proc and Lua 5.4; its tests also cmocka, libvterm, jq and tmux.
	On Debian these are: $DEB_BUILD $DEB_TEST
	Install them with your system's package manager, then run make.
	END
	exit 0
fi

missing=
for p in $DEB_BUILD $DEB_TEST; do
	s=$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)
	[ "$s" = installed ] || missing="$missing $p"
done
# Another compiler or another provider of pkg-config does as well.
command -v cc >/dev/null && missing=$(echo "$missing" | sed 's/ gcc\b//')
command -v pkg-config >/dev/null &&
	missing=$(echo "$missing" | sed 's/ pkg-config\b//')
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
	echo "Missing:$missing" >&2
	echo "Install them with: sudo apt-get install$missing" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # the names are words
apt-get install -y --no-install-recommends $missing ||
	{ apt-get update && apt-get install -y --no-install-recommends $missing; }
