/** Aborts, with the name of the signal, when this process is asked to end; asked again, it ends at once. */
export function listenForStop(): AbortSignal {
  const stopped = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      process.stderr.write(`\n${name}: cleaning up. Once more ends at once.\n`);
      stopped.abort(name);
    });
  }
  return stopped.signal;
}
