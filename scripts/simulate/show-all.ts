/** No FLEET: all fleets of the config as they are, and what they come to beside other policies. */
import type { Config } from '../../config/schema';
import { type AccountWorks, type Played, playCompany, toSum } from '../../simulate/company';
import { toEntries } from '../../simulate/compare';
import { OUTCOME_HEAD, toCount, toDollars, toOutcome, toShare } from '../../simulate/show';
import type { World } from '../../simulate/world';
import { toColumns } from '../to-columns';
import { type Jobs, readAllJobs } from './read-jobs';
import type { SimulateOptions } from './read-options';
import { toConcurrency, toPlan } from './to-plan';

const HEAD = ['fleet', 'jobs', ...OUTCOME_HEAD, 'hours', 'peak', 'killed'];
const TOTAL_HEAD = ['policy', 'jobs', 'cost $', '× bound', 'hours', 'for jobs', 'killed'];

export function showAll(config: Config, options: SimulateOptions, world: World): void {
  const names = config.fleets.map(({ name }) => name);
  const jobs = readAllJobs(options, names);
  const accounts = toAccounts(config, options, jobs);
  const own = playCompany(accounts, world);
  const totals = toPolicies(accounts).map(({ policy, works }, index) => ({
    policy,
    ...toSum(index === 0 ? own : playCompany(works, world)),
  }));
  if (options.isJson) {
    const fleets = own.map(({ fleet, result, bound }) => ({ fleet, ...result, bound }));
    console.log(JSON.stringify({ fleets, totals }, null, 2));
    return;
  }
  console.log(`${toColumns(HEAD, own.map(toRow)).join('\n')}\n`);
  const rows = totals.map(({ policy, jobs: count, cost, bound, hours, utilisation, killed }) => [
    ...[policy, toCount(count), toDollars(cost), toShare(cost, bound), toCount(hours)],
    ...[`${Math.round(100 * utilisation)} %`, toCount(killed)],
  ]);
  console.log(toColumns(TOTAL_HEAD, rows).join('\n'));
  console.log('\nFLEET=… shows one of them with all policies, and makes a page.');
}

const toRow = ({ fleet, result, bound }: Played): string[] => [
  ...[fleet, toCount(result.jobs)],
  ...toOutcome(result, bound),
  ...[result.bill.instanceHours, result.peak, result.fates.killed].map(toCount),
];

function toAccounts(
  config: Config,
  { price }: SimulateOptions,
  jobs: ReadonlyMap<string, Jobs>,
): AccountWorks[] {
  return Object.keys(config.accounts).map((name) => ({
    concurrency: toConcurrency(config, { account: name }),
    works: config.fleets
      .filter((fleet) => fleet.account === name)
      .map((fleet) => ({ plan: toPlan(config, fleet, price), jobs: jobs.get(fleet.name)?.jobs ?? [] })),
  }));
}

/** Each policy with all fleets; the config's own first. */
function toPolicies(accounts: readonly AccountWorks[]): { policy: string; works: AccountWorks[] }[] {
  const [plan] = accounts.flatMap(({ works }) => works.map((work) => work.plan));
  return (plan ? toEntries(plan) : []).map(({ name }, index) => ({
    policy: name,
    works: accounts.map(({ works, concurrency }) => ({
      concurrency,
      works: works.map((work) => ({ ...work, plan: toEntries(work.plan)[index]?.plan ?? work.plan })),
    })),
  }));
}
