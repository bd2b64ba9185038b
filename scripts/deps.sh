#!/bin/bash
# Installs what the build, the tests and the demo need on Debian 12, one apt call; does nothing when all is there.
# usage: deps.sh [build] [test] [demo] [package]    (the first three when none is named)
set -euo pipefail
build="g++ cmake ninja-build pkg-config ccache mold python3 python3-pip ca-certificates
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libssl-dev libfmt-dev libspdlog-dev libcbor-dev libyaml-cpp-dev
  libre2-dev libsimdjson-dev libcurl4-openssl-dev libexpat1-dev libcli11-dev libsqlite3-dev libzstd-dev libxxhash-dev zlib1g-dev libhowardhinnant-date-dev
  libsnappy-dev libnghttp2-dev libprotobuf-dev protobuf-compiler tzdata"
test="libgtest-dev libgmock-dev python3-venv python3-pip awscli zstd libnet-smpp-perl python3-aiosmtpd"
demo="postgresql-15 nginx-light iproute2 python3-venv python3-pip procps"
package="dpkg-dev help2man binutils"
wanted=""
for group in "${@:-build test demo}"; do for name in $group; do wanted+=" ${!name}"; done; done
missing=()
for package in $wanted; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
as_root=(); [ "$(id -u)" = 0 ] || as_root=(sudo)
echo "installing: ${missing[*]}" >&2
"${as_root[@]}" apt-get update -qq
# DEBIAN_FRONTEND also keeps postgresql from asking; its default cluster is not needed, ours is made by the demo.
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
