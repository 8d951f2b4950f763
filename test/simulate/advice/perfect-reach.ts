/** A fleet that may be set to anything. */
import type { Reach } from '../../../simulate/advice/space';

export const PERFECT_REACH: Reach = {
  serves: ['one-job', 'many-jobs'],
  most: 5000,
  mayStop: true,
  instanceTypes: ['m7i.large'],
  mayWait: true,
  timeZone: 'UTC',
};
