#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# If anything goes wrong in a test, the test and the whole run fail.
# host
# source
# long
. "$(dirname "$0")/../lib.sh"

# of NAME STATUS SCRIPT: a test made of SCRIPT returns STATUS
of()
{
	printf '#!/bin/bash\n. "%s/selftests/lib.sh"\n%s\n' "$PWD" "$3" > "$tmp/test.sh"
	bash "$tmp/test.sh" > "$tmp/out" 2>&1
	is "$1" $? "$2"
}

of "all well" 0 'check a true; is b 1 1; check_fails c text sh -c "echo text; exit 1"'
check "plan" grep -qx 1..3 "$tmp/out"
of "check" 1 'check a false; check b true'
check "plan after a failure" grep -qx 1..2 "$tmp/out"
of "is" 1 'is a 1 2; ok b'
of "check_fails: no failure" 1 'check_fails a text echo text'
of "check_fails: other text" 1 'check_fails a text sh -c "echo other; exit 1"'
of "need" 1 'ok a; need false; ok b'
check "nothing after it" sh -c "! grep 'ok 2' '$tmp/out'"
of "an exit" 1 'ok a; exit 3'
of "no check at all" 1 ''
of "skip" 4 'skip "no drive"'
of "noise after the end" 1 'echo abc > $tmp/a; echo abcd > $tmp/b; same_audio s $tmp/a $tmp/b'
of "another sample" 1 'echo abc > $tmp/a; echo xbcd > $tmp/b; same_audio s $tmp/a $tmp/b'
of "a read that is short" 1 'echo abc > $tmp/a; printf abc > $tmp/b; same_audio s $tmp/a $tmp/b'
of "silence after the end" 0 'echo abc > $tmp/a; (echo abc; head -c 9 /dev/zero) > $tmp/b; same_audio s $tmp/a $tmp/b'
of "wait_for" 0 'wait_for 1 true; is a $? 0; wait_for 1 false; is b $? 1'
is "the same seed gives the same numbers" \
	"$(TAO_SEED=7 bash -c ". selftests/lib.sh; random 1 1000; ok \$random")" \
	"$(TAO_SEED=7 bash -c ". selftests/lib.sh; random 1 1000; ok \$random")"

# The runner, on a tree with three tests.
tree=$tmp/tree
mkdir -p "$tree/selftests/x" "$tree/selftests/lab" "$tree/build"
cp -r scripts packaging "$tree"
cp selftests/run selftests/lib.sh "$tree/selftests"
printf 'all modules tools selftests:\n' > "$tree/Makefile"
new_test()
{
	printf '#!/bin/bash\n# host\n# timeout: 2\n. "$(dirname "$0")/../lib.sh"\n%s\n' "$2" \
		> "$tree/selftests/x/$1.sh"
	chmod +x "$tree/selftests/x/$1.sh"
}
run()
{
	"$tree/selftests/run" x > "$tmp/out" 2>&1
	echo "$? $(tail -n 1 "$tmp/out")"
}
new_test a 'ok a'
new_test b 'skip "no drive"'
is "runner: passed and skipped" "$(run)" "0 1 passed, 0 failed, 1 skipped"
check "runner: why" grep "x/b # SKIP no drive" "$tmp/out"
new_test b 'not_ok "a reason"'
is "runner: failed" "$(run)" "1 1 passed, 1 failed"
check "runner: output of the failed test" grep "not ok 1 a reason" "$tmp/out"
new_test b 'ok b; sleep 60'
is "runner: time is up" "$(run)" "1 1 passed, 1 failed"
new_test b 'ok b'
is "runner: passed" "$(run)" "0 2 passed, 0 failed"
sed -i '2a # long' "$tree/selftests/x/b.sh"
is "runner: a long one is left out" "$(run)" "0 1 passed, 0 failed"
is "runner: but by LONG=1" "$(LONG=1 run)" "0 2 passed, 0 failed"
is "runner: and by its name" "$("$tree/selftests/run" x/b | tail -n 1)" "1 passed, 0 failed"
is "runner: by two names" "$("$tree/selftests/run" x/a x/b | tail -n 1)" "2 passed, 0 failed"
sed -i 's/^# long/# source/' "$tree/selftests/x/b.sh"
is "runner: the source without a kernel" "$(run)" "0 2 passed, 0 failed"
is "runner: but not on one" "$(KERNEL=$(cut -d . -f 1,2 <<< "$KVER") run)" "0 1 passed, 0 failed"
sed -i 's/^# source/# debian: 0/' "$tree/selftests/x/b.sh"
is "runner: for another Debian" "$(run)" "0 1 passed, 0 failed"
is "runner: no such kernel" "$(KERNEL=0.1 run)" "1 0 passed, 1 failed"
is "runner: no such test" "$("$tree/selftests/run" nosuch 2>&1 | head -n 1)" \
	"There is no test nosuch; there are:"

# With a lab, a failure may be a coincidence, so the runner tries again. This lab boots nothing.
cat > "$tree/selftests/lab/run" <<'END'
#!/bin/bash
until [ "$1" = -- ]; do shift; done
shift
"$@"
END
chmod +x "$tree/selftests/lab/run"
lab_test()
{
	new_test a "$1"
	sed -i '/^# host/d' "$tree/selftests/x/a.sh"
	rm -f "$tmp/tried"
}
first_try='echo "$SEED" >> '$tmp/tried'; [ "$(wc -l < '$tmp/tried')" -eq 1 ]'
rm "$tree/selftests/x/b.sh"
new_test b 'ok b'
lab_test "if $first_try; then not_ok chance; fi; ok a"
is "runner: a second try that passes is counted" "$(RETRY=1 run)" \
	"0 2 passed, 0 failed, 1 at the second try"
check "runner: it is said when it happens, and why" sh -c \
	"grep -A 1 '^# x/a failed, exit status 1' '$tmp/out' | grep 'not ok 1 chance'"
check "runner: and in the end" grep -x "ok 2 x/a # .* s, seed .*, at the second try" "$tmp/out"
is "runner: with the same seed" "$(sort -u "$tmp/tried" | wc -l)" 1
check "runner: there is a list" grep -x "x/a, exit status 1, seed $(head -n 1 "$tmp/tried")" \
	"$tree/build/results/retried"
check "runner: and the first try's output" grep 'not ok 1 chance' "$tree/build/results/x/a.log.first"
lab_test "if $first_try; then not_ok chance; fi; not_ok a"
is "runner: a second try that fails" "$(RETRY=1 run)" "1 1 passed, 1 failed"
is "runner: there is no third" "$(wc -l < "$tmp/tried")" 2
lab_test "if $first_try; then echo 'lab: the kernel reported an error:'; echo 'lab: | [ 1.0] WARNING: CPU: 0'; exit 125; fi; ok a"
is "runner: none after a report of the kernel" "$(RETRY=1 run)" "1 1 passed, 1 failed"
lab_test "if $first_try; then not_ok chance; fi; ok a"
is "runner: none where tests are named" "$(RETRY= run)" "1 1 passed, 1 failed"
lab_test "if $first_try; then not_ok chance; fi; ok a"
is "runner: none on a debug kernel" "$(DEBUG=debug LONG=1 RETRY= run)" "1 0 passed, 1 failed"
lab_test 'ok a'
new_test b "if $first_try; then not_ok chance; fi; ok a"
is "runner: none on the host" "$(RETRY=1 run)" "1 1 passed, 1 failed"
