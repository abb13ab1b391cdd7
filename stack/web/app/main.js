/**
 * Starts the app: who is signed in, what is on the screen.
 *
 * @import { Config, PageConfig } from './config.js'
 * @import { User } from './data/session.js'
 * @import { PageModule } from './ui/page-frame.js'
 */

import { loadConfig, pageOf } from './config.js';
import { inUseFirst } from './data/in-use.js';
import { Library } from './data/library.js';
import { Unreachable } from './data/request.js';
import { Session } from './data/session.js';
import * as articles from './pages/articles.js';
import * as calendar from './pages/calendar.js';
import * as contacts from './pages/contacts.js';
import * as goals from './pages/goals.js';
import * as habits from './pages/habits.js';
import * as home from './pages/home.js';
import * as invoices from './pages/invoices.js';
import * as journal from './pages/journal.js';
import * as mood from './pages/mood.js';
import * as notes from './pages/notes.js';
import * as personas from './pages/personas.js';
import * as settings from './pages/settings.js';
import { signInPage } from './pages/sign-in.js';
import * as spaces from './pages/spaces.js';
import * as todo from './pages/todo.js';
import { Router } from './router.js';
import { startClock } from './time/live-time.js';
import { PageFrame } from './ui/page-frame.js';
import { Shell } from './ui/shell.js';
import { toast } from './ui/toast.js';
import { troublePage } from './ui/trouble.js';

/** @type {Record<string, PageModule>} */
const PAGES = { home, todo, calendar, notes, journal, mood, habits, goals, contacts, articles, invoices, personas, spaces, settings };
const SIGN_IN = 'sign-in';
/** Where the visitor wanted to go before signing in; for this tab. */
const WANTED = 'mana.wanted';
/** Whose records this browser remembers, for visits without a connection. */
const LAST_USER = 'mana.last-user';
const RETRY_MS = 10_000;

start().catch((error) => {
  console.error(error);
  show(troublePage());
});

async function start() {
  const config = await loadConfig();
  const page = config.pages.find(({ path }) => path === location.pathname);
  if (page?.module === SIGN_IN) return showSignIn(config, true);
  let session;
  try {
    session = await Session.open(config);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return startOffline(config);
  }
  if (!session) return leave(config, true);
  const { id, name, email } = session.user;
  localStorage.setItem(LAST_USER, JSON.stringify({ id, name, email }));
  openApp(offered(config, session.isAdmin), new Library(config, session.user, session));
}

/**
 * The configuration without the pages that are not for this user.
 *
 * @param {Config} config
 * @param {boolean} isAdmin
 * @returns {Config}
 */
function offered(config, isAdmin) {
  return { ...config, pages: config.pages.filter((page) => isAdmin || !page.adminsOnly) };
}

/**
 * Without auth there is no key, but what is not encrypted can be read, and the app comes back by itself.
 *
 * @param {Config} config
 */
function startOffline(config) {
  const remembered = localStorage.getItem(LAST_USER);
  if (remembered === null) return showSignIn(config, false);
  /** @type {User} */
  const user = JSON.parse(remembered);
  const retry = () =>
    Session.open(config).then(
      () => location.reload(),
      () => setTimeout(retry, RETRY_MS),
    );
  setTimeout(retry, RETRY_MS);
  addEventListener('online', () => location.reload());
  openApp(offered(config, false), new Library(config, user, null));
}

/**
 * @param {Config} config
 * @param {Library} library
 */
function openApp(config, library) {
  const here = config.pages.some(({ path }) => path === location.pathname);
  if (!here) return location.replace(pageOf(config.pages, 'home').path);
  addEventListener('sign-out', () => signOut(config, library));
  const shell = new Shell(config);
  /** @type {PageFrame | null} */
  let frame = null;
  const router = new Router(config.pages, (page, moved) => {
    if (page.module === SIGN_IN) return location.reload();
    frame?.close();
    frame = new PageFrame(library, PAGES[page.module], page.module, config.pages);
    document.title = `${page.title} · Mana`;
    shell.showPage(frame.element, page.path);
    if (moved) frame.element.querySelector('h1')?.focus({ preventScroll: true });
  });
  const modules = config.pages.map((page) => page.module).filter((module) => library.collections.has(module));
  const showInUse = () => shell.showFirst(inUseFirst(modules, library));
  for (const collection of library.collections.values()) collection.addEventListener('change', showInUse);
  library.addEventListener('spaces', showInUse);
  showInUse();
  shell.showUser(library.user);
  library.addEventListener('online', () => shell.showOnline(library.online));
  library.addEventListener('ended', () => leave(config, true));
  startClock(() => frame?.draw());
  library.start();
  shell.showOnline(library.online);
  document.body.replaceChildren(shell.element);
  router.start();
}

/**
 * @param {Config} config
 * @param {Library} library
 */
async function signOut(config, library) {
  try {
    await library.signOut();
  } catch (error) {
    console.info('not signed out:', error);
    return toast('Abmelden ist gerade nicht möglich – keine Verbindung.');
  }
  localStorage.removeItem(LAST_USER);
  leave(config, false);
}

/**
 * To the sign-in page.
 *
 * @param {Config} config
 * @param {boolean} comeBack Whether the visitor lands here again afterwards.
 */
function leave(config, comeBack) {
  if (comeBack) sessionStorage.setItem(WANTED, location.pathname);
  location.replace(pageOf(config.pages, SIGN_IN).path);
}

/**
 * @param {Config} config
 * @param {boolean} reachable
 */
function showSignIn(config, reachable) {
  const signedIn = () => {
    const wanted = sessionStorage.getItem(WANTED);
    sessionStorage.removeItem(WANTED);
    const known = config.pages.some(({ path, module }) => module !== SIGN_IN && path === wanted);
    location.replace(known && wanted !== null ? wanted : pageOf(config.pages, 'home').path);
  };
  const page = signInPage(config, { reachable, signedIn });
  document.title = `${pageOf(config.pages, SIGN_IN).title} · Mana`;
  return show(page);
}

/**
 * A page without a library behind it, said to be ready once it is drawn in its own fonts.
 *
 * @param {HTMLElement} page
 */
async function show(page) {
  document.body.replaceChildren(page);
  page.getBoundingClientRect();
  await document.fonts.ready;
  page.setAttribute('aria-busy', 'false');
  page.dataset.ready = 'true';
}
