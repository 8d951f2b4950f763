/** Where each pinned project says what it has released. */
import {
  parseCaskVersion,
  parseGithubReleases,
  parseGitlabReleases,
  parseGoSums,
  parseGoVersions,
  parseHashicorpIndex,
  parseNodeIndex,
  parsePlainVersion,
  parseRunnerSums,
  parseRustSums,
  parseRustVersion,
  parseSums,
} from './parse-feeds';
import { bashPin, environmentPin, type PinFile, toAddress } from './pin-files';

const TOOLS = 'scripts/setup.d/hashicorp.sh';

export interface Source {
  name: string;
  /** Path of the file with the pin. */
  file: string;
  pin: PinFile;
  /** Where the bake gets it; absent: it is no matter of the bake. */
  address?: (text: string, version: string, architecture: string) => string;
  versions: { address: string; parse: (text: string) => string[] };
  /** Published checksums of a version; absent: none are, and the download itself is summed. */
  sums?: (
    version: string,
    architecture: string,
  ) => { address: string; parse: (text: string) => Map<string, string>; file: string };
}

const ofBake = (name: string): Pick<Source, 'name' | 'file' | 'pin' | 'address'> => ({
  name,
  file: 'provision/pins.env',
  pin: environmentPin(name),
  address: (text, version, arch) => toAddress(text, name, version, arch),
});

/** Nobody publishes the sums of these beside them: what was downloaded once has to come again. */
const unpublished: Source[] = [
  {
    ...ofBake('CIRCLECI_RUNNER'),
    versions: {
      address:
        'https://raw.githubusercontent.com/CircleCI-Public/homebrew-circleci/main/Casks/circleci-runner.rb',
      parse: parseCaskVersion,
    },
  },
  {
    ...ofBake('SSM_AGENT'),
    versions: {
      address: 'https://s3.amazonaws.com/ec2-downloads-windows/SSMAgent/latest/VERSION',
      parse: parsePlainVersion,
    },
  },
  {
    ...ofBake('ECS_INIT'),
    versions: {
      address: 'https://api.github.com/repos/aws/amazon-ecs-agent/releases?per_page=30',
      parse: (text) => parseGithubReleases(text).map(({ version }) => version),
    },
  },
];

const GO_FEED = 'https://go.dev/dl/?mode=json';

const published: Source[] = [
  {
    ...ofBake('GITLAB_RUNNER'),
    versions: {
      address: 'https://gitlab.com/api/v4/projects/gitlab-org%2Fgitlab-runner/releases?per_page=100',
      parse: parseGitlabReleases,
    },
    sums: (version, arch) => ({
      address: `https://gitlab-runner-downloads.s3.amazonaws.com/v${version}/release.sha256`,
      parse: parseSums,
      file: `deb/gitlab-runner_${arch}.deb`,
    }),
  },
  {
    ...ofBake('NODE'),
    versions: { address: 'https://nodejs.org/dist/index.json', parse: parseNodeIndex },
    sums: (version, arch) => ({
      address: `https://nodejs.org/dist/v${version}/SHASUMS256.txt`,
      parse: parseSums,
      file: `node-v${version}-linux-${arch}.tar.xz`,
    }),
  },
  {
    ...ofBake('GO'),
    versions: { address: GO_FEED, parse: parseGoVersions },
    sums: (version, arch) => ({
      // Every release, for the pinned one may be of a line that is supported no more.
      address: `${GO_FEED}&include=all`,
      parse: parseGoSums,
      file: `go${version}.linux-${arch}.tar.gz`,
    }),
  },
  {
    ...ofBake('RUST'),
    versions: {
      address: 'https://static.rust-lang.org/dist/channel-rust-stable.toml',
      parse: parseRustVersion,
    },
    sums: (version, arch) => ({
      address: `https://static.rust-lang.org/dist/channel-rust-${version}.toml`,
      parse: parseRustSums,
      file: `rust-${version}-${arch}-unknown-linux-gnu.tar.gz`,
    }),
  },
];

/** Releases of GitHub's runner, the newest first. */
export const RUNNER_RELEASES = 'https://api.github.com/repos/actions/runner/releases';

const githubRunner: Source = {
  ...ofBake('ACTIONS_RUNNER'),
  versions: {
    address: `${RUNNER_RELEASES}?per_page=30`,
    parse: (text) => parseGithubReleases(text).map(({ version }) => version),
  },
  sums: (version, arch) => ({
    address: `${RUNNER_RELEASES}/tags/v${version}`,
    parse: parseRunnerSums,
    file: `linux-${arch}`,
  }),
};

const hashicorp = ['terraform', 'packer'].map(
  (tool): Source => ({
    name: tool.toUpperCase(),
    file: TOOLS,
    pin: bashPin(tool),
    versions: { address: `https://releases.hashicorp.com/${tool}/index.json`, parse: parseHashicorpIndex },
    sums: (version, arch) => ({
      address: `https://releases.hashicorp.com/${tool}/${version}/${tool}_${version}_SHA256SUMS`,
      parse: parseSums,
      file: `${tool}_${version}_linux_${arch}.zip`,
    }),
  }),
);

const nomad: Source = {
  ...ofBake('NOMAD'),
  versions: { address: 'https://releases.hashicorp.com/nomad/index.json', parse: parseHashicorpIndex },
  sums: (version, arch) => ({
    address: `https://releases.hashicorp.com/nomad/${version}/nomad_${version}_SHA256SUMS`,
    parse: parseSums,
    file: `nomad_${version}_linux_${arch}.zip`,
  }),
};

export const SOURCES: readonly Source[] = [...unpublished, ...published, nomad, githubRunner, ...hashicorp];
