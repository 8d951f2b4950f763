import { parseConfig } from '../../config/parse';
import { ConfigError, type LocatedProblem } from '../../config/problem';
import { rules } from '../../config/rules/rules';
import type { Config } from '../../config/schema';

/** A config in which nothing is wrong. Tests change one thing. */
export const PERFECT = `aws:
  accountId: "111122223333"
  region: eu-central-1
state:
  backend: s3
  bucket: acme-state
  roleArn: arn:aws:iam::444455556666:role/state
  kmsKeyArn: arn:aws:kms:eu-central-1:444455556666:key/1234abcd
network:
  kind: new
  cidr: 10.20.0.0/16
  zones: 2
  subnets: private
  nat: one
organization:
  permissionsBoundaryArn: arn:aws:iam::111122223333:policy/boundary
  rolePath: /ci/
  kmsKeyArn: arn:aws:kms:eu-central-1:111122223333:key/1234abcd
  tags:
    cost-center: "4711"
alarms:
  emails: [platform@example.com]
scaler:
  inVpc: true
  logDays: 30
accounts:
  acme:
    ci: circleci
    concurrency: 10
  server:
    ci: circleci
    baseUrl: https://circleci.acme.example
  lab:
    ci: gitlab
    baseUrl: https://gitlab.example.org
images:
  amd:
    agents: [circleci]
    toolchains: [git, docker]
    diskGb: 16
  arm:
    architecture: arm64
    agents: [circleci]
  boxes:
    agents: [gitlab]
    toolchains: [build-essential, docker, java]
    shareWith: ["222233334444"]
    copyTo: [us-west-2]
nightly:
  time: "01:30"
  timeZone: America/Chicago
  images: [boxes]
fleets:
  - name: linux
    account: acme
    resourceClass: acme/linux
    image: amd
    instanceTypes: [m7i.large, m6a.large]
    max: 5
    warm: 2
    spotPercent: 10
    docker: rootless
    diskGb: 50
    hours:
      timeZone: Europe/Berlin
      week:
        mon: [{ open: "07:00", close: "12:00" }, { open: "13:00", close: "24:00" }]
        tue: [{ open: "00:00", close: "20:00" }]
      holidays: ["2026-12-25"]
    tags:
      owner: team-a
  - name: arm
    account: server
    resourceClass: acme/arm
    image: arm
    instanceTypes: [m7g.large]
    max: 3
  - name: pipelines
    account: lab
    gitlab:
      runnerId: 42
      projects: [acme/app, acme/site]
      groups: [tools/ci]
      executor: docker
      dockerImage: debian:13
    image: boxes
    instanceTypes: [c7i.large]
    max: 8
    warm:
      timeZone: America/New_York
      hours:
        - { from: "08:00", to: "12:00", count: 1 }
        - { from: "12:00", to: "24:00", count: 4 }
    warmPool: { stopped: 2 }
    serves: many-jobs
    jobsPerInstance: 6
    docker: rootful
`;

/** The perfect config with one text replaced; the text must be there, once. */
export function change(from: string, to: string, text = PERFECT): string {
  if (text.split(from).length !== 2)
    throw new Error(`The text does not have ${JSON.stringify(from)} exactly once.`);
  return text.replace(from, () => to);
}

export const parse = (text: string, environment = 'test'): Config =>
  parseConfig({ environment, file: 'config/test.yaml', text, rules });

export function problemsIn(text: string, environment = 'test'): readonly LocatedProblem[] {
  try {
    parse(text, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** path → what was wrong, for comparing in one go. */
export const dotted = ({ path }: LocatedProblem): string => path.join('.');
