#!/bin/bash
# The screen in Chinese: two pictures, and no line is longer or shorter than
# the window, for a character of two columns must not move a border.
# UPDATE_GOLDEN=1 writes the pictures again.
. "$(dirname "$0")/../tap.sh"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
golden=$SRCDIR/tests/tui/golden
export LC_ALL=C.UTF-8

# screen SCENARIO SIZE KEYS OPTION...: the picture after the keys
screen()
{
	local scenario=$1 size=$2 keys=$3
	shift 3
	printf '%s\n:save-screen %s\n' "$keys" "$dir/screen" >"$dir/keys"
	rm -f "$dir/screen"
	"$RMAPSCOPE" "$scenario" --lang zh --size "$size" --keys "$dir/keys" "$@" \
		>"$dir/err" 2>&1 || note "$(cat "$dir/err")"
}

# borders SIZE: lines that end in a border, but not in the last column.
borders()
{
	while IFS= read -r line; do
		case $line in
		*[│┐┤┘]) [ "$(wc -L <<<"$line")" = "${1%x*}" ] || echo "$line" ;;
		*) [ "$(wc -L <<<"$line")" -le "${1%x*}" ] || echo "$line" ;;
		esac
	done <"$dir/screen"
}

# picture NAME SCENARIO SIZE KEYS OPTION...
picture()
{
	local name=$1
	shift
	screen "$@"
	[ -z "$UPDATE_GOLDEN" ] || cp "$dir/screen" "$golden/$name.txt"
	empty "$name" "$(diff "$dir/screen" "$golden/$name.txt")"
	empty "$name: the borders stand" "$(borders "$2")"
}

picture zh-fault-80x24 fork-cow 80x24 ':goto 9.36'
picture zh-question-ascii-120x40 who-maps-this-frame 120x40 \
	$':set questions on\n:goto 0\n] ]' --ascii

# Everywhere else: the borders alone.
for size in 40x12 80x24 133x35 200x60; do
	for keys in ':goto 9.36' '?' 'o' 'i' ':goto end' ':theme' 'e' \
		$':goto 12\nw' $':pane costs\nz' $':pane walk\nz'; do
		screen fork-cow "$size" "$keys"
		empty "$size after ${keys//$'\n'/ }: the borders stand" \
			"$(borders "$size")"
	done
done

# The key L, there and back.
screen fork-cow 80x24 $':goto 9.36\nL'
like "L: from Chinese to English" "$(cat "$dir/screen")" 'Address spaces'
unlike "L: nothing stays Chinese" "$(cat "$dir/screen")" '地址|解说|场|步'
screen fork-cow 80x24 $':goto 9.36\nL L'
like "L twice: Chinese again" "$(cat "$dir/screen")" '地址空间'

# The other commands.
like "list: titles" "$("$RMAPSCOPE" list --lang zh)" \
	'zero-page +零页：先读后写'
like "run: narration" "$("$RMAPSCOPE" run fork-cow --lang zh)" \
	'^== 第二幕：fork'
like "the environment chooses" \
	"$(LC_ALL= LANG=zh_CN.UTF-8 "$RMAPSCOPE" list)" '零页：先读后写'
unlike "C is English" "$(LC_ALL=C "$RMAPSCOPE" list)" '零页'
done_testing
