#!/usr/bin/env bash
# A bare Debian: what debootstrap makes, what the README names (python3, make, g++) and what brought the clone here (git,
# ca-certificates). Runs a command in a fresh clone of this repository there.
#     tests/bare/debian.sh ROOT [--as-nobody] [--same-clone] COMMAND
# As root. ROOT is made if need be, and kept: about 90 s, 0.6 GB.
# SUITE names the release, bookworm (12) by default. The network, the certificates and the package index are the host's.
set -euo pipefail
here=$(realpath "$(dirname "$0")/../..")
root=$1; shift
user=root clone=new
if [ "$1" = --as-nobody ]; then user=nobody; shift; fi
if [ "$1" = --same-clone ]; then clone=same; shift; fi
suite=${SUITE:-bookworm}
if [ ! -e "$root/.made" ]; then
  archive=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -oE 'https?://[^ ]+/debian/?$|https?://[^ ]+/debian/? ' | head -n 1 | tr -d ' ' || true)
  debootstrap --variant=minbase --include=python3,make,g++,git,ca-certificates "$suite" "$root" \
    "${archive:-http://deb.debian.org/debian}" >"$root.log" 2>&1 || { tail -n 5 "$root.log" >&2; exit 1; }
  touch "$root/.made"
fi
for file in /etc/pip.conf /etc/resolv.conf /etc/hosts ${PIP_CERT:-} ${SSL_CERT_FILE:-}; do
  if [ -e "$file" ]; then mkdir -p "$root$(dirname "$file")"; cp -L "$file" "$root$file"; fi
done
cp -rL --remove-destination /etc/ssl/certs "$root/etc/ssl/"
if [ $clone = new ]; then
  rm -rf "$root/srv/hel-fpga"
  git clone --quiet --no-hardlinks "$here" "$root/srv/hel-fpga"
fi
chroot "$root" chown -R "$user" /srv/hel-fpga
# Mounts of a name space of its own: they go with it, however it ends.
exec unshare --mount --propagation private bash -c '
  mount --rbind /proc "$1/proc" && mount --rbind /dev "$1/dev"
  exec chroot --userspec="$2" "$1" env -u PIP_FIND_LINKS HOME=/srv PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c "cd /srv/hel-fpga && $3"
' - "$root" "$user" "$*"
