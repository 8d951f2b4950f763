import { change } from './perfect';

export interface Case {
  rule: string;
  text: string;
  /** Where the problem is reported. */
  path: string;
  /** What the line shows that it points at. */
  line: string;
  /** What remedy or description must name. */
  says?: string;
  environment?: string;
}

export const one = (
  rule: string,
  from: string,
  to: string,
  path: string,
  line: string,
  says?: string,
): Case => ({
  rule,
  text: change(from, to),
  path,
  line,
  ...(says === undefined ? {} : { says }),
});
