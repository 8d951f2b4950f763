/** Advice for a terminal. */
import { toChosen, toUnseenLine } from '../../simulate/advice/section';
import type { Advice } from '../../simulate/advise';
import { toColumns } from '../to-columns';

export const showAdvice = (advice: Advice): string[] => [
  ...toColumns(...toChosen(advice)),
  toUnseenLine(advice),
  ...advice.answers.flatMap(({ target, lines }) => ['', `${target}?`, ...lines.map((line) => `  ${line}`)]),
  ...advice.recommended.flatMap(({ label, lines }) => ['', `Setting ${label}, in the config:`, ...lines]),
];
