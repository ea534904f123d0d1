#!/usr/bin/env bash
# Measures a server several times and gates the results. A run that says nothing (exit code 95: the load generator was late
# itself) is made again; a breach (99) never is, since a second try would only hide it.
#
#   BASE_URL=http://gpu:8000 MODEL=my-model examples/ci/measure-and-gate.sh
#
# The profile's settings (BASE_URL, MODEL, VUS, DURATION, SLA, API_KEY, ...) come from the environment, as do:
PROFILE=${PROFILE:-chat-50vu}
REPEATS=${REPEATS:-3}              # runs: how much they differ from each other is seen from several only
ATTEMPTS=${ATTEMPTS:-3}            # at each of them
OUT=${OUT:-results/ci}             # emptied first
BASELINE=${BASELINE:-baseline}     # compared with where it is there
SAVE_BASELINE=${SAVE_BASELINE:-}   # folder that results which hold are kept in, for the next time
PPL_FLAGS=${PPL_FLAGS:-}           # measures quality too: --model <dir> --text <file>
GATE_FLAGS=${GATE_FLAGS:-}         # such as: --tolerance ttft.p95=10% --level 8
TRADEOFF=${TRADEOFF:-npx tradeoff}

set -uo pipefail
# shellcheck disable=SC2206 # several flags in one variable
ppl=($PPL_FLAGS) flags=($GATE_FLAGS)
results=()
rm -rf "$OUT"

if ((${#ppl[@]} > 0)); then
  $TRADEOFF ppl "${ppl[@]}" --out "$OUT/quality" || exit
  results+=("$OUT/quality")
fi

for ((repeat = 1; repeat <= REPEATS; repeat++)); do
  for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
    run=$OUT/run-$repeat-attempt-$attempt
    $TRADEOFF run "$PROFILE" --out "$run"
    code=$?
    case $code in
      0 | 99) break ;;
      95) echo "run $repeat says nothing: attempt $attempt of $ATTEMPTS" >&2 ;;
      *) exit $code ;;
    esac
  done
  # Also one that says nothing to the last: the gate reports it, and ends with 95.
  results+=("$run")
done

flags+=(--junit "$OUT/gate.xml" --markdown "$OUT/gate.md")
if [[ -d $BASELINE ]]; then flags+=(--baseline "$BASELINE"); fi
if [[ -n $SAVE_BASELINE ]]; then flags+=(--save-baseline "$SAVE_BASELINE"); fi
$TRADEOFF gate "${results[@]}" "${flags[@]}"
