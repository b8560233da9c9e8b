# TAP for shell tests: source this, make checks, end with done_testing.
tap_count=0
tap_failed=0

# ok NAME, with the status of the last command as the result.
ok()
{
	local status=$? name=$1

	tap_count=$((tap_count + 1))
	if [ $status = 0 ]; then
		echo "ok $tap_count - $name"
	else
		echo "not ok $tap_count - $name"
		tap_failed=$((tap_failed + 1))
	fi
	return $status
}

# note TEXT: lines that explain a failure.
note()
{
	printf '%s\n' "$1" | head -n 20 | sed 's/^/#   /'
}

# empty NAME TEXT: TEXT lists what is wrong.
empty()
{
	[ -z "$2" ]
	ok "$1" || note "$2"
}

# is NAME GOT WANT
is()
{
	[ "$2" = "$3" ]
	ok "$1" || { note "got:  $2"; note "want: $3"; }
}

# like NAME TEXT PATTERN: TEXT contains the extended regular expression.
like()
{
	printf '%s\n' "$2" | grep -Eq -- "$3"
	ok "$1" || { note "got:  $2"; note "want: $3"; }
}

# unlike NAME TEXT PATTERN
unlike()
{
	! printf '%s\n' "$2" | grep -Eq -- "$3"
	ok "$1" || { note "got:  $2"; note "not:  $3"; }
}

skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

done_testing()
{
	echo "1..$tap_count"
	exit $((tap_failed > 0))
}
