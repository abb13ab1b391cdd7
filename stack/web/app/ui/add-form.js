/**
 * A line to add one thing to a list.
 *
 * @typedef {object} Wording
 * @property {string} id
 * @property {string} label
 * @property {string} placeholder
 * @property {number} longest
 * @property {string} testId
 */

import { icon } from '../art/icons.js';
import { el } from '../dom.js';
import { toast } from './toast.js';

/**
 * @param {Wording} wording
 * @param {(words: string) => Promise<void>} add Fails where nothing was saved; then the words stand in the line again.
 */
export function addForm({ id, label, placeholder, longest, testId }, add) {
  const attributes = { id, placeholder, maxlength: longest, 'data-testid': testId };
  const input = /** @type {HTMLInputElement} */ (
    el('input', { type: 'text', autocomplete: 'off', required: true, ...attributes })
  );
  const button = el('button', { class: 'button', type: 'submit' }, 'Hinzufügen');
  const element = el('form', { class: 'line-form' }, icon('plus'), el('label', { for: id, class: 'hidden' }, label), input, button);
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    const words = input.value.trim();
    if (words === '') return;
    input.value = '';
    try {
      await add(words);
    } catch (error) {
      console.info('not saved:', error);
      toast('Nicht gespeichert – bitte später noch einmal versuchen.');
      if (input.value === '') input.value = words;
    }
  });
  const enable = (/** @type {boolean} */ writable) => {
    for (const control of [input, button]) control.toggleAttribute('disabled', !writable);
  };
  return { element, enable };
}
