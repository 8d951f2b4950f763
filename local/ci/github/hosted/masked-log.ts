/** The log of a hosted job, as people see it: commands carried out, secrets replaced. */
import { StringDecoder } from 'node:string_decoder';

const decode = (text: string) => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');

export class MaskedLog {
  private readonly lines: string[] = [];
  private masks: string[] = [];

  constructor(private readonly onLine: (line: string) => void) {}

  /** Of a secret with several lines each is masked, too. */
  mask(secret: string): void {
    const added = [secret, ...secret.split(/\r?\n/)].filter((text) => text.trim() !== '');
    this.masks = [...new Set([...this.masks, ...added])].sort((one, other) => other.length - one.length);
  }

  /** Takes a line as a process wrote it: a workflow command is obeyed, the rest is logged. */
  take(line: string): void {
    const [, command = '', value = ''] = /^::([a-z-]+)(?: [^:]*)?::(.*)$/.exec(line) ?? [];
    if (command === 'add-mask') this.mask(decode(value));
    else this.write(command ? `##[${command}]${decode(value)}` : line);
  }

  write(line: string): void {
    const masked = this.masks.reduce((text, secret) => text.replaceAll(secret, '***'), line);
    this.lines.push(masked);
    this.onLine(masked);
  }

  /** What is read from a stream goes in here, in whatever pieces it comes. */
  toSink(): { write: (piece: Buffer) => void; end: () => void } {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    return {
      write: (piece) => {
        const lines = (rest + decoder.write(piece)).split(/\r?\n/);
        rest = lines.pop() ?? '';
        for (const line of lines) this.take(line);
      },
      end: () => {
        if (rest) this.take(rest);
      },
    };
  }

  text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }
}
