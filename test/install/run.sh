#!/usr/bin/env bash
# The installed tree as a consumer meets it: found by CMake, compiled against by clang++-19 and g++-12 with warnings as
# errors, and run against the installed program's local RDS.
#
#   run.sh SOURCE_FOLDER WORK_FOLDER
#
# A release build in SOURCE_FOLDER/build/release (or RDSTEADY_RELEASE_BUILD) is brought up to date and used; without one,
# an unoptimised build is made in WORK_FOLDER, because what is tested is the packaging.
set -euo pipefail
source=$1
work=$2
mkdir -p "$work"

say() { printf '== %s\n' "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

build=${RDSTEADY_RELEASE_BUILD:-$source/build/release}
if [[ ! -f $build/build.ninja ]]; then
  build=$work/build
  launcher=()
  if command -v ccache >/dev/null; then launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache); fi
  cmake -G Ninja -S "$source" -B "$build" -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 \
    -DRDSTEADY_BUILD_TESTS=OFF "${launcher[@]}" >"$work/configure.log" || { cat "$work/configure.log"; exit 1; }
fi
say "build in $build"
ninja -C "$build" -j 2 --quiet
prefix=$work/prefix
rm -rf "$prefix"
cmake --install "$build" --prefix "$prefix" >"$work/install.log"
sed "s|^|  |" "$work/install.log"

# Short, because sockets lie in it; root's databases belong to another user, who must be able to enter.
home=$(mktemp -d /tmp/rdsteady-install-XXXXXX)
chmod 755 "$home"
server=
finish() {
  if [[ -n $server ]]; then kill -TERM "$server" 2>/dev/null && wait "$server" || true; fi
  rm -rf "$home"
}
trap finish EXIT
export RDSTEADY_HOME=$home/home
"$prefix/bin/rdsteady" local start --foreground --simulate --json >"$home/endpoint.json" 2>"$home/server.log" &
server=$!
for _ in $(seq 600); do
  if grep -q '^}$' "$home/endpoint.json"; then break; fi
  kill -0 "$server" 2>/dev/null || { cat "$home/server.log"; fail "the local RDS did not start"; }
  sleep 0.1
done
field() { sed -n 's/.*"'"$1"'": "\([^"]*\)".*/\1/p' "$2"; }
endpoint=$(field url "$home/endpoint.json")
credentials=$(tr ',' '\n' <"$RDSTEADY_HOME/credentials.json")
AWS_ACCESS_KEY_ID=$(field AccessKeyId <(printf '%s' "$credentials"))
AWS_SECRET_ACCESS_KEY=$(field SecretAccessKey <(printf '%s' "$credentials"))
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION=us-east-1 AWS_ENDPOINT_URL=$endpoint DB_PASSWORD=long-enough-secret
[[ -n $endpoint && -n $AWS_ACCESS_KEY_ID ]] || fail "no endpoint or credentials"

expect() {  # STATUS PATTERN_OF_FIRST_LINE COMMAND...
  local status=0 out
  out=$("${@:3}" 2>"$home/stderr") || status=$?
  # shellcheck disable=SC2053  # a pattern on purpose
  [[ $status == "$1" && ${out%%$'\n'*} == $2 ]] || {
    cat "$home/stderr"
    fail "${*:3}: status $status, said '$out'; expected $1, '$2'"
  }
}

for compiler in clang++-19 g++-12; do
  say "examples with $compiler"
  examples=$work/examples-$compiler
  rm -rf "$examples"
  cmake -G Ninja -S "$source/examples/library" -B "$examples" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" >"$work/examples.log" || { cat "$work/examples.log"; exit 1; }
  ninja -C "$examples" -j 2 --quiet
  name=example-${compiler%%+*}
  expect 0 created "$examples/create_or_update" "$name" 20
  expect 0 unchanged "$examples/create_or_update" "$name" 20
  expect 0 updated "$examples/create_or_update" "$name" 30
  expect 0 unchanged "$examples/create_or_update" "$name" 30
  expect 3 refused "$examples/create_or_update" "$name" 25   # storage cannot shrink
  expect 0 "available; when the call was answered, the status was *" "$examples/with_availability" "$name" 3
  expect 4 "" "$examples/with_availability" nobody-"$name"
  cat >"$home/one.yaml" <<END
DBInstance:
  $name:
    Engine: postgres
    DBInstanceClass: db.m6g.large
    AllocatedStorage: 30
    MasterUsername: example
    MasterUserPassword: {env: DB_PASSWORD}
    BackupRetentionPeriod: 5
END
  expect 2 "~ DBInstance/$name: update" "$examples/plan_and_apply" "$home/one.yaml"
  expect 0 "~ DBInstance/$name: update" "$examples/plan_and_apply" "$home/one.yaml" --apply
  expect 0 "nothing to do: 1 resource is as stated" "$examples/plan_and_apply" "$home/one.yaml"
  printf 'DBInstance:\n  %s:\n    Nonsense: 1\n' "$name" >"$home/bad.yaml"
  expect 64 "" "$examples/plan_and_apply" "$home/bad.yaml"
done

say "only rdsteady's own names are visible in the library"
foreign=$(nm -DC --defined-only "$prefix"/lib*/librdsteady.so "$prefix"/lib/*/librdsteady.so 2>/dev/null | awk '$2 ~ /[TDBVW]/ {print $3}' | grep -v '^rdsteady::' || true)
[[ -z $foreign ]] || fail "foreign names: $foreign"
say "done"
