/** What stands where the app cannot start, and the way to try again. Needs nothing that could fail. */

import { scene } from '../art/scene.js';
import { el } from '../dom.js';
import { PAGE, TROUBLE } from '../test-ids.js';
import { brandMark } from './shell.js';

export function troublePage() {
  const again = el('button', { class: 'button', type: 'button', 'data-testid': TROUBLE }, 'Noch einmal versuchen');
  again.addEventListener('click', () => location.reload());
  document.title = 'Mana';
  return el(
    'main',
    { class: 'sign-in', 'data-testid': PAGE, 'aria-busy': 'true' },
    el('div', { class: 'sign-in-art hero', 'data-part': 'night' }, /** @type {any} */ (scene('night'))),
    el(
      'div',
      { class: 'sign-in-card' },
      el('p', { class: 'brand' }, brandMark(), el('span', {}, 'Mana')),
      el('h1', { role: 'alert' }, 'Mana kann gerade nicht starten'),
      el(
        'p',
        { class: 'page-line' },
        'Der Server hat nicht geantwortet wie erwartet. Deine Einträge sind sicher; meist genügt ein zweiter Versuch.',
      ),
      el('p', {}, again),
    ),
  );
}
