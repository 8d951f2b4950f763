import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { ConfigError } from '../../config/problem';
import { publishSource, type SourceProps } from '../../stacks/nightly/publish-source';
import { buildConfig } from './perfect-config';

const config = buildConfig({ nightly: { timeZone: 'UTC' } });

describe('the source of the nightly build', () => {
  let directory: string;
  let project: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'muster-source-'));
    project = join(directory, 'project');
    write('project/Makefile', 'nightly:\n');
    write('project/scripts/setup', '#!/bin/sh\n');
    chmodSync(join(project, 'scripts/setup'), 0o700);
    write('project/.env', 'TOKEN=secret\n');
    write('project/config/dev.yaml', 'aws: {}\n');
    git('init', '--quiet');
    git('add', 'Makefile', 'scripts/setup');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message=first');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  };
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', project, ...args], { encoding: 'utf8', stdio: 'pipe' });
  const publish = (deviation: Partial<SourceProps> = {}) =>
    publishSource({
      config,
      project,
      configDirectory: join(project, 'config'),
      directory: join(directory, 'build'),
      ...deviation,
    });
  const contents = (file: string) =>
    Object.fromEntries(
      Object.entries(unzipSync(readFileSync(file))).map(([name, bytes]) => [
        name,
        new TextDecoder().decode(bytes),
      ]),
    );
  const problemOf = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
    throw new Error('There was no problem.');
  };

  test('is what git tracks, as it lies there, and the config: no secret of the folder', () => {
    write('project/Makefile', 'nightly: changed\n');
    expect(contents(publish().file)).toEqual({
      Makefile: 'nightly: changed\n',
      'config/dev.yaml': 'aws: {}\n',
      'scripts/setup': '#!/bin/sh\n',
    });
  });

  test('keeps what is executable', () => {
    const { file } = publish();
    execFileSync('python3', ['-m', 'zipfile', '--test', file], { stdio: 'pipe' });
    const modes = execFileSync(
      'python3',
      [
        '-c',
        'import sys, zipfile\nfor i in zipfile.ZipFile(sys.argv[1]).infolist(): print(i.filename, oct(i.external_attr >> 16))',
        file,
      ],
      { encoding: 'utf8' },
    );
    expect(modes.trim().split('\n')).toEqual([
      'Makefile 0o100644',
      'config/dev.yaml 0o100644',
      'scripts/setup 0o100755',
    ]);
  });

  test('is the same from another folder, another day and another time zone', () => {
    const first = publish();
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'Pacific/Auckland';
      const copy = join(directory, 'copy');
      execFileSync('cp', ['--recursive', project, copy]);
      const second = publish({
        project: copy,
        configDirectory: join(copy, 'config'),
        directory: join(directory, 'again'),
      });
      expect(second.sha256Base64).toBe(first.sha256Base64);
    } finally {
      process.env.TZ = zone ?? '';
    }
  });

  test('says what it was made from', () => {
    expect(publish().commit).toBe(git('rev-parse', '--short=12', 'HEAD').trim());
  });

  test.each([
    ['changed', () => write('project/Makefile', 'nightly: changed\n')],
    [
      'staged',
      () => {
        write('project/new', 'new\n');
        git('add', 'new');
      },
    ],
    ['deleted', () => rmSync(join(project, 'Makefile'))],
  ])('says that it is not what was committed when a file was %s', (_how, deviate) => {
    deviate();
    expect(publish().commit).toBe(`${git('rev-parse', '--short=12', 'HEAD').trim()}-changed`);
  });

  test('leaves out what was deleted', () => {
    rmSync(join(project, 'Makefile'));
    expect(Object.keys(contents(publish().file))).not.toContain('Makefile');
  });

  test('takes along a config that lies elsewhere, with its CA file', () => {
    write('elsewhere/dev.yaml', 'aws: {}\n');
    write('elsewhere/ca/root.pem', 'certificate\n');
    const configDirectory = join(directory, 'elsewhere');
    const source = publish({
      config: {
        ...config,
        organization: { ...config.organization, caFile: join(configDirectory, 'ca/root.pem') },
      },
      configDirectory,
    });
    expect(source.configDirectory).toBe('.muster-config');
    expect(contents(source.file)).toMatchObject({
      '.muster-config/dev.yaml': 'aws: {}\n',
      '.muster-config/ca/root.pem': 'certificate\n',
    });
  });

  test('refuses a CA file that could not come along', () => {
    const organization = { ...config.organization, caFile: '/etc/ssl/acme.pem' };
    const problem = problemOf(() => publish({ config: { ...config, organization } }));
    expect(problem).toContain('/etc/ssl/acme.pem');
    expect(problem).toContain('nightly');
  });

  test('refuses a folder that is no git checkout, with the remedy', () => {
    rmSync(join(project, '.git'), { recursive: true });
    const problem = problemOf(publish);
    expect(problem).toContain('not a git repository');
    expect(problem).toContain('deploy from a git checkout, or remove nightly');
  });
});
