/** Advice for a terminal. */
import { CHOSEN_HEAD, toChosenRows } from '../../simulate/advice/section';
import type { Advice } from '../../simulate/advise';
import { toColumns } from '../to-columns';

/** @param bound dollars */
export const showAdvice = (advice: Advice, bound: number): string[] => [
  ...toColumns(CHOSEN_HEAD, toChosenRows(advice, bound)),
  ...advice.answers.flatMap(({ target, lines }) => ['', `${target}?`, ...lines.map((line) => `  ${line}`)]),
  ...advice.recommended.flatMap(({ label, lines }) => ['', `Setting ${label}, in the config:`, ...lines]),
];
