#!/bin/bash
# The catalogues: every translation has the placeholders of its message.
cd "${SRCDIR:-$(dirname "$0")/../..}" || exit 2
. tests/tap.sh

if ! command -v msgcat >/dev/null; then
	skip "catalogues" "no gettext tools"
	done_testing
fi

# Messages of a catalogue, two lines each: "i TEXT" and "s TRANSLATION".
pairs()
{
	msgcat --no-wrap --no-location "$1" | awk '
	function flush() { if (id != "") print "i " id "\ns " str }
	function body(line) { sub(/^[^"]*"/, "", line)
		return substr(line, 1, length(line) - 1) }
	/^msgid "/ { flush(); id = body($0); str = ""; to = "id"; next }
	/^msgid_plural "/ { to = "str"; str = ""; next }
	/^msgstr(\[[0-9]\])? "/ { str = body($0); to = "str"; next }
	/^"/ { if (to == "id") id = id body($0); else str = str body($0) }
	END { flush() }'
}

# Messages whose translation has other {words} or other % formats than they
# have themselves, or none of its own.
differing()
{
	pairs "$1" | awk '
	function found(text, regex,    all, n, i, list) {
		n = 0
		while (match(text, regex)) {
			all[++n] = substr(text, RSTART, RLENGTH)
			sub(/%[0-9]+\$/, "%", all[n])
			text = substr(text, RSTART + RLENGTH)
		}
		for (i = 2; i <= n; i++)
			for (j = i; j > 1 && all[j] < all[j - 1]; j--) {
				t = all[j]; all[j] = all[j - 1]; all[j - 1] = t
			}
		for (i = 1; i <= n; i++)
			list = list " " all[i]
		return list
	}
	/^i / { id = substr($0, 3); next }
	{
		str = substr($0, 3)
		gsub(/[{]s[}]/, "", id) # the plural is English
		if (str == "")
			print "not translated: " id
		words = "[{][a-z]+[}]"
		formats = "%([0-9]+[$])?[-0-9.*]*(l|ll|z|<PRI[a-z0-9]+>)?[a-zA-Z%]?"
		if (found(id, words) != found(str, words) ||
		    found(id, formats) != found(str, formats))
			print id " | " str
	}'
}

wrong=$(mktemp)
trap 'rm -f "$wrong"' EXIT
cat >"$wrong" <<'END'
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\n"

msgid "{o} leaves {p}"
msgstr "{o} leaves"

msgid "%s of %u"
msgstr "%2$s of %1$d"

msgid "%d is %s"
msgstr "%2$s is %1$d"
END
is "the check finds a lost {p} and a changed %u, not a change of order" \
	"$(differing "$wrong" | wc -l)" 2

for po in po/*.po; do
	is "$po: msgfmt finds nothing wrong" \
		"$(msgfmt -c --check-format -o /dev/null "$po" 2>&1)" ""
	empty "$po: placeholders and formats" "$(differing "$po")"
	is "$po: nothing is fuzzy" "$(msgattrib --only-fuzzy "$po" | wc -l)" 0
done

# New messages may wait for their translator, but not for long; `make
# update-po` puts them into the catalogues.
template=$(mktemp)
trap 'rm -f "$wrong" "$template"' EXIT
xgettext --language=C --keyword=_ --keyword=N_ --from-code=UTF-8 -o "$template" \
	$(find src -name '*.[ch]' | sort)
for po in po/*.po; do
	all=$(msgmerge -q "$po" "$template" 2>/dev/null |
		msgattrib --no-obsolete | grep -c '^msgid "')
	done=$(msgmerge -q --no-fuzzy-matching "$po" "$template" 2>/dev/null |
		msgattrib --no-obsolete --translated | grep -c '^msgid "')
	[ $((done * 100)) -ge $((all * 90)) ]
	ok "$po: $done of $all messages are translated, at least 90 of 100"
done
done_testing
