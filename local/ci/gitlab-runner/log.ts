/** The log as the real agent writes it: its own form, or logrus's text that our scripts read. */
export type Fields = Record<string, string | number>;
export interface Log {
  info: (message: string, fields?: Fields) => void;
  warn: (message: string, fields?: Fields) => void;
  error: (message: string, fields?: Fields) => void;
}

const quote = (value: string | number) =>
  /^[\w./@:-]+$/.test(String(value)) ? String(value) : JSON.stringify(String(value));
const toPairs = (fields: Fields) =>
  Object.entries(fields)
    .map(([key, value]) => `${key}=${quote(value)}`)
    .join(' ');

export function createLog(format: string, write: (line: string) => void, now: () => Date): Log {
  const line = (level: string, message: string, fields: Fields = {}) => {
    if (format === 'text')
      write(
        `time=${quote(now().toISOString())} level=${level} ${`msg=${JSON.stringify(message)} ${toPairs(fields)}`.trim()}`,
      );
    else
      write(
        `${level === 'info' ? '' : `${level.toUpperCase()}: `}${message.padEnd(50)}  ${toPairs(fields)}`.trimEnd(),
      );
  };
  return {
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warning', message, fields),
    error: (message, fields) => line('error', message, fields),
  };
}
