import { describeAsRoot } from '../as-root';
import { stories } from './stories';
import { makeWorld, type World } from './world';

describeAsRoot('fleets on the local cloud', () => {
  let world: World | undefined;
  const told = new Map<string, Promise<void>>();

  beforeAll(async () => {
    const made = await makeWorld();
    world = made;
    // All at once: each has its own fleet, and the whole takes as long as the longest.
    for (const [title, story] of Object.entries(stories)) {
      const telling = story(made);
      telling.catch(() => {});
      told.set(title, telling);
    }
  }, 600_000);

  afterAll(async () => world?.stop(), 120_000);

  test.each(Object.keys(stories))('%s', async (title) => told.get(title), 480_000);
});
