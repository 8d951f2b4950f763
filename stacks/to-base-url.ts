import type { AccountConfig } from '../config/schema';

/** Paths are appended to it: without a slash at the end, however it was written. */
export const toBaseUrl = ({ baseUrl }: AccountConfig): string => baseUrl.replace(/\/+$/, '');
