#!/bin/bash
# build_packages.sh PROGRAMS OUT: the Debian packages of the programs that lie in PROGRAMS (build/release), and the bill of materials, into OUT. Same commit, same bytes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(dirname "$here") programs=$(realpath "$1") out=$(realpath -m "$2")
version=$(sed -n 's/^project(tocsin VERSION \([0-9.]*\).*/\1/p' "$project/CMakeLists.txt")
architecture=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$project" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8 TZ=UTC
umask 022
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$out"

shared_libraries() {  # the Depends of a program, from the symbols that it uses
  mkdir -p "$scratch/depends/debian"
  printf 'Source: tocsin\n\nPackage: tocsin\nArchitecture: any\n' >"$scratch/depends/debian/control"
  (cd "$scratch/depends" && dpkg-shlibdeps -O "$1" 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
}

package() {  # package NAME FOLDER: from the maintainer files of FOLDER
  local name=$1 files=$here/$2 root=$scratch/$1
  install -Dm755 "$programs/$name" "$root/usr/bin/$name"
  strip --strip-unneeded "$root/usr/bin/$name"
  install -Dm644 "$files/$name.service" "$root/usr/lib/systemd/system/$name.service"
  "$here/manual.sh" "$root/usr/bin/$name" "$root/usr/share/man/man1"
  install -d "$root/usr/share/bash-completion/completions" "$root/usr/share/zsh/vendor-completions" "$root/usr/share/fish/vendor_completions.d"
  python3 "$here/completion.py" "$root/usr/bin/$name" bash >"$root/usr/share/bash-completion/completions/$name"
  python3 "$here/completion.py" "$root/usr/bin/$name" zsh >"$root/usr/share/zsh/vendor-completions/_$name"
  python3 "$here/completion.py" "$root/usr/bin/$name" fish >"$root/usr/share/fish/vendor_completions.d/$name.fish"
  install -Dm644 "$project/LICENSE" "$root/usr/share/doc/$name/copyright"
  install -Dm644 "$project/NOTICE" "$root/usr/share/doc/$name/NOTICE"
  install -d "$root/DEBIAN"
  if [ -e "$files/$name.yaml" ]; then
    install -Dm644 "$files/$name.yaml" "$root/etc/$name/$name.yaml"
    echo "/etc/$name/$name.yaml" >"$root/DEBIAN/conffiles"
  fi
  for script in postinst prerm postrm; do install -m755 "$files/$script" "$root/DEBIAN/$script"; done
  [ ! -e "$files/templates" ] || install -m644 "$files/templates" "$root/DEBIAN/templates"
  sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@INSTALLED_KIB@/$(du -sk --exclude=DEBIAN "$root" | cut -f1)/" \
    -e "s/@SHARED_LIBRARIES@/$(shared_libraries "$root/usr/bin/$name")/" "$files/control.in" >"$root/DEBIAN/control"
  (cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\n' | sort | xargs md5sum >DEBIAN/md5sums)
  find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zxz --build "$root" "$out/${name}_${version}_$architecture.deb" >&2
}

package tocsin server
package tocsin-agent agent
python3 "$here/sbom.py" "$version" "$programs/tocsin" "$programs/tocsin-agent" >"$out/tocsin_$version.cdx.json"
ls -l "$out" >&2
