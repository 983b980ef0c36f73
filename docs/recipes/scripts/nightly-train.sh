#!/bin/sh
# A release train in two steps: what it would do is written down, and then just that is done, or nothing.
#
#   nightly-train.sh TARGET [OPTION...]          both steps; when the plan is outdated by then, both once more
#   nightly-train.sh --plan TARGET [OPTION...]   the first step: the prognosis, for somebody to approve
#   nightly-train.sh --apply TARGET [OPTION...]  the second step; when the plan is outdated, a new prognosis and exit code 5
#
# The options are those of `kuberpult train`. The files are in the directory that TRAIN_DIR names (train): plan.json,
# prognosis.md and prognosis.json of the first step, report.md and report.json of the second.
#
#   TRAIN_ATTEMPTS   how many plans are made at most (3)
#
# And what kuberpult.sh reads.
set -eu

here=$(dirname "$0")
dir=${TRAIN_DIR:-train}
attempts=${TRAIN_ATTEMPTS:-3}

# Files of an earlier run must not be taken for this one's.
plan() {
    mkdir -p "$dir"
    rm -f "$dir/plan.json" "$dir/prognosis.md" "$dir/prognosis.json" "$dir/report.md" "$dir/report.json"
    sh "$here/kuberpult.sh" -o json train "$@" --save-plan "$dir/plan.json" --markdown "$dir/prognosis.md" \
        >"$dir/prognosis.json"
    cat "$dir/prognosis.md"
}

# Exit code 5 is final here: a plan that is outdated does not become right again.
apply() {
    RETRY_ON=6 sh "$here/kuberpult.sh" apply -f "$dir/plan.json" --markdown "$dir/report.md" >"$dir/report.json"
}

step=${1:-}
case $step in
    --plan | --apply) shift ;;
esac
if [ "$#" -eq 0 ]; then
    echo "usage: nightly-train.sh [--plan|--apply] TARGET [OPTION...]" >&2
    exit 2
fi

case $step in
    --plan)
        plan "$@"
        exit 0
        ;;
    --apply) attempts=1 ;;
    *) plan "$@" ;;
esac
while :; do
    code=0
    apply || code=$?
    case $code in
        0)
            cat "$dir/report.md"
            exit 0
            ;;
        5) echo "the plan is outdated and nothing was done; this is what the train would do now:" >&2 ;;
        *) exit "$code" ;;
    esac
    plan "$@"
    attempts=$((attempts - 1))
    [ "$attempts" -gt 0 ] || exit 5
done
