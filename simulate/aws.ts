/** AWS as those who call it find it: a call fails now and then, and at times an account's calls are throttled for minutes. */
import type { Agenda } from './agenda';
import type { Random } from './random';
import type { Windows } from './windows';
import type { World } from './world';

/** Of the calls while it throttles; the SDK's own retries are used up. */
const THROTTLED = 0.9;

export class Aws {
  constructor(
    private readonly agenda: Agenda,
    private readonly world: World,
    private readonly throttled: Windows,
  ) {}

  /** Whether this call fails, and changes nothing. */
  refuses(random: Random): boolean {
    const isThrottled = this.throttled.until(this.agenda.now) !== undefined;
    return random.chance(isThrottled ? THROTTLED : this.world.faults.awsFails);
  }
}
