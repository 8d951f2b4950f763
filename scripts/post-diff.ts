/**
 * make post-diff ENV=stg [TARGET=develop]: in a pipeline, runs make diff and shows it in one comment on the pull or merge
 * request. With TARGET only when the request is to be merged into that branch. Fails when the diff does.
 */
import { setTimeout } from 'node:timers/promises';
import { readCommit } from './read-commit';
import { postDiff } from './request/post-diff';
import { runDiff } from './request/run-diff';
import { runScript } from './run-script';

runScript((variables) => postDiff(variables, { runDiff, readCommit, wait: setTimeout, print: console.log }));
