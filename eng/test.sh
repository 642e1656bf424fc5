#!/usr/bin/env bash
# Builds everything and runs the tests. The last line is "N passed, N failed"; the one before says which servers they ran against.
#
#   eng/test.sh               all tests
#   eng/test.sh --unit        those that start no process (tests/*.UnitTests)
#   eng/test.sh --coverage    and measures which lines of src they run (artifacts/test-results/**/coverage.cobertura.xml)
#
# Other arguments go to dotnet test, e.g. --filter Category=Golden.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

# The longest first, so that the others run beside it.
kinds=(IntegrationTests UnitTests) coverage= arguments=()
for argument; do
  case $argument in
    --unit) kinds=(UnitTests) ;;
    --coverage) coverage=yes ;;
    --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) arguments+=("$argument") ;;
  esac
done

# Where there is a Kafka home beside the repository, the integration tests run against it.
if [ -z "${REARM_TEST_KAFKA_HOME+set}" ] && [ -x ../shared/kafka/run-broker ]; then
  REARM_TEST_KAFKA_HOME=$(cd ../shared/kafka && pwd)
fi
[ -z "${REARM_TEST_KAFKA_HOME:-}" ] || export REARM_TEST_KAFKA_HOME

summary() { echo "$1 passed, $2 failed"; [ "$1" -gt 0 ] && [ "$2" = 0 ]; }

eng/setup.sh --tests --quiet || { summary 0 1; exit 1; }
# Written after a good build; its time is when that build began. Even a build with nothing to do looks at every project, which takes its time.
stamp=artifacts/tests-built
if [ ! -e "$stamp" ] || [ "$(cat "$stamp")" != "${TorchPackage:-}" ] || [ ! -e artifacts/bin/IntegrationTests/release/Rearm.Streaming.IntegrationTests.dll ] ||
    [ -n "$(find src tests samples benchmarks eng/*.{targets,cs} Directory.* global.json .editorconfig ./*.sln -newer "$stamp" -print -quit)" ]; then
  echo "test: building"
  echo "${TorchPackage:-}" > "$stamp.new"
  dotnet build Rearm.Streaming.sln -c Release -v quiet -nologo > artifacts/logs/build.log 2>&1 || { cat artifacts/logs/build.log; summary 0 1; exit 1; }
  mv "$stamp.new" "$stamp"
  # The launcher's, for what it runs has been built along.
  cp -p "$stamp" artifacts/built
else
  echo "test: nothing has changed since the last build"
fi

results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
export REARM_TEST_FACTS=$PWD/$results/servers
touch "$REARM_TEST_FACTS"

assemblies=()
for kind in "${kinds[@]}"; do
  for project in tests/*"$kind"/*.csproj; do
    name=$(basename "$project" .csproj)
    assemblies+=("artifacts/bin/$name/release/Rearm.Streaming.$name.dll")
  done
done

if [ -n "$coverage" ]; then
  collector=$(dotnet msbuild tests/Contracts.UnitTests -getProperty:PkgCoverlet_Collector -p:Configuration=Release)
  arguments+=(--collect "XPlat Code Coverage" --test-adapter-path "$(ls -d "$collector"/build/net* | sort -V | tail -n 1)")
  # Outputs share files by hard links, and the collector rewrites assemblies where they lie: each test project needs its own.
  for file in artifacts/bin/*Tests/release/Rearm.Streaming.*.{dll,pdb}; do
    cp -p "$file" "$file.own" && mv "$file.own" "$file"
  done
fi

# Tests run once: code compiled to be watched and compiled again for it costs a fifth more processor time than it gives back.
export DOTNET_TieredPGO=0
# A test that hangs ends its project's run, which then counts as crashed.
log=artifacts/logs/test.log
code=0
dotnet test "${assemblies[@]}" --settings eng/test.runsettings --logger 'console;verbosity=minimal' --logger trx --results-directory "$results" \
  --blame-hang-timeout 5min --blame-hang-dump-type none ${arguments[@]+"${arguments[@]}"} 2>&1 |
  tee "$log" | { grep --line-buffered -vE '^(VSTest version|Starting test|A total of|Results File|No test matches|Data collector|Attachments:|  /.*(xml|trx)$|$)' || true; } || code=$?

# Lines of src that ran, over all files of all projects: a line counts once, however many projects ran it.
covered() {
  find "$results" -name coverage.cobertura.xml -exec awk '
    function value(name,   at) { at = index($0, name "=\""); return at ? substr($0, at + length(name) + 2, index(substr($0, at + length(name) + 2), "\"") - 1) : "" }
    /<source>/ { source = $0; gsub(/.*<source>|<\/source>.*/, "", source) }
    /<class / { file = source value("filename") }
    /<line / { line = file ":" value("number"); if (!(line in hits)) { hits[line] = 0; lines++ } if (value("hits") > 0 && !hits[line]) { hits[line] = 1; run++ } }
    END { if (lines) printf "coverage: %.1f %% of the lines of src (%d of %d), in the processes of the tests\n", 100 * run / lines, run, lines }' {} +
}
[ -z "$coverage" ] || covered

# What the servers told about themselves when they were started.
used() { awk -F '\t' -v kind="$1" '$1 == kind && !seen[$2]++ { printf "%s%s", (n++ ? ", " : ""), $2 }' "$REARM_TEST_FACTS"; }
[ ! -s "$REARM_TEST_FACTS" ] || echo "brokers: $(used Kafka); Redis: $(used Redis)"

# Each project ends with "Passed!  - Failed: 0, Passed: 12, ..."; one that crashed says so instead and counts as a failure.
count() { grep -oE "^(Passed|Failed|Skipped)! +- +Failed: +[0-9]+, Passed: +[0-9]+" "$log" | grep -oE "$1: +[0-9]+" | awk '{ n += $2 } END { print n + 0 }' || true; }
passed=$(count Passed)
failed=$(($(count Failed) + $(grep -c '^The active test run was aborted' "$log" || true)))
if [ "$failed" = 0 ] && { [ $code != 0 ] || [ "$passed" = 0 ]; }; then
  echo "test: $([ "$passed" = 0 ] && echo 'no test was run' || echo "dotnet test ended with $code")"
  failed=1
fi
summary "$passed" "$failed"
