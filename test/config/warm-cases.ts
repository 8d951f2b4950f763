/** Waiting instances that cannot be had, or could get no work. */
import { change } from './perfect';
import { type Case, one } from './rule-case';

export const warmCases: Case[] = [
  one(
    'warm by the hour is at most max',
    'count: 4',
    'count: 9',
    'fleets.2.warm.hours.1.count',
    'count: 9',
    '12:00 to 24:00',
  ),
  {
    rule: 'warm by the hour counts against the concurrency when most wait',
    text: change('https://gitlab.example.org', 'https://gitlab.example.org\n    concurrency: 3'),
    path: 'accounts.lab.concurrency',
    line: 'concurrency: 3',
    says: '4',
  },
  one(
    'the zone of warm hours exists',
    'America/New_York',
    'America/NewYork',
    'fleets.2.warm.timeZone',
    'timeZone:',
    'America/New_York',
  ),
  one(
    'warm hours end after they start',
    'to: "24:00"',
    'to: "12:00"',
    'fleets.2.warm.hours.1.to',
    'to: "12:00", count: 4',
    'two',
  ),
  one(
    'warm hours do not overlap',
    'from: "12:00"',
    'from: "11:00"',
    'fleets.2.warm.hours.1.from',
    'from: "11:00"',
    '12:00',
  ),
  one(
    'who waits warm is told by a protection that not all have',
    '    warmPool:',
    '    protection: all\n    warmPool:',
    'fleets.2.protection',
    'protection: all',
    'protection: busy',
  ),
  one(
    'a warm pool has no spot instances',
    '    warmPool:',
    '    spotPercent: 5\n    warmPool:',
    'fleets.2.spotPercent',
    'spotPercent: 5',
    'warmPool',
  ),
  one(
    'a warm pool has one instance type',
    '[c7i.large]',
    '[c7i.large, c7a.large]',
    'fleets.2.instanceTypes',
    'c7a.large',
    'warmPool',
  ),
  one(
    'stopped instances have room to start',
    'stopped: 2',
    'stopped: 5',
    'fleets.2.warmPool.stopped',
    'stopped: 5',
    'at most 4',
  ),
];
