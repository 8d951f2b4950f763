# shellcheck shell=bash
# The Python side (the local cloud's AWS and its linter) in a virtual environment of the project.

shopt -s nullglob
REQUIREMENTS=(local/aws/requirements*.txt scripts/setup.d/requirements-check.txt)
shopt -u nullglob

# What the environment was built for: requirements and the Python they were built for.
python_stamp() { { cat "${REQUIREMENTS[@]}" && python3 --version; } | sha256sum | cut -d ' ' -f 1; }

plan_python() {
  [[ $(python_stamp) == "$(cat "$STATE/venv/muster-stamp" 2>/dev/null)" ]] ||
    printf 'directory .muster/venv (Python packages of %s)\n' "${REQUIREMENTS[0]}"
}

do_python() {
  "$STATE/venv/bin/python" -m pip --version || { rm -rf "$STATE/venv" && python3 -m venv "$STATE/venv"; }
  local file arguments=()
  for file in "${REQUIREMENTS[@]}"; do arguments+=(--requirement "$file"); done
  "$STATE/venv/bin/python" -m pip install --disable-pip-version-check "${arguments[@]}"
  python_stamp >"$STATE/venv/muster-stamp"
}

remedy_python() {
  printf 'If it says that ensurepip is missing: apt-get install python3-venv. Else check that pip reaches its index. Then run "make setup" again.\n'
}
