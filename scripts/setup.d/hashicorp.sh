# shellcheck shell=bash
# Terraform and Packer: those on PATH when they will do, else pinned official releases in .muster/bin.
# Checksums: the SHA256SUMS files of releases.hashicorp.com.

readonly TERRAFORM_VERSION=1.11.4 PACKER_VERSION=1.12.0
declare -rA CHECKSUM=(
  [terraform_1.11.4_linux_amd64]=1ce994251c00281d6845f0f268637ba50c0005657eb3cf096b92f753b42ef4dc
  [terraform_1.11.4_linux_arm64]=a43d1d0da9b9bab214a8305a39db0e40869572594ccf50c416a7756499143633
  [packer_1.12.0_linux_amd64]=e859a76659570d1e29fa55396d5d908091bacacd4567c17770e616c4b58c9ace
  [packer_1.12.0_linux_arm64]=a9ea40e7757cd000836b650bd2ed825dc3af9a7d73f4e19119df4c1aa13d0fe6
)

# Write-only arguments, which keep secrets out of the state, came with 1.11.
terraform_fits() { [[ $(terraform version 2>/dev/null | head -n 1) =~ ^Terraform\ v1\.(1[1-9]|[2-9][0-9])\. ]]; }

plan_terraform() {
  terraform_fits || printf '.muster/bin/terraform (official release %s; on PATH: %s, wanted: 1.11 or newer, below 2)\n' \
    "$TERRAFORM_VERSION" "$(terraform version 2>/dev/null | head -n 1 | grep . || echo none)"
}

plan_packer() {
  command -v packer >/dev/null ||
    printf '.muster/bin/packer (official release %s; where that cannot be had, as root, the Debian package)\n' "$PACKER_VERSION"
}

do_terraform() { install_release terraform "$TERRAFORM_VERSION"; }

# Any Packer bakes for the local cloud; "make ami" asks for a current one itself.
do_packer() {
  install_release packer "$PACKER_VERSION" && return
  can_install && install_packages packer
}

install_release() {
  local tool=$1 version=$2 machine name sum
  machine=$(uname -m)
  case $machine in
  x86_64) machine=amd64 ;;
  aarch64) machine=arm64 ;;
  esac
  name="${tool}_${version}_linux_$machine"
  sum=${CHECKSUM[$name]:-}
  [[ -n $sum ]] || { printf 'No checksum is pinned for %s.\n' "$name" && return 1; }
  mkdir -p "$STATE/bin" && curl --fail --silent --show-error --location --connect-timeout 10 --max-time 300 \
    --output "$STATE/$name.zip" "https://releases.hashicorp.com/$tool/$version/$name.zip" || return 1
  printf '%s  %s\n' "$sum" "$STATE/$name.zip" | sha256sum --check --strict || { rm -f "$STATE/$name.zip" && return 1; }
  # Python unpacks it, so that no unzip is needed.
  python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract(sys.argv[2], sys.argv[3])' \
    "$STATE/$name.zip" "$tool" "$STATE/unpacked" || return 1
  chmod 755 "$STATE/unpacked/$tool" && mv "$STATE/unpacked/$tool" "$STATE/bin/$tool" && rm -f "$STATE/$name.zip"
}

remedy_terraform() {
  printf 'Install Terraform 1.11 or newer yourself (https://developer.hashicorp.com/terraform/install) and put it on PATH, then run "make setup" again.\n'
}

remedy_packer() {
  printf 'Baking images needs Packer: install it yourself (https://developer.hashicorp.com/packer/install) and put it on PATH. Everything else works without.\n'
}
