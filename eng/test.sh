#!/usr/bin/env bash
# Builds everything and runs all tests; arguments go to dotnet test. The last line is "N passed, N failed".
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

# Where there is a Kafka home beside the repository, the integration tests run against it as well.
if [ -z "${REARM_TEST_KAFKA_HOME+set}" ] && [ -x ../shared/kafka/run-broker ]; then
  REARM_TEST_KAFKA_HOME=$(cd ../shared/kafka && pwd)
fi
[ -z "${REARM_TEST_KAFKA_HOME:-}" ] || export REARM_TEST_KAFKA_HOME

summary() { echo "$1 passed, $2 failed"; [ "$1" -gt 0 ] && [ "$2" = 0 ]; }

eng/setup.sh --tests --quiet || { summary 0 1; exit 1; }
echo "test: building"
dotnet build Rearm.Streaming.sln -c Release -v quiet -nologo > artifacts/logs/build.log 2>&1 || { cat artifacts/logs/build.log; summary 0 1; exit 1; }

# A test that hangs ends its project's run, which then counts as crashed.
log=artifacts/logs/test.log
code=0
rm -rf artifacts/test-results
dotnet test Rearm.Streaming.sln -c Release --no-build --tl:off -v quiet -nologo \
  --logger 'console;verbosity=minimal' --results-directory artifacts/test-results \
  --blame-hang-timeout 5min --blame-hang-dump-type none "$@" 2>&1 |
  tee "$log" | { grep --line-buffered -vE '^(Test run for|A total of 1 test files|No test matches|Data collector|$)' || true; } || code=$?

# Each project ends with "Passed!  - Failed: 0, Passed: 12, ..."; one that crashed says so instead and counts as a failure.
count() { grep -oE "^(Passed|Failed|Skipped)! +- +Failed: +[0-9]+, Passed: +[0-9]+" "$log" | grep -oE "$1: +[0-9]+" | awk '{ n += $2 } END { print n + 0 }' || true; }
passed=$(count Passed)
failed=$(($(count Failed) + $(grep -c '^The active test run was aborted' "$log" || true)))
if [ "$failed" = 0 ] && { [ $code != 0 ] || [ "$passed" = 0 ]; }; then
  echo "test: $([ "$passed" = 0 ] && echo 'no test was run' || echo "dotnet test ended with $code")"
  failed=1
fi
summary "$passed" "$failed"
