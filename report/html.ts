/** What the pages of Muster are made of: self-contained, without scripts. */
const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);

export function table(head: string[], rows: (string | number)[][]): string {
  const cells = (tag: 'th' | 'td', row: (string | number)[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(String(cell))}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table>`;
}

export const STYLE = `
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #111827; background: #f8fafc; margin: 0 auto; max-width: 1100px; padding: 24px; }
h1 { margin: 0; } h2 { margin-top: 40px; } .what { color: #4b5563; margin-top: 4px; }
.tiles { display: flex; gap: 12px; flex-wrap: wrap; } .tile { background: #fff; border: 1px solid #e5e7eb; border-radius: 8px; padding: 10px 16px; }
.tile b { display: block; font-size: 24px; } .finding { margin: 4px 0; } .good::before { content: '✔ '; color: #16a34a; } .bad::before { content: '✘ '; color: #dc2626; }
.bad { color: #991b1b; } .seen { color: #6b7280; } .plot { background: #fff; border: 1px solid #e5e7eb; border-radius: 8px; padding: 12px; overflow-x: auto; }
table { border-collapse: collapse; background: #fff; width: 100%; font-size: 14px; } th, td { text-align: left; padding: 4px 10px; border-bottom: 1px solid #e5e7eb; }
th { background: #f1f5f9; }`;
