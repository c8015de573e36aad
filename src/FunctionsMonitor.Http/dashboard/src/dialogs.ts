import { h, patch } from './dom';

const dialog = () => document.getElementById('dialog') as HTMLDialogElement;

export interface Choice { label: string; value: string; danger?: boolean; primary?: boolean }

/** Asks, and answers with what was chosen; null when it was closed. The browser keeps the focus inside and gives it back. */
export function ask(title: string, body: (Node | null)[], choices: Choice[], close = 'Cancel'): Promise<string | null> {
  const element = dialog();
  if (element.open)
    element.close();
  const buttons = choices.map(choice => h('button', { type: 'submit', value: choice.value, formnovalidate: choice.value === 'forget', class: choice.danger ? 'danger' : choice.primary ? 'primary' : null }, choice.label));
  element.replaceChildren();
  // Enter presses the first button that submits: that must be a choice, and never the one that closes.
  patch(element, [h('form', { method: 'dialog' },
    h('h2', { id: 'dialog-title' }, title), ...body.filter(node => node !== null),
    h('p', { class: 'choices' }, h('button', { type: 'button', 'data-do': 'dialog-close', autofocus: choices.every(choice => choice.danger) }, close), buttons))]);
  element.returnValue = '';
  return new Promise(resolve => {
    element.addEventListener('close', () => resolve(element.returnValue || null), { once: true });
    element.showModal();
  });
}

export const paragraph = (text: string): HTMLElement => h('p', {}, text);

/** Something to read: JSON as it is, as text. */
export function showJson(title: string, value: unknown): Promise<string | null> {
  return ask(title, [h('pre', { tabindex: 0 }, JSON.stringify(value, null, 2))], [], 'Close');
}

/** Shows what changes while it is open; returns how to change it, and how to end. Who leaves it before the end does or does not want it stopped. */
export function progressDialog(title: string, onLeave: (stop: boolean) => void): { update: (text: string, share: number) => void; end: (text: string) => void } {
  const bar = h('progress', { max: 1, value: 0, 'aria-label': title }) as HTMLProgressElement;
  const said = h('p', { role: 'status' });
  let ended = false;
  void ask(title, [bar, said], [{ label: 'Stop', value: 'stop', danger: true }], 'Hide').then(chosen => {
    if (!ended)
      onLeave(chosen === 'stop');
  });
  return {
    update: (text, share) => {
      said.textContent = text;
      bar.value = share;
    },
    end: text => {
      ended = true;
      said.textContent = text;
      bar.value = 1;
      // Of this dialog, which may have made room for another.
      const [close, stop] = said.closest('form')!.querySelectorAll('.choices button');
      close!.textContent = 'Close';
      stop!.remove();
    },
  };
}

/** Asks for a key; null when none was given. */
export async function askKey(reason: string, hasOne: boolean): Promise<string | null> {
  const input = h('input', { type: 'password', id: 'key', name: 'key', required: true, autocomplete: 'off', maxlength: 256, autofocus: true }) as HTMLInputElement;
  const choices: Choice[] = [{ label: 'Use it', value: 'use', primary: true }];
  if (hasOne)
    choices.push({ label: 'Forget the key', value: 'forget' });
  const chosen = await ask('A key is needed', [
    paragraph(reason), h('p', {}, h('label', { for: 'key' }, 'Read or operate key'), input),
    h('p', { class: 'sub' }, 'It is kept for this tab only and sent in x-functions-key to this host alone. The read key shows everything; only the operate key changes anything.'),
  ], choices);
  return chosen === 'forget' ? '' : chosen === 'use' ? input.value.trim() : null;
}

let timer = 0;

/** Says in a line what came of what was pressed. */
export function notice(text: string, isBad = false): void {
  const element = document.getElementById('notice')!;
  element.textContent = text;
  element.className = isBad ? 'bad' : '';
  clearTimeout(timer);
  timer = window.setTimeout(() => { element.textContent = ''; }, isBad ? 15_000 : 6000);
}
