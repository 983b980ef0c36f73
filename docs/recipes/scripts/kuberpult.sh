#!/bin/sh
# Runs kuberpult on the remote, as whoever is named; and again, after a pause, while that may help.
#
#   kuberpult.sh train production --dry-run
#
# Exit codes 5 (somebody else was faster) and 6 (the remote does not answer) may be different in a moment. All others are
# final: what a rule refuses (3) it still refuses then.
#
#   KUBERPULT_REMOTE                               the manifest repository; must be set
#   KUBERPULT_AUTHOR_NAME, KUBERPULT_AUTHOR_EMAIL  who does it; must be set
#   KUBERPULT_TOKEN, KUBERPULT_USER                the password and the user for an https remote, if git has none
#   RETRY_ON                                       exit codes after which it is run again (5 6)
#   RETRY_TIMES                                    how often it is run at most (5)
#   RETRY_PAUSE                                    seconds before the second time, then twice as many each time (5)
set -eu

: "${KUBERPULT_REMOTE:?is not set: the URL of the manifest repository}"
: "${KUBERPULT_AUTHOR_NAME:?is not set: who does it}"
: "${KUBERPULT_AUTHOR_EMAIL:?is not set: the address of who does it}"
times=${RETRY_TIMES:-5}
pause=${RETRY_PAUSE:-5}

if [ -n "${KUBERPULT_TOKEN:-}" ]; then
    # Git asks this function when it needs a password. So the token is in no file and on no command line.
    count=${GIT_CONFIG_COUNT:-0}
    export KUBERPULT_TOKEN
    export KUBERPULT_USER="${KUBERPULT_USER:-kuberpult}"
    export GIT_CONFIG_COUNT="$((count + 1))"
    export "GIT_CONFIG_KEY_$count=credential.helper"
    # shellcheck disable=SC2016 # git's shell expands it
    export "GIT_CONFIG_VALUE_$count="'!f() { echo "username=$KUBERPULT_USER"; echo "password=$KUBERPULT_TOKEN"; }; f'
fi

while :; do
    code=0
    kuberpult --remote "$KUBERPULT_REMOTE" \
        --author-name "$KUBERPULT_AUTHOR_NAME" --author-email "$KUBERPULT_AUTHOR_EMAIL" "$@" || code=$?
    case " ${RETRY_ON:-5 6} " in
        *" $code "*) ;;
        *) exit "$code" ;;
    esac
    times=$((times - 1))
    [ "$times" -gt 0 ] || exit "$code"
    echo "exit code $code; once more in $pause seconds" >&2
    sleep "$pause"
    pause=$((pause * 2))
done
