#!/bin/sh
# Holds an environment still while it is tested; if the tests pass, a release train takes what was tested further.
#
#   lock-test-train-unlock.sh ENVIRONMENT TARGET COMMAND [ARGUMENT...]
#
# ENVIRONMENT is locked while the command runs, and unlocked in any case: after a failure, and after a signal. The train goes
# to TARGET and takes the versions that were there when the tests began. Without success of the tests there is no train, and
# the exit code is theirs. The report is in the directory that TRAIN_DIR names (train): report.md and report.json.
#
#   LOCK_KIND       env; or group, and ENVIRONMENT is an environment group (env)
#   LOCK_ID         the lock's id, always the same one: the next run takes over what a killed one left (system-tests)
#   LOCK_MESSAGE    why, for people (system tests are running)
#   LOCK_LIFETIME   how long it is meant to stay, for people (2h)
#   LOCK_LINK       the address of this job, for people
#
# And what kuberpult.sh reads.
set -eu

if [ "$#" -lt 3 ]; then
    echo "usage: lock-test-train-unlock.sh ENVIRONMENT TARGET COMMAND [ARGUMENT...]" >&2
    exit 2
fi
here=$(dirname "$0")
dir=${TRAIN_DIR:-train}
kind=${LOCK_KIND:-env}
id=${LOCK_ID:-system-tests}
environment=$1
target=$2
shift 2

tests=
end() {
    code=$?
    trap '' HUP INT TERM
    trap - EXIT
    # Tests that are still running have no say any more.
    [ -z "$tests" ] || kill "$tests" 2>/dev/null || :
    sh "$here/unlock.sh" "$environment" || code=1
    exit "$code"
}
# Before there is a lock: it may be set although nobody hears of it.
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -p "$dir"
rm -f "$dir/report.md" "$dir/report.json"

locked=$(sh "$here/kuberpult.sh" lock "$kind" "$environment" --id "$id" \
    -m "${LOCK_MESSAGE:-system tests are running}" --lifetime "${LOCK_LIFETIME:-2h}" --ci-link "${LOCK_LINK:-}")
printf '%s\n' "$locked"
# The state that is tested is the one at the commit that set the lock.
tested=$(printf '%s\n' "$locked" | sed -n 's/^commit //p')
if [ -z "$tested" ]; then
    # The lock was there just so, second for second.
    tested=$(sh "$here/kuberpult.sh" -o json log --limit 1 | sed -n 's/^ *"commit": "\([0-9a-f]*\)".*/\1/p')
fi

# In the background, because a shell hears no signal while it waits for a command in the foreground.
code=0
"$@" &
tests=$!
wait "$tests" || code=$?
tests=
if [ "$code" -ne 0 ]; then
    echo "the tests failed with exit code $code: there is no train" >&2
    exit "$code"
fi

sh "$here/kuberpult.sh" -o json train "$target" --as-of "$tested" --markdown "$dir/report.md" >"$dir/report.json"
cat "$dir/report.md"
