/**
 * Writing a diary entry: a mood, a title where it wants one, and as many words as it takes.
 *
 * @import { Library } from '../data/library.js'
 * @import { View } from './page-frame.js'
 */

import { MOODS, face } from '../art/moods.js';
import { el } from '../dom.js';
import { go } from '../router.js';
import { ENTRY_MOOD, ENTRY_TEXT, ENTRY_TITLE, SAVE_ENTRY } from '../test-ids.js';
import { isoDay } from '../time/german.js';
import { liveTime } from '../time/live-time.js';
import { wayBack } from './opened.js';
import { toast } from './toast.js';

/** What the address names where an entry is written that is not there yet. */
export const NEW = 'neu';

const LONGEST_TITLE = 500;
const LONGEST = 20_000;

/**
 * @param {Library} library
 * @param {string} path The diary's.
 * @returns {View}
 */
export function openWriting(library, path) {
  const title = /** @type {HTMLInputElement} */ (
    el('input', { type: 'text', maxlength: LONGEST_TITLE, autocomplete: 'off', 'data-testid': ENTRY_TITLE })
  );
  const content = /** @type {HTMLTextAreaElement} */ (
    el('textarea', { rows: 8, maxlength: LONGEST, required: true, 'data-testid': ENTRY_TEXT })
  );
  const save = el('button', { class: 'button', type: 'submit', 'data-testid': SAVE_ENTRY }, 'Eintragen');
  const form = /** @type {HTMLFormElement} */ (
    el(
      'form',
      { class: 'card entry-form' },
      el('fieldset', { class: 'mood-choice' }, el('legend', {}, 'Wie geht es dir?'), ...MOODS.map(moodOption)),
      el('label', { class: 'field' }, el('span', {}, 'Überschrift'), title),
      el('label', { class: 'field' }, el('span', {}, 'Was war heute?'), content),
      el(
        'div',
        { class: 'form-end' },
        el('p', { class: 'quiet' }, 'Wird verschlüsselt, bevor es dieses Gerät verlässt.'),
        save,
      ),
    )
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (content.value.trim() === '') return content.focus();
    save.toggleAttribute('disabled', true);
    const mood = new FormData(form).get('mood');
    try {
      await keep(library, { title: title.value.trim(), content: content.value.trim(), mood: mood === null ? null : String(mood) });
      go(path);
    } catch (error) {
      console.info('not saved:', error);
      toast('Nicht gespeichert – bitte später noch einmal versuchen.');
      save.toggleAttribute('disabled', false);
    }
  });
  return {
    nodes: [
      wayBack(path, 'Tagebuch'),
      el('header', { class: 'page-heading' }, el('div', { class: 'page-heading-words' }, el('h1', { tabindex: -1 }, 'Neuer Eintrag'), liveTime('today', null, 'page-line'))),
      form,
    ],
    draw() {
      save.toggleAttribute('disabled', !library.writable);
    },
  };
}

/** @param {string} mood */
function moodOption(mood) {
  const id = `stimmung-${mood}`;
  const radio = el('input', { type: 'radio', name: 'mood', value: mood, id });
  const attributes = { class: 'mood-option', for: id, 'data-mood': mood, 'data-testid': ENTRY_MOOD };
  return el('label', attributes, radio, face(mood), el('span', {}, mood));
}

/**
 * @param {Library} library
 * @param {{title: string, content: string, mood: string | null}} words
 */
async function keep(library, { title, content, mood }) {
  const space = library.personalSpace;
  if (!space) throw new Error('the personal space is not known yet');
  const now = new Date();
  await library.collections.get('journal')?.insert({
    id: crypto.randomUUID(),
    title: title || null,
    content,
    entryDate: isoDay(now),
    mood,
    tags: [],
    wordCount: content.split(/\s+/).length,
    isPinned: false,
    isFavorite: false,
    isArchived: false,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    spaceId: space.id,
  });
}
