/**
 * make simulate ENV=dev FLEET=linux: what a fleet of the config would cost and how long its jobs would wait, beside other
 * policies; asks AWS nothing. Jobs: TRACE=file.csv (make history), or JOBS=10000 made up over DAYS=7
 * with bursts of BURST=10-60. FAULTS=usual for a bad
 * week, SEED=, BOOT=45 and BOOT_P95=70 (seconds), PRICE=0.12 (dollars an hour). ADVISE=1 searches other numbers. JSON=1 prints
 * JSON. PAGE=file.html; default: .muster/simulate-<env>-<fleet>.html. SOAK=<seed> replays a scenario of `make soak`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { offer } from '../config/closest';
import { PRICES_AS_OF } from '../config/prices';
import { advise } from '../simulate/advise';
import { compare } from '../simulate/compare';
import { parseTrace } from '../simulate/csv';
import { generateJobs, WORKING_WEEK } from '../simulate/generate';
import { minimize, toViolations } from '../simulate/minimize';
import { buildPage } from '../simulate/page';
import { replay } from '../simulate/replay';
import { toScenario } from '../simulate/scenario';
import { HEAD, toRows } from '../simulate/show';
import type { Job } from '../simulate/trace';
import { NO_FAULTS, PERFECT_WORLD, USUAL_FAULTS, type World } from '../simulate/world';
import { ExpectedError } from './expected-error';
import { readChosenConfig } from './read-environment';
import { runScript } from './run-script';
import { readOptions, type SimulateOptions } from './simulate/read-options';
import { showAdvice } from './simulate/show-advice';
import { toPlan } from './simulate/to-plan';
import { toReach } from './simulate/to-reach';
import { toColumns } from './to-columns';

/** A Monday. */
const FROM = Date.UTC(2026, 0, 5);

function showReplay({ SOAK, SIZE }: NodeJS.ProcessEnv): void {
  const seed = Number(SOAK);
  if (!Number.isInteger(seed)) throw new ExpectedError(`SOAK=${SOAK}: use the number of a seed.`);
  const scenario = toScenario(seed, SIZE === 'small' ? 'small' : 'large');
  const isBad = toViolations(scenario).length > 0;
  const { lines, violations } = replay(isBad ? minimize(scenario) : scenario);
  console.log(lines.join('\n'));
  console.log(
    isBad ? `Violated, with the smallest trace: ${violations.join('; ')}` : 'Nothing was violated.',
  );
}

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
  const names = config.fleets.map(({ name }) => name);
  const name = options.fleet ?? (names.length === 1 ? names[0] : undefined);
  const fleet = config.fleets.find((candidate) => candidate.name === name);
  if (!fleet)
    throw new ExpectedError(
      name
        ? `There is no fleet ${name}: ${offer(name, names)} (FLEET=…).`
        : `Which fleet? ${names.map((one) => `FLEET=${one}`).join(' or ')}.`,
    );
  const plan = toPlan(config, fleet, options.price);
  const { jobs, source } = readJobs(options, fleet.name);
  const world: World = {
    ...PERFECT_WORLD,
    seed: options.seed,
    boot: options.boot,
    faults: options.faults === 'usual' ? USUAL_FAULTS : NO_FAULTS,
  };
  const compared = compare(plan, jobs, world);
  const bound = compared.find((one) => one.name === 'bound')?.measured.cost ?? 0;
  const reach = toReach(config, fleet);
  const advice = options.isAdvising ? advise({ plan, jobs, world, reach, bound }, showRun) : undefined;

  const page = options.page ?? join('.muster', `simulate-${config.environment}-${fleet.name}.html`);
  mkdirSync(dirname(page), { recursive: true });
  const price = `$${plan.group.price.onDemand} an hour${options.price ? '' : ` (${fleet.instanceTypes[0]}, on demand, us-east-1, ${PRICES_AS_OF})`}`;
  writeFileSync(
    page,
    buildPage({
      ...{ fleet: fleet.name, source, price, compared, advice },
      world: `boot ${options.boot.median} s (median) and ${options.boot.p95} s (p95), ${options.faults === 'usual' ? 'a bad week' : 'nothing goes wrong'}, seed ${options.seed}`,
      command: toCommand(variables),
    }),
  );
  if (options.isJson) {
    const rows = compared.map(({ name: policy, measured, reasons }) => ({ policy, ...measured, reasons }));
    console.log(JSON.stringify({ fleet: fleet.name, source, compared: rows, advice }, null, 2));
    return;
  }
  console.log(`Fleet ${fleet.name}: ${source}; ${price}\n`);
  console.log(toColumns(HEAD, toRows(compared)).join('\n'));
  if (advice) console.log(`\n${showAdvice(advice, bound).join('\n')}`);
  console.log(`\nPage: ${page}`);
});

/** Some minutes are long; what is printed for a program stays clean. */
function showRun(done: number, most: number): void {
  if (done % 10 === 0) console.error(`${done} runs of at most ${most}`);
}

function readJobs(
  { trace, jobs: count, days, seed, burst }: SimulateOptions,
  fleet: string,
): { jobs: readonly Job[]; source: string } {
  if (!trace) {
    const profile = {
      ...WORKING_WEEK,
      jobsPerWeek: (count * 7) / days,
      burst: { ...WORKING_WEEK.burst, ...burst },
    };
    const jobs = generateJobs(profile, FROM, days, seed);
    const bursts =
      burst.most > 1 ? `half of them in bursts of ${burst.least} to ${burst.most}` : 'without bursts';
    return { jobs, source: `${jobs.length} made-up jobs of ${days} days, ${bursts}` };
  }
  let text: string;
  try {
    text = readFileSync(trace, 'utf8');
  } catch (cause) {
    throw new ExpectedError(`TRACE=${trace} cannot be read: ${(cause as Error).message}`);
  }
  const { jobs, problems } = parseTrace(text);
  if (problems.length > 0) throw new ExpectedError(`${trace}:\n${problems.join('\n')}`);
  // A trace of one fleet need not name it.
  const own = jobs.get(fleet) ?? jobs.get('') ?? [];
  if (own.length === 0)
    throw new ExpectedError(
      `${trace} has no job of fleet ${fleet}; it has ${[...jobs.keys()].join(', ') || 'none at all'}.`,
    );
  return { jobs: own, source: `${own.length} jobs of ${trace}` };
}
