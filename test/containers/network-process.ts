/** Inside the network of tasks: listens where a task expects something, and carries it out. Arguments: HOST PORT SOCKET, … */
import { startRelay } from '../../local/cloud/relay';

async function main(words: string[]): Promise<void> {
  for (let at = 0; at < words.length; at += 3) {
    const [host = '', port = '', path = ''] = words.slice(at, at + 3);
    await startRelay({ host, port: Number(port) }, { path });
  }
  process.send?.('ready');
}

process.on('disconnect', () => process.exit(0));
void main(process.argv.slice(2));
