#!/bin/bash
# manual.sh PROGRAM DIR: a manual page of the program and one of each of its commands, made of what --help prints.
set -euo pipefail
program=$1 directory=$2 name=$(basename "$1")
mkdir -p "$directory"
source=$("$program" --version | awk '{print $NF}')
page() {  # page NAME SUMMARY COMMAND…: the manual page of one --help
  local page=$1 summary=$2
  shift 2
  printf '#!/bin/sh\n[ "$1" = --version ] && exec "%s" --version\nexec "%s" %s --help\n' "$program" "$program" "$*" >"$directory/$page.help"
  chmod +x "$directory/$page.help"
  help2man --no-info --section=1 --source="Tocsin $source" --name="$summary" --output="$directory/$page.1" "$directory/$page.help"
  # help2man names the page after the file that it ran
  sed -i -E "s/${page}\.HELP/${page^^}/g; s/${page}\.help/${page}/g; s/${page^^}\.HELP/${page^^}/g" "$directory/$page.1"
  rm "$directory/$page.help"
  gzip -9 -n -f "$directory/$page.1"
}
page "$name" "$("$program" --help | head -1 | sed 's/\.$//')"
"$program" --help | sed -n '/^Subcommands:/,$p' | sed -n 's/^  \([a-z][a-z-]*\)  *\(.*\)/\1\t\2/p' |
  while IFS=$'\t' read -r command summary; do page "$name-$command" "$summary" "$command"; done
