/**
 * From power-on to online (the agent asks for work): the baked machine, booted as the tests boot it, beside what the same
 * machine would take if it installed at boot what the bake installed, by the bake's own times on this host. The local
 * bake downloads from this host and from a cache of packages; on AWS, both the boot floor (20 to 25 s) and the
 * downloads come on top.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../config/load';
import { bakeImage } from '../local/machines/bake';
import { agentThatWaits } from '../test/provision/machine/agents';
import { bootMachine, until } from '../test/provision/machine/machine';

const BOOTS = 5;
/** What an instance that installs at boot would skip: the image's own proofs. */
const OF_A_BAKE_ONLY = ['./clean-up', './verify-image', './image-facts'];

const seconds = (ms: number) => Math.round(ms / 100) / 10;

async function measureBoot(rootfs: string): Promise<number> {
  const begin = performance.now();
  const machine = await bootMachine({ rootfs, files: agentThatWaits });
  try {
    await until('online', () => machine.calls('CI /agent/waits').length > 0);
    return performance.now() - begin;
  } finally {
    await machine.stop();
  }
}

/** Steps of the bake's log, `== ./packages took 27 s`, and their seconds. */
function parseSteps(log: string): { step: string; seconds: number }[] {
  return [...log.matchAll(/== (.+) took (\d+) s$/gm)].map(([, step, took]) => ({
    step: step ?? '',
    seconds: Number(took),
  }));
}

async function main() {
  const config = readConfig({ environment: 'local', directory: join(__dirname, '../config') });
  const definition = config.images.runner;
  if (!definition) throw new Error('config/local.yaml defines no image runner.');
  const image = await bakeImage({
    environment: 'local',
    image: 'runner',
    definition,
    onLog: () => undefined,
  });
  const steps = parseSteps(readFileSync(image.logFile, 'utf8')).filter(
    ({ step }) => !OF_A_BAKE_ONLY.includes(step),
  );
  const boots: number[] = [];
  for (let i = 0; i < BOOTS; i++) boots.push(await measureBoot(image.rootfs));
  const median = boots.sort((a, b) => a - b)[Math.floor(BOOTS / 2)] ?? Number.NaN;
  const atBoot = steps.reduce((sum, step) => sum + step.seconds, 0);
  console.log(`From power-on to online, median of ${BOOTS} boots of a local machine (test cloud included).`);
  console.table({
    'baked, s': {
      value: seconds(median),
      fastest: seconds(boots[0] ?? 0),
      slowest: seconds(boots.at(-1) ?? 0),
    },
    'installed at boot, s': { value: seconds(median + atBoot * 1000) },
  });
  console.log('Of which, by the bake:');
  console.table(steps.filter((step) => step.seconds > 0));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
