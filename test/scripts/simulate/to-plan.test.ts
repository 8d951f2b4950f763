import { toPrice } from '../../../config/prices';
import { toPlan } from '../../../scripts/simulate/to-plan';
import { makeConfig, type Raw } from '../config';

function planOf(deviate?: (raw: Raw) => void, price?: number) {
  const config = makeConfig(deviate);
  const [fleet] = config.fleets;
  if (!fleet) throw new Error('the perfect config has a fleet');
  return toPlan(config, fleet, price);
}
const withFleet = (deviation: Raw) => (raw: Raw) => {
  raw.fleets[0] = { ...raw.fleets[0], ...deviation };
};

test('a fleet is played with the settings that a deploy would write', () => {
  const { policy, settings, life, group } = planOf();
  expect(policy).toBe('muster');
  expect(settings).toMatchObject({ name: 'linux', group: 'muster-dev-linux', max: 3, slots: 1, warm: 0 });
  expect(life).toMatchObject({ slots: 1, serves: 'one-job', way: 'counts-out' });
  expect(group).toMatchObject({ stopped: 0, spotPercent: 0 });
});

test('what instances are told in seconds is played in seconds', () => {
  const { life } = planOf(withFleet({ idleSeconds: 120, jobLimitMinutes: 90 }));
  expect(life).toMatchObject({ idleSeconds: 120, jobLimit: 5400 });
});

test('spot, a stopped pool and several jobs an instance are played', () => {
  const { settings, life, group } = planOf(
    withFleet({ spotPercent: 60, warmPool: { stopped: 2 }, jobsPerInstance: 3, serves: 'many-jobs' }),
  );
  expect(group).toMatchObject({ spotPercent: 60, stopped: 2 });
  expect(life).toMatchObject({ slots: 3, serves: 'many-jobs' });
  expect(settings.slots).toBe(3);
});

describe('an hour costs', () => {
  const priceOf = (deviate?: (raw: Raw) => void, price?: number) =>
    planOf(deviate, price).group.price.onDemand;

  it('what the list says', () => {
    expect(priceOf()).toBe(toPrice('m7i.large'));
  });

  it('what the config says, before the list', () => {
    expect(priceOf((raw) => Object.assign(raw, { prices: { 'm7i.large': 0.07 } }))).toBe(0.07);
  });

  it('what the operator says, before the config', () => {
    expect(priceOf((raw) => Object.assign(raw, { prices: { 'm7i.large': 0.07 } }), 0.05)).toBe(0.05);
  });

  it('less on spot', () => {
    const { onDemand, spot } = planOf(undefined, 1).group.price;
    expect(onDemand).toBe(1);
    expect(spot).toBeGreaterThan(0);
    expect(spot).toBeLessThan(0.5);
  });

  it('something that has to be said, of a type that no list knows', () => {
    const exotic = withFleet({ instanceTypes: ['hpc7a.96xlarge'] });
    expect(() => priceOf(exotic)).toThrow(/hpc7a\.96xlarge.*PRICE=/);
    expect(priceOf(exotic, 7.2)).toBe(7.2);
  });
});
