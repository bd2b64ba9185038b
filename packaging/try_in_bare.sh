#!/bin/bash
# Installs, uses, upgrades, removes and purges the packages on this machine, which must be one that may be spoilt: run it by
#   ../shared/tools/bare.sh "make package && packaging/try_in_bare.sh"
set -euo pipefail
cd "$(dirname "$0")/../build/packages"
say() { printf '\n=== %s\n' "$*"; }
must() { "$@" || { echo "failed: $*" >&2; exit 1; }; }
export DEBIAN_FRONTEND=noninteractive
server=$(ls "$PWD"/tocsin_*.deb) agent=$(ls "$PWD"/tocsin-agent_*.deb)

say "install"
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$server" "$agent" systemd man-db >/dev/null
must getent passwd tocsin
must test "$(stat -c '%U %a' /var/lib/tocsin)" = "tocsin 700"
must test "$(stat -c '%U %a' /etc/tocsin/first-keys.sh)" = "root 600"
say "the units, judged by systemd"
must systemd-analyze verify tocsin.service tocsin-agent.service
systemd-analyze security --offline=true tocsin.service | tail -1
say "manual pages and completions"
for page in tocsin tocsin-serve tocsin-init tocsin-agent; do must man -w "$page"; done
must bash -c 'source /usr/share/bash-completion/completions/tocsin; COMP_WORDS=(tocsin se) COMP_CWORD=1; _tocsin; test "${COMPREPLY[*]}" = serve'

serve() {  # as the unit starts it
  setpriv --reuid=tocsin --regid=tocsin --clear-groups tocsin serve --config /etc/tocsin/tocsin.yaml 2>/tmp/tocsin.log &
  server_pid=$!
  for _ in $(seq 100); do tocsin status --data /var/lib/tocsin >/dev/null 2>&1 && return; sleep 0.1; done
  cat /tmp/tocsin.log; exit 1
}
stop() { kill "$server_pid"; wait "$server_pid" || true; }

say "a server of the package answers"
serve
must tocsin status --data /var/lib/tocsin
must tocsin doctor --config /etc/tocsin/tocsin.yaml
stop
before=$(sha256sum /var/lib/tocsin/server.key)

say "an upgrade keeps the data and a changed configuration"
echo "# mine" >>/etc/tocsin/tocsin.yaml
newer=$(mktemp -d)
dpkg-deb -R "$server" "$newer/root"
sed -i 's/^Version: .*/&+next/' "$newer/root/DEBIAN/control"
dpkg-deb --root-owner-group --build "$newer/root" "$newer/tocsin.deb" >/dev/null
dpkg -i "$newer/tocsin.deb" >/dev/null
must test "$before" = "$(sha256sum /var/lib/tocsin/server.key)"
must grep -q "# mine" /etc/tocsin/tocsin.yaml
serve
stop

say "a removal and an unanswered purge keep the data"
dpkg --remove tocsin >/dev/null
must test -e /var/lib/tocsin/state.db
dpkg --purge tocsin
must test -e /var/lib/tocsin/state.db
must test ! -e /etc/tocsin
say "a purge that is answered yes removes them"
dpkg -i "$newer/tocsin.deb" >/dev/null
must test "$before" = "$(sha256sum /var/lib/tocsin/server.key)"
echo "tocsin tocsin/purge-data boolean true" | debconf-set-selections
dpkg --purge tocsin
must test ! -e /var/lib/tocsin
must test -z "$(getent passwd tocsin)"
dpkg --purge tocsin-agent
say "all well"
