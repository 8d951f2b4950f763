# shellcheck shell=bash
# Debian packages. Only root installs them; the names go to .muster/installed-packages first, so that
# `make clean` removes exactly these.

# command that the project calls : package that has it. Packages without a command of their own are checked by file.
readonly PACKAGE_OF=(
  systemd-nspawn:systemd-container   # machines of the local cloud
  debootstrap:debootstrap            # their base system
  ip:iproute2
  nft:nftables
  ssh:openssh-client                 # Packer's way into a machine that is baked
  curl:curl
  ps:procps
  podman:podman                      # builds the container image of GitHub's runner
  skopeo:skopeo                      # carries it to a registry and back
  docker-registry:docker-registry    # data plane of the local ECR
  shellcheck:shellcheck              # make check
  /usr/share/keyrings/debian-archive-keyring.gpg:debian-archive-keyring
  /etc/ssl/certs/ca-certificates.crt:ca-certificates
)

has() {
  case $1 in
  /*) [[ -e $1 ]] ;;
  *) command -v "$1" >/dev/null || [[ -x /usr/sbin/$1 || -x /sbin/$1 ]] ;;
  esac
}

missing_packages() {
  local pair
  for pair in "${PACKAGE_OF[@]}"; do
    has "${pair%%:*}" || printf '%s\n' "${pair##*:}"
  done
  [[ -x $STATE/venv/bin/python ]] || python3 -c 'import ensurepip' 2>/dev/null || printf 'python3-venv\n'
}

can_install() { ((EUID == 0)) && command -v apt-get >/dev/null; }

plan_packages() {
  local missing
  missing=$(missing_packages | paste -sd ' ')
  [[ -n $missing ]] || return 0
  if can_install; then
    printf 'Debian packages, with what they depend on: %s\n' "$missing"
  else
    printf 'Note: not root, or no apt-get, so these Debian packages stay missing and tests that need them are skipped: %s\n' "$missing" >&2
  fi
}

# Names that `apt-get install` would add, dependencies included; upgrades ("Inst name [old] …") are not ours to remove.
would_add() { apt-get install --simulate --no-install-recommends "$@" | awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }'; }

install_packages() {
  local list="$STATE/installed-packages"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 update
  { cat "$list" 2>/dev/null || true; would_add "$@"; } | sort -u >"$list.new"
  mv "$list.new" "$list"
  apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "$@"
}

do_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  install_packages "${missing[@]}"
}

remedy_packages() { printf 'Check the network and the package sources (/etc/apt), then run "make setup" again.\n'; }
