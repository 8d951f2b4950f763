/**
 * make simulate ENV=dev FLEET=linux: what a fleet of the config would cost and how long its jobs would wait, beside other
 * policies; without FLEET all fleets of the config. Asks AWS nothing. Jobs: TRACE=file.csv (make history), or JOBS=10000 (of
 * each fleet) made up over DAYS=7 with bursts of BURST=10-60. FAULTS=usual for a bad week, SEED=, BOOT=45 and BOOT_P95=70
 * (seconds), PRICE=0.12 (dollars an hour). ADVISE=1 searches other numbers. JSON=1 prints JSON.
 * PAGE=file.html; default: .muster/simulate-<env>-<fleet>.html. SOAK=<seed> replays a scenario of `make soak`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { offer } from '../config/closest';
import type { Config, FleetConfig } from '../config/schema';
import { advise } from '../simulate/advise';
import { compare } from '../simulate/compare';
import { buildPage } from '../simulate/page';
import { HEAD, toRows } from '../simulate/show';
import { NO_FAULTS, PERFECT_WORLD, USUAL_FAULTS, type World } from '../simulate/world';
import { ExpectedError } from './expected-error';
import { readChosenConfig } from './read-environment';
import { runScript } from './run-script';
import { holdBack, readJobs } from './simulate/read-jobs';
import { readOptions, type SimulateOptions } from './simulate/read-options';
import { showAdvice } from './simulate/show-advice';
import { showAll } from './simulate/show-all';
import { showPrice } from './simulate/show-price';
import { showReplay } from './simulate/show-replay';
import { toConcurrency, toPlan } from './simulate/to-plan';
import { toReach } from './simulate/to-reach';
import { toColumns } from './to-columns';

const KNOWN = [
  'ENV',
  'FLEET',
  'TRACE',
  'JOBS',
  'DAYS',
  'BURST',
  'SEED',
  'FAULTS',
  'PRICE',
  'BOOT',
  'BOOT_P95',
  'ADVISE',
];
const toCommand = (variables: NodeJS.ProcessEnv) =>
  ['make simulate', ...KNOWN.flatMap((name) => (variables[name] ? [`${name}=${variables[name]}`] : []))].join(
    ' ',
  );

runScript(async (variables) => {
  if (variables.SOAK) {
    showReplay(variables);
    return;
  }
  const options = readOptions(variables);
  const config = readChosenConfig(variables);
  const world: World = {
    ...PERFECT_WORLD,
    seed: options.seed,
    boot: options.boot,
    faults: options.faults === 'usual' ? USUAL_FAULTS : NO_FAULTS,
  };
  const names = config.fleets.map(({ name }) => name);
  if (!options.fleet && names.length > 1) {
    if (options.isAdvising || options.page)
      throw new ExpectedError(
        `ADVISE and PAGE are of one fleet: ${names.map((one) => `FLEET=${one}`).join(' or ')}.`,
      );
    showAll(config, options, world);
    return;
  }
  const name = options.fleet ?? names[0] ?? '';
  const fleet = config.fleets.find((candidate) => candidate.name === name);
  if (!fleet) throw new ExpectedError(`There is no fleet ${name}: ${offer(name, names)} (FLEET=…).`);
  showFleet(config, fleet, { options, world, command: toCommand(variables) });
});

interface Asked {
  options: SimulateOptions;
  world: World;
  /** What makes the page again. */
  command: string;
}

function showFleet(config: Config, fleet: FleetConfig, { options, world, command }: Asked): void {
  const plan = toPlan(config, fleet, options.price);
  const { jobs, source } = readJobs(options, fleet.name);
  const account = { concurrency: toConcurrency(config, fleet) };
  const compared = compare(plan, jobs, world, { account });
  const reach = toReach(config, fleet);
  const advice = options.isAdvising
    ? advise({ ...holdBack(options, jobs), plan, world, reach, account }, showRun)
    : undefined;

  const page = options.page ?? join('.muster', `simulate-${config.environment}-${fleet.name}.html`);
  mkdirSync(dirname(page), { recursive: true });
  const price = showPrice(plan.group.price.onDemand, config, fleet, options.price);
  writeFileSync(
    page,
    buildPage({
      ...{ fleet: fleet.name, source, price, compared, advice, command },
      world: `boot ${options.boot.median} s (median) and ${options.boot.p95} s (p95), ${options.faults === 'usual' ? 'a bad week' : 'nothing goes wrong'}, seed ${options.seed}`,
    }),
  );
  if (options.isJson) {
    const rows = compared.map(({ name: policy, measured, reasons }) => ({ policy, ...measured, reasons }));
    console.log(JSON.stringify({ fleet: fleet.name, source, compared: rows, advice }, null, 2));
    return;
  }
  console.log(`Fleet ${fleet.name}: ${source}; ${price}\n`);
  console.log(toColumns(HEAD, toRows(compared)).join('\n'));
  if (advice) console.log(`\n${showAdvice(advice).join('\n')}`);
  console.log(`\nPage: ${page}`);
}

/** Some minutes are long; what is printed for a program stays clean. */
function showRun(done: number, most: number): void {
  if (done % 10 === 0) console.error(`${done} runs of at most ${most}`);
}
