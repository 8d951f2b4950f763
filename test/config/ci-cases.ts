/** What a fleet has to say for its CI, each broken once. */
import { change } from './perfect';
import { type Case, one } from './rule-case';

/** The fleet of GitLab, as one of CircleCI would stand there. */
const asCircleci = (more: string) =>
  change(
    '  - name: arm\n',
    `  - name: other\n    account: server\n    resourceClass: acme/other\n    image: amd\n    instanceTypes: [m7a.large]\n    max: 1\n${more}  - name: arm\n`,
  );

const twin = (path: string) =>
  change(
    '  - name: arm\n',
    `  - name: twin\n    account: lab\n    gitlab: { runnerId: 42, projects: [${path}] }\n    image: boxes\n    instanceTypes: [m7a.large]\n    max: 1\n  - name: arm\n`,
  );

export const ciCases: Case[] = [
  one(
    'a fleet of CircleCI has a resource class',
    '    resourceClass: acme/arm\n',
    '',
    'fleets.1.resourceClass',
    '- name: arm',
    'acme/linux',
  ),
  one(
    'a fleet of GitLab has no resource class',
    '    serves: many-jobs',
    '    resourceClass: acme/app\n    serves: many-jobs',
    'fleets.2.resourceClass',
    'resourceClass',
    'lab',
  ),
  {
    rule: 'a fleet of GitLab says what it serves',
    text: change(
      '  - name: arm\n',
      '  - name: other\n    account: lab\n    image: boxes\n    instanceTypes: [m7a.large]\n    max: 1\n  - name: arm\n',
    ),
    path: 'fleets.1.gitlab',
    line: '- name: other',
    says: 'runnerId',
  },
  {
    rule: 'a fleet of CircleCI serves nothing of GitLab',
    text: asCircleci('    gitlab: { runnerId: 7, projects: [acme/app] }\n'),
    path: 'fleets.1.gitlab',
    line: 'gitlab:',
    says: 'server',
  },
  one(
    'an image has the agent of the CI',
    'agents: [gitlab]',
    'agents: [circleci]',
    'fleets.2.image',
    'image: boxes',
    'gitlab',
  ),
  one(
    'a fleet of GitLab names a project or a group',
    'projects: [acme/app, acme/site]\n      groups: [tools/ci]',
    'projects: []',
    'fleets.2.gitlab',
    'gitlab:',
    'groups',
  ),
  one('projects differ', 'acme/site', 'acme/app', 'fleets.2.gitlab.projects.1', 'projects:', 'twice'),
  one('GitLab ignores case', 'acme/site', 'Acme/App', 'fleets.2.gitlab.projects.1', 'projects:', 'twice'),
  one('groups differ', '[tools/ci]', '[tools, x, tools]', 'fleets.2.gitlab.groups.2', 'groups:', 'twice'),
  one(
    'a project is in no group beside it',
    '[acme/app, acme/site]\n      groups: [tools/ci]',
    '[acme/app]\n      groups: [ACME]',
    'fleets.2.gitlab.projects.0',
    'projects:',
    'ACME',
  ),
  one(
    'a group is in no group beside it',
    '[tools/ci]',
    '[tools, tools/ci]',
    'fleets.2.gitlab.groups.1',
    'groups:',
    'tools',
  ),
  one(
    'the docker executor has docker',
    'docker: rootful',
    'docker: none',
    'fleets.2.gitlab.executor',
    'executor: docker',
    'rootless',
  ),
  one(
    'the shell executor has no image',
    'executor: docker',
    'executor: shell',
    'fleets.2.gitlab.dockerImage',
    'dockerImage',
    'executor',
  ),
  one(
    'the address of GitLab is not that of its API',
    'https://gitlab.example.org',
    'https://gitlab.example.org/api/v4',
    'accounts.lab.baseUrl',
    'baseUrl:',
    'without /api/v4',
  ),
  {
    rule: 'two fleets do not serve one runner',
    text: twin('acme/other'),
    path: 'fleets.3.gitlab.runnerId',
    line: 'runnerId: 42',
    says: 'twin',
  },
  {
    rule: 'a fleet of CircleCI serves one job an instance',
    text: asCircleci('    serves: many-jobs\n'),
    path: 'fleets.1.serves',
    line: 'serves: many-jobs',
    says: 'one-job',
  },
  one(
    'an instance that serves one job takes one at a time',
    'serves: many-jobs',
    'serves: one-job',
    'fleets.2.jobsPerInstance',
    'jobsPerInstance: 6',
    'many-jobs',
  ),
];
