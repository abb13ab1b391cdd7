/**
 * Signing in. Needs no session, so it is not a page of the library.
 *
 * @import { Config } from '../config.js'
 */

import { scene } from '../art/scene.js';
import { Refused, Unreachable } from '../data/request.js';
import { signIn } from '../data/session.js';
import { el } from '../dom.js';
import { EMAIL, PAGE, PASSWORD, SIGN_IN, SIGN_IN_ERROR, SUBMIT } from '../test-ids.js';
import { partOfDay } from '../time/german.js';
import { brandMark } from '../ui/shell.js';

const UNREACHABLE = 'Gerade ist keine Verbindung möglich. Bitte versuche es gleich noch einmal.';

const BAD_ADDRESS = 'Bitte prüfe die E-Mail-Adresse.';

/**
 * @param {Config} config
 * @param {{reachable: boolean, signedIn: () => void}} options
 */
export function signInPage(config, { reachable, signedIn }) {
  const error = el('p', { class: 'form-error', role: 'alert', 'data-testid': SIGN_IN_ERROR });
  if (!reachable) error.textContent = UNREACHABLE;
  const email = field('email', 'E-Mail', EMAIL, { type: 'email', autocomplete: 'username', inputmode: 'email' });
  const password = field('password', 'Passwort', PASSWORD, { type: 'password', autocomplete: 'current-password' });
  const button = el('button', { class: 'button wide', type: 'submit', 'data-testid': SUBMIT }, 'Anmelden');
  const form = el('form', { class: 'sign-in-form', 'data-testid': SIGN_IN, novalidate: true });
  form.append(email.label, password.label, error, button);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const missing = [email.input, password.input].find((input) => !input.value);
    error.textContent = missing ? 'Bitte gib E-Mail und Passwort ein.' : '';
    if (missing) return missing.focus();
    if (!email.input.validity.valid) {
      error.textContent = BAD_ADDRESS;
      return email.input.focus();
    }
    button.toggleAttribute('disabled', true);
    try {
      await signIn(config, email.input.value.trim(), password.input.value);
      signedIn();
    } catch (cause) {
      error.textContent = errorWords(cause);
      button.toggleAttribute('disabled', false);
    }
  });
  return el(
    'main',
    { class: 'sign-in', 'data-testid': PAGE, 'aria-busy': 'true' },
    el(
      'div',
      { class: 'sign-in-art hero', 'data-part': partOfDay(new Date()) },
      /** @type {any} */ (scene(partOfDay(new Date()))),
    ),
    el(
      'div',
      { class: 'sign-in-card' },
      el('p', { class: 'brand' }, brandMark(), el('span', {}, 'Mana')),
      el('h1', {}, 'Schön, dass du da bist'),
      el(
        'p',
        { class: 'page-line' },
        'Deine Aufgaben, Notizen und Gedanken warten – verschlüsselt und nur für dich lesbar.',
      ),
      form,
    ),
  );
}

/**
 * @param {string} name
 * @param {string} words
 * @param {string} testId
 * @param {Record<string, string>} attributes
 */
function field(name, words, testId, attributes) {
  const given = { name, required: true, 'data-testid': testId, ...attributes };
  const input = /** @type {HTMLInputElement} */ (el('input', given));
  return { input, label: el('label', { class: 'field' }, el('span', {}, words), input) };
}

/** @param {unknown} cause */
function errorWords(cause) {
  if (cause instanceof Unreachable) return UNREACHABLE;
  if (!(cause instanceof Refused)) {
    console.error(cause);
    return 'Da ist etwas schiefgegangen. Bitte versuche es noch einmal.';
  }
  switch (cause.code) {
    case 'INVALID_CREDENTIALS':
      return 'E-Mail oder Passwort stimmt nicht.';
    case 'EMAIL_NOT_VERIFIED':
      return 'Bitte bestätige zuerst deine E-Mail-Adresse. Den Link dazu findest du in deinem Postfach.';
    case 'ACCOUNT_LOCKED':
      return lockedWords(cause.retryAfterSec);
    case 'VALIDATION':
      return BAD_ADDRESS;
    default:
      return 'Die Anmeldung ist gerade nicht möglich. Bitte versuche es später noch einmal.';
  }
}

/** @param {number | null} seconds */
function lockedWords(seconds) {
  const minutes = Math.max(1, Math.ceil((seconds ?? 30 * 60) / 60));
  const wait = minutes === 1 ? 'einer Minute' : `${minutes} Minuten`;
  return `Zu viele Versuche. Aus Sicherheitsgründen ist die Anmeldung erst in ${wait} wieder möglich.`;
}
