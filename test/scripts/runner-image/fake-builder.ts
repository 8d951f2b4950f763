/** Instead of Docker or Podman: a program of that name that keeps what it was asked, and does as told. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryDirectory } from '../temporary-file';

interface Behaviour {
  program?: 'docker' | 'podman';
  /** Bash that runs instead of `info`, `build`, `login`, `push`, `image`; $reference is the last argument. */
  info?: string;
  build?: string;
  login?: string;
  push?: string;
}

export interface Builder {
  /** To put before others on PATH. */
  directory: string;
  /** What was asked, each with its arguments, and what came on standard input of `login`. */
  calls: () => { words: string[]; input: string; environment: string }[];
}

/** Bash that puts an image of that tag into the local ECR, as a push does; each has a digest of its own. */
export const STORE = `
  name=\${reference#*/} manifest='{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"digest":"'$RANDOM$RANDOM$RANDOM'"},"layers":[]}'
  jq --null-input --compact-output --arg repository "\${name%:*}" --arg tag "\${name##*:}" --arg manifest "$manifest" \\
    '{repositoryName: $repository, imageTag: $tag, imageManifest: $manifest}' |
    curl --silent --show-error --fail-with-body --aws-sigv4 aws:amz:eu-central-1:ecr --user operator:operator --data @- \\
      --header 'content-type: application/x-amz-json-1.1' \\
      --header 'x-amz-target: AmazonEC2ContainerRegistry_V20150921.PutImage' "$AWS_ENDPOINT_URL" >/dev/null`;

const PERFECT: Required<Behaviour> = {
  program: 'docker',
  info: 'echo 28.0.1 x86_64',
  build: 'true',
  login: 'true',
  push: STORE,
};

export function makeBuilder(behaviour: Behaviour = {}): Builder {
  const { program, info, build, login, push } = { ...PERFECT, ...behaviour };
  const directory = makeTemporaryDirectory();
  const file = join(directory, program);
  const kept = join(directory, 'calls');
  writeFileSync(
    file,
    `#!/usr/bin/env bash
set -o errexit -o nounset -o pipefail
input=
[[ $1 != login ]] || input=$(cat)
jq --null-input --compact-output --arg input "$input" --arg environment "$(env)" \\
  '{words: $ARGS.positional, $input, $environment}' --args -- "$@" >>${kept}
reference=\${!#}
case $1 in
info) ${info} ;;
build) ${build} ;;
login) ${login} ;;
push) ${push} ;;
context) echo unix:///var/run/docker.sock ;;
image) ;;
*) echo "unknown: $*" >&2 && exit 1 ;;
esac
`,
  );
  chmodSync(file, 0o755);
  const calls = () =>
    existsSync(kept)
      ? readFileSync(kept, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
  return { directory, calls };
}
