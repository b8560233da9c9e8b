#!/bin/bash
# What mmap-and-merge says is what the machine tells: the cases in its order, by
# the names of each kernel.
. "$(dirname "$0")/cli.sh"

# The names that merges are told by in kernel $1, each once, in order.
told()
{
	run run --json --events -e "$1" scripts/mmap-and-merge.lua
	printf '%s\n' "$out" | sed -n \
		's/.*"kind":"note".*"text":"the range at .* joins vma[0-9]*: \(.*\)"}/\1/p' |
		awk '!seen[$0]++'
}

cases=$(for i in 1 2 3 4 5 6 7 8; do echo "case $i"; done)
six='merge left and right
merge left
merge right
merge_right, middle shrinks
merge_left, middle shrinks
merge_both
merge_left, middle deleted
merge_right, middle deleted'
is 'the eight cases of 2.6.11' "$(told 2.6.11)" "$cases"
is 'the eight cases of 4.0' "$(told 4.0)" "$cases"
is 'the names of 6.18' "$(told 6.18)" "$six"

# And the pane says so.
run export scripts/mmap-and-merge.lua -e 4.0 --at 8 --pane change -f text
like 'the pane names case 4' "$out" 'vma_merge, case 4: into vma'
run export scripts/fault-tree.lua -e 6.18 --at 6 --pane fault -f text
like 'the pane shows the copy' "$out" 'no .count 2.: copied'
done_testing
