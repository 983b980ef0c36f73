#!/bin/sh
# One of the jobs that the crontab names. It lies beside the other scripts. Reports are kept in a directory for each job.
#
#   job.sh train|test-and-train|settle
set -eu

here=$(cd "$(dirname "$0")" && pwd)
job=${1:-}

export KUBERPULT_REMOTE="${KUBERPULT_REMOTE:-ssh://git@git.example.com/shop/manifests.git}"
export KUBERPULT_AUTHOR_NAME="${KUBERPULT_AUTHOR_NAME:-Release train}"
export KUBERPULT_AUTHOR_EMAIL="${KUBERPULT_AUTHOR_EMAIL:-train@example.com}"
# Cron looks for programs in few places.
PATH=$PATH:/usr/local/bin:$HOME/.cargo/bin
reports=${KUBERPULT_REPORTS:-$HOME/kuberpult-reports}
export TRAIN_DIR="$reports/$job"

case $job in
    train) set -- sh "$here/nightly-train.sh" production ;;
    test-and-train)
        set -- sh "$here/lock-test-train-unlock.sh" staging production sh "$HOME/system-tests.sh"
        ;;
    settle) set -- sh "$here/kuberpult.sh" -q queue settle -e production --markdown "$TRAIN_DIR/settled.md" ;;
    *)
        echo "usage: job.sh train|test-and-train|settle" >&2
        exit 2
        ;;
esac
mkdir -p "$TRAIN_DIR"

# One of a kind at a time. The system takes this lock away when the last process of the job has ended, however it ends.
exec 9>"$TRAIN_DIR/running"
if ! flock -n 9; then
    echo "$job is still running" >&2
    exit 1
fi
exec "$@"
