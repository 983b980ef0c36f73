#!/bin/sh
# Removes the lock of lock-test-train-unlock.sh, if it is there.
#
#   unlock.sh ENVIRONMENT
#
# For the part of a job that runs whatever has happened, in case the script that set the lock was killed. What was queued
# behind the lock is deployed. It reads LOCK_KIND and LOCK_ID, and what kuberpult.sh reads.
set -eu

if [ "$#" -ne 1 ]; then
    echo "usage: unlock.sh ENVIRONMENT" >&2
    exit 2
fi
code=0
said=$(sh "$(dirname "$0")/kuberpult.sh" -o json unlock "${LOCK_KIND:-env}" "$1" "${LOCK_ID:-system-tests}" 2>&1) || code=$?
case "$code $said" in
    "3 "*'LOCK_NOT_FOUND"'*) echo "there is no lock on $1 any more" ;;
    "0 "*) echo "the lock on $1 is gone" ;;
    *)
        printf '%s\n' "$said" >&2
        echo "the lock on $1 may still be there" >&2
        exit "$code"
        ;;
esac
