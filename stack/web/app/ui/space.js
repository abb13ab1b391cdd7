/**
 * One space: what it is for, the user's part in it, what lies in it, and the way to bring somebody in.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Library } from '../data/library.js'
 * @import { Space } from '../data/session.js'
 */

import { icon } from '../art/icons.js';
import { Refused } from '../data/request.js';
import { el } from '../dom.js';
import { INVITE, SPACE } from '../test-ids.js';
import { toast } from './toast.js';

/** @type {Record<string, {words: string, drawing: string}>} */
const TYPES = {
  personal: { words: 'Nur für dich', drawing: 'lock' },
  family: { words: 'Familie', drawing: 'family' },
  team: { words: 'Team', drawing: 'people' },
  club: { words: 'Verein', drawing: 'people' },
  practice: { words: 'Praxis', drawing: 'leaf' },
  brand: { words: 'Marke', drawing: 'palette' },
};
/** @type {Record<string, string>} */
const ROLES = { owner: 'Du leitest diesen Bereich', admin: 'Du verwaltest mit', member: 'Du bist Mitglied' };

/**
 * @param {Space} space
 * @param {Library} library
 * @param {PageConfig[]} pages
 */
export function spaceCard(space, library, pages) {
  const type = TYPES[space.metadata.type] ?? TYPES.club;
  const personal = space === library.personalSpace;
  const headingId = `bereich-${space.id}`;
  return el(
    'article',
    { class: 'card space', 'data-key': space.id, 'data-type': space.metadata.type, 'data-testid': SPACE, 'aria-labelledby': headingId },
    el(
      'header',
      { class: 'space-head' },
      el('span', { class: 'space-icon' }, icon(type.drawing)),
      el(
        'div',
        {},
        el('h2', { id: headingId }, personal ? 'Persönlich' : space.name),
        el('p', { class: 'quiet' }, personal ? type.words : `${type.words} · ${ROLES[space.role] ?? space.role}`),
      ),
    ),
    contents(space, library, pages),
    !personal && (space.role === 'owner' || space.role === 'admin') ? inviteForm(space, library) : null,
  );
}

/**
 * What lies in it, module by module.
 *
 * @param {Space} space
 * @param {Library} library
 * @param {PageConfig[]} pages
 */
function contents(space, library, pages) {
  const own = library.personalSpace;
  const count = (/** @type {string} */ module) =>
    library.items(module).filter((item) => (item.spaceId ?? own?.id) === space.id).length;
  const held = pages
    .filter(({ module }) => library.collections.has(module))
    .map(({ module, title, path }) => ({ title, path, module, count: count(module) }))
    .filter((module) => module.count > 0);
  if (held.length === 0) return el('p', { class: 'space-empty' }, 'Noch liegt nichts darin.');
  return el(
    'ul',
    { class: 'space-contents' },
    ...held.map(({ title, path, module, count: number }) =>
      el('li', {}, el('a', { href: path }, icon(module), el('span', {}, title), el('strong', {}, String(number)))),
    ),
  );
}

/**
 * @param {Space} space
 * @param {Library} library
 */
function inviteForm(space, library) {
  const id = `einladen-${space.id}`;
  const input = /** @type {HTMLInputElement} */ (
    el('input', { type: 'email', id, placeholder: 'E-Mail-Adresse', autocomplete: 'off', required: true, disabled: !library.writable })
  );
  const button = el('button', { class: 'button soft', type: 'submit', disabled: !library.writable }, 'Einladen');
  const told = el('p', { class: 'invited', role: 'status' });
  const form = el('form', { class: 'invite', novalidate: true, 'data-testid': INVITE }, el('label', { for: id }, 'Jemanden einladen'), input, button, told);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const email = input.value.trim();
    if (!email) return input.focus();
    try {
      const word = await library.session?.invite(space.id, email);
      input.value = '';
      told.replaceChildren(`${email} kann mit diesem Einladungscode beitreten: `, el('code', {}, String(word)));
    } catch (error) {
      console.info('not invited:', error);
      told.replaceChildren(error instanceof Refused ? 'Diese Adresse lässt sich nicht einladen.' : '');
      if (!(error instanceof Refused)) toast('Nicht eingeladen – bitte später noch einmal versuchen.');
    }
  });
  return form;
}
