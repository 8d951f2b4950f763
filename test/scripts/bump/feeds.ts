/** What the vendors publish, in excerpts, by address without the host's scheme. Versions are newer than those of PINS. */
import { createHash } from 'node:crypto';

export const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const hashicorp = (tool: string, ...versions: string[]): Record<string, string> => ({
  [`releases.hashicorp.com/${tool}/index.json`]: JSON.stringify({
    name: tool,
    versions: Object.fromEntries(versions.map((version) => [version, { name: tool, version, builds: [] }])),
  }),
  ...Object.fromEntries(
    versions.map((version) => [
      `releases.hashicorp.com/${tool}/${version}/${tool}_${version}_SHA256SUMS`,
      ['darwin_arm64', 'linux_amd64', 'linux_arm64']
        .map((os) => `${sumOf(`${tool} ${version} ${os}`)}  ${tool}_${version}_${os}.zip`)
        .join('\n'),
    ]),
  ),
});

const goFile = (version: string, os: string, arch: string) => ({
  filename: `go${version}.${os}-${arch}.tar.gz`,
  ...{ os, arch, version: `go${version}`, size: 1, kind: 'archive' },
  sha256: sumOf(`go ${version} ${arch}`),
});
const go = (...versions: string[]) =>
  JSON.stringify(
    versions.map((version) => ({
      version: `go${version}`,
      stable: !version.includes('rc'),
      files: [goFile(version, 'linux', 'amd64'), goFile(version, 'linux', 'arm64')],
    })),
  );

/** What is there to be downloaded; nobody looks inside. */
function downloads(...patterns: string[]): Record<string, string> {
  const addresses = patterns.flatMap((pattern) => {
    const [address = '', ...architectures] = pattern.split(' ');
    return architectures.map((arch) => address.replace('{}', arch));
  });
  return Object.fromEntries(addresses.map((address) => [address, 'an archive']));
}

export const FEEDS: Readonly<Record<string, string>> = {
  'raw.githubusercontent.com/CircleCI-Public/homebrew-circleci/main/Casks/circleci-runner.rb':
    'cask "circleci-runner" do\n\n  version "3.1.13"\n  name "circleci-runner"\n  sha256 "#{intelSHA}"\nend\n',
  'circleci-binary-releases.s3.amazonaws.com/circleci-runner/3.1.13/circleci-runner_linux_amd64.tar.gz':
    'runner amd64',
  'circleci-binary-releases.s3.amazonaws.com/circleci-runner/3.1.13/circleci-runner_linux_arm64.tar.gz':
    'runner arm64',

  's3.amazonaws.com/ec2-downloads-windows/SSMAgent/latest/VERSION': '3.3.6000.0',
  's3.amazonaws.com/ec2-downloads-windows/SSMAgent/3.3.6000.0/debian_amd64/amazon-ssm-agent.deb': 'ssm amd64',
  's3.amazonaws.com/ec2-downloads-windows/SSMAgent/3.3.6000.0/debian_arm64/amazon-ssm-agent.deb': 'ssm arm64',

  'api.github.com/repos/aws/amazon-ecs-agent/releases?per_page=30': JSON.stringify([
    { tag_name: 'v1.109.0', draft: false, prerelease: false, published_at: '2026-11-18T10:00:00Z' },
    { tag_name: 'v1.108.2', draft: false, prerelease: false, published_at: '2026-10-28T10:00:00Z' },
  ]),
  's3.us-east-1.amazonaws.com/amazon-ecs-agent-us-east-1/amazon-ecs-init-1.109.0-1.amd64.deb': 'ecs amd64',
  's3.us-east-1.amazonaws.com/amazon-ecs-agent-us-east-1/amazon-ecs-init-1.109.0-1.arm64.deb': 'ecs arm64',

  'gitlab.com/api/v4/projects/gitlab-org%2Fgitlab-runner/releases?per_page=100': JSON.stringify([
    { tag_name: 'v20.0.0' },
    { tag_name: 'v19.2.0-rc1' },
    { tag_name: 'v19.1.3' },
    { tag_name: 'v19.0.1' },
    { tag_name: 'v18.9.9' },
  ]),
  'gitlab-runner-downloads.s3.amazonaws.com/v19.1.3/release.sha256': [
    `${sumOf('binary')} *binaries/gitlab-runner-linux-amd64`,
    `${sumOf('gitlab amd64')} *deb/gitlab-runner_amd64.deb`,
    `${sumOf('gitlab arm64')} *deb/gitlab-runner_arm64.deb`,
  ].join('\n'),

  'nodejs.org/dist/index.json': JSON.stringify([
    { version: 'v26.1.0', date: '2026-11-01', lts: false },
    { version: 'v24.16.0', date: '2026-11-10', lts: 'Krypton' },
    { version: 'v24.15.0', date: '2026-10-10', lts: 'Krypton' },
    { version: 'v22.30.0', date: '2026-11-11', lts: 'Jod' },
  ]),
  'nodejs.org/dist/v24.16.0/SHASUMS256.txt': [
    `${sumOf('node arm64')}  node-v24.16.0-linux-arm64.tar.xz`,
    `${sumOf('node gz')}  node-v24.16.0-linux-x64.tar.gz`,
    `${sumOf('node x64')}  node-v24.16.0-linux-x64.tar.xz`,
  ].join('\n'),

  'go.dev/dl/?mode=json': go('1.27.1', '1.26.8', '1.28rc1'),
  'go.dev/dl/?mode=json&include=all': go('1.28rc1', '1.27.1', '1.26.8', '1.25.0'),

  'static.rust-lang.org/dist/channel-rust-stable.toml':
    'manifest-version = "2"\ndate = "2026-11-12"\n[pkg.cargo]\nversion = "1.99.0 (0 2026)"\n[pkg.rust]\nversion = "1.99.0 (07dca489a 2026-11-10)"\n[pkg.rust.target.x86_64-unknown-linux-gnu]\navailable = true\n',
  'static.rust-lang.org/dist/channel-rust-1.99.0.toml': ['x86_64', 'aarch64']
    .map(
      (arch) =>
        `[pkg.rust.target.${arch}-unknown-linux-gnu]\navailable = true\nurl = "https://static.rust-lang.org/dist/2026-11-12/rust-1.99.0-${arch}-unknown-linux-gnu.tar.gz"\nhash = "${sumOf(`rust ${arch}`)}"\nxz_url = "https://static.rust-lang.org/dist/2026-11-12/rust-1.99.0-${arch}-unknown-linux-gnu.tar.xz"\nxz_hash = "${sumOf('xz')}"\n`,
    )
    .join('\n'),

  'api.github.com/repos/actions/runner/releases?per_page=30': JSON.stringify([
    { tag_name: 'v2.341.0', draft: false, prerelease: true, published_at: '2026-11-20T10:00:00Z' },
    { tag_name: 'v2.340.0', draft: false, prerelease: false, published_at: '2026-11-10T10:00:00Z' },
    { tag_name: 'v2.342.0', draft: true, prerelease: false, published_at: null },
    { tag_name: 'v2.338.0', draft: false, prerelease: false, published_at: '2026-10-06T10:00:00Z' },
  ]),
  'api.github.com/repos/actions/runner/releases/tags/v2.340.0': JSON.stringify({
    tag_name: 'v2.340.0',
    body: ['osx-x64', 'linux-x64', 'linux-arm64', 'linux-arm']
      .map(
        (platform) =>
          `- actions-runner-${platform}-2.340.0.tar.gz <!-- BEGIN SHA ${platform} -->${sumOf(`runner ${platform}`)}<!-- END SHA ${platform} -->`,
      )
      .join('\n'),
  }),

  ...downloads(
    'github.com/actions/runner/releases/download/v2.340.0/actions-runner-linux-{}-2.340.0.tar.gz x64 arm64',
    'releases.hashicorp.com/nomad/1.11.2/nomad_1.11.2_linux_{}.zip amd64 arm64',
    'gitlab-runner-downloads.s3.amazonaws.com/v19.1.3/deb/gitlab-runner_{}.deb amd64 arm64',
    'nodejs.org/dist/v24.16.0/node-v24.16.0-linux-{}.tar.xz x64 arm64',
    'go.dev/dl/go1.27.1.linux-{}.tar.gz amd64 arm64',
    'static.rust-lang.org/dist/rust-1.99.0-{}-unknown-linux-gnu.tar.gz x86_64 aarch64',
  ),
  ...hashicorp('nomad', '1.10.5', '1.11.2', '2.0.0'),
  ...hashicorp('terraform', '1.11.4', '1.13.2', '1.14.0-beta1'),
  ...hashicorp('packer', '1.12.0', '1.14.1'),
};
