import { join } from 'node:path';
import pLimit from 'p-limit';
import { PROJECT_DIR } from '../../local/cloud/layout';
import type { FleetTokens } from '../../local/run/ci/local-ci';
import { describeAsRoot } from '../as-root';
import { findInFiles } from './canary';
import { stories } from './stories';
import { makeWorld, type World } from './world';

const STORIES_AT_ONCE = 7;

const MISINFORMED: Record<string, Partial<FleetTokens>> = {
  wrongtoken: { apiToken: 'another' },
  noscope: { scopes: ['read_repository'] },
};

/** Two fleets have another token than they should, one is not there at all. */
const misinform = (tokens: FleetTokens[]): FleetTokens[] =>
  tokens
    .filter(({ fleet }) => fleet.name !== 'noclass')
    .map((own) => ({ ...own, ...MISINFORMED[own.fleet.name] }));

describeAsRoot('fleets on the local cloud', () => {
  let world: World | undefined;
  const told = new Map<string, Promise<void>>();

  beforeAll(async () => {
    const made = await makeWorld('faults', { misinform });
    world = made;
    // Some at once, each with its own fleet: more would wait for each other's machines to boot.
    const turn = pLimit(STORIES_AT_ONCE);
    for (const [title, story] of Object.entries(stories)) {
      const telling = turn(() => story(made));
      telling.catch(() => {});
      told.set(title, telling);
    }
    // Another world may have its turn first.
  }, 1_500_000);

  afterAll(async () => world?.stop(), 600_000);

  test.each(Object.keys(stories))('%s', async (title) => told.get(title), 1_800_000);

  test('afterwards no token is in a state, stack, image, log or user data', async () => {
    if (!world) throw new Error('There was no world.');
    const { runDir, rootfs, tokens, config } = world;
    const files = findInFiles([runDir, join(PROJECT_DIR, 'build'), ...rootfs], tokens);
    expect(files).toEqual([]);
    const logs = [
      await world.scalerLog(),
      ...(await Promise.all(config.fleets.map(({ name }) => world?.journal(name)))),
    ];
    expect(logs.join('').length).toBeGreaterThan(1000);
    expect(tokens.filter((token) => logs.some((log) => log?.includes(token)))).toEqual([]);
  });
});
