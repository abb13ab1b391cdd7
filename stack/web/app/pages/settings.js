/**
 * Settings: who is signed in, how the words are kept, what this device remembers.
 *
 * @import { PageConfig } from '../config.js'
 * @import { Library } from '../data/library.js'
 * @import { View } from '../ui/page-frame.js'
 */

import { icon } from '../art/icons.js';
import { pageOf } from '../config.js';
import { el, replaceChanged } from '../dom.js';
import { counted, pageHeading, skeleton } from '../ui/parts.js';
import { modules as everyModule } from './spaces.js';

/** @typedef {{vaultExists: boolean, hasRecoveryWrap: boolean, zeroKnowledge: boolean}} Vault */

export const modules = everyModule;

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 * @returns {View}
 */
export function open(library, pages) {
  const line = el('p', { class: 'page-line' }, 'Dein Konto, dein Schlüssel, dieses Gerät');
  const sections = el('div', { class: 'settings' });
  /** @type {Vault | null | undefined} `undefined` until it has come, `null` where nobody answered. */
  let vault;
  return {
    nodes: [pageHeading(pageOf(pages, 'settings').title, line), sections],
    fetched: () => vault !== undefined,
    fetch(redraw) {
      const asked = library.session?.vaultStatus() ?? Promise.resolve(null);
      asked
        .then((status) => (vault = status))
        .catch((error) => {
          console.info('not told:', error);
          vault = null;
        })
        .finally(redraw);
    },
    draw(settled) {
      if (!settled && library.online) return replaceChanged(sections, [el('div', { class: 'card' }, skeleton(6))]);
      replaceChanged(sections, [account(library), spaces(library, pages), encryption(vault ?? null), device(library)]);
    },
  };
}

/**
 * @param {string} key
 * @param {string} drawing
 * @param {string} title
 * @param {...(Node | null | false)} content
 */
function section(key, drawing, title, ...content) {
  const id = `einstellung-${key}`;
  return el(
    'section',
    { class: 'card setting', 'data-key': key, 'aria-labelledby': id },
    el('header', {}, el('span', { class: 'setting-icon' }, icon(drawing)), el('h2', { id }, title)),
    ...content,
  );
}

/** @param {Library} library */
function account(library) {
  const { name, email } = library.user;
  const fact = (/** @type {string} */ word, /** @type {string} */ value) => el('div', { class: 'fact' }, el('dt', {}, word), el('dd', {}, value));
  const leave = el('button', { class: 'button soft', type: 'button' }, 'Abmelden');
  leave.addEventListener('click', () => dispatchEvent(new Event('sign-out')));
  return section('account', 'smile', 'Konto', el('dl', {}, fact('Name', name || '–'), fact('E-Mail', email)), el('p', { class: 'setting-end' }, leave));
}

/**
 * @param {Library} library
 * @param {PageConfig[]} pages
 */
function spaces(library, pages) {
  const { path } = pageOf(pages, 'spaces');
  const shared = library.spaces.length - 1;
  const words = shared > 0 ? `Du teilst oder führst ${counted(shared, 'weiteren Bereich', 'weitere Bereiche')} neben deinem eigenen.` : 'Was du schreibst, liegt in deinem eigenen Bereich.';
  return section(
    'spaces',
    'people',
    'Bereiche',
    el('p', {}, words),
    el('p', { class: 'setting-end' }, el('a', { class: 'button soft', href: path }, 'Bereiche ansehen')),
  );
}

/** @param {Vault | null} vault */
function encryption(vault) {
  const words = vault?.zeroKnowledge
    ? 'Nur dein Wiederherstellungscode öffnet deinen Schlüssel. Der Server kann es nicht.'
    : 'Titel und Texte werden hier im Browser verschlüsselt. Der Server bewahrt deinen Schlüssel verpackt für dich auf.';
  const state = (/** @type {boolean} */ good, /** @type {string} */ told) =>
    el('li', { class: good ? 'good' : '' }, icon(good ? 'check' : 'more'), told);
  return section(
    'encryption',
    'lock',
    'Verschlüsselung',
    el('p', {}, words),
    vault === null
      ? el('p', { class: 'quiet' }, 'Der Stand lässt sich gerade nicht abfragen.')
      : el(
          'ul',
          { class: 'states' },
          state(vault.vaultExists, vault.vaultExists ? 'Dein Schlüssel ist angelegt' : 'Dein Schlüssel entsteht beim ersten Eintrag'),
          state(vault.hasRecoveryWrap, vault.hasRecoveryWrap ? 'Ein Wiederherstellungscode ist hinterlegt' : 'Kein Wiederherstellungscode hinterlegt'),
        ),
  );
}

/** @param {Library} library */
function device(library) {
  const records = modules.reduce((sum, module) => sum + library.items(module).length, 0);
  return section(
    'device',
    'device',
    'Dieses Gerät',
    el('p', {}, `${counted(records, 'Eintrag liegt', 'Einträge liegen')} verschlüsselt in diesem Browser, damit du sie auch ohne Verbindung findest.`),
    el('p', { class: 'quiet' }, 'Beim Abmelden wird alles davon gelöscht.'),
  );
}
