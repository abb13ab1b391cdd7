/**
 * The app's own line drawings, on a grid of 24, as path data.
 *
 * A name is what the picture shows or does. `habitIcon` reads the free words that users and agents give to habits.
 */

import { svg } from '../dom.js';

/** @type {Record<string, string>} */
const DRAWINGS = {
  // the pages
  home: 'M4 11.2 12 4.5l8 6.7V18a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM9.5 20v-5.5h5V20',
  todo: 'M4 6.6l1.6 1.6L8.4 5.2M4 16.4l1.6 1.6 2.8-3M12 6.8h8M12 12h8M12 17.2h8M4.6 12h2.8',
  notes:
    'M6 3.8h12a1.8 1.8 0 0 1 1.8 1.8v8.9l-5.6 5.7H6a1.8 1.8 0 0 1-1.8-1.8V5.6A1.8 1.8 0 0 1 6 3.8zM14 20v-4a1.7 1.7 0 0 1 1.7-1.7h4M8 8.6h8M8 12.2h4.6',
  journal: 'M12 6.6C10.2 5.2 7.6 4.6 4 4.6v13.2c3.6 0 6.2.6 8 2 1.8-1.4 4.4-2 8-2V4.6c-3.6 0-6.2.6-8 2zM12 6.6v13.2',
  habits:
    'M12 20.5v-8M12 14.2C12 10 9 7.6 4.4 7.6c0 4.4 2.8 6.6 7.6 6.6zM12 11.4c0-4.2 2.8-7 7.6-7.2 0 4.8-2.8 7.2-7.6 7.2zM7.5 20.5h9',
  calendar:
    'M5.8 5.5h12.4A1.8 1.8 0 0 1 20 7.3v10.9a1.8 1.8 0 0 1-1.8 1.8H5.8A1.8 1.8 0 0 1 4 18.2V7.3a1.8 1.8 0 0 1 1.8-1.8zM4 10h16M8.5 3.5v3.6M15.5 3.5v3.6',
  mood: 'M12 20.2a8.2 8.2 0 1 0 0-16.4 8.2 8.2 0 0 0 0 16.4zM8.6 13.8c1.6 2.6 5.2 2.6 6.8 0M9.2 9.6v.6M14.8 9.6v.6',
  articles:
    'M5.4 4.6h9.8a1.4 1.4 0 0 1 1.4 1.4v12a2 2 0 0 0 2 2H6a2 2 0 0 1-2-2V6a1.4 1.4 0 0 1 1.4-1.4zM16.6 9h3.4v9a2 2 0 0 1-2 2M7.4 8.6h5.8M7.4 12h5.8M7.4 15.4h3.4',
  goals: 'M12 20.2a8.2 8.2 0 1 0 0-16.4 8.2 8.2 0 0 0 0 16.4zM12 15.6a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2z',
  invoices:
    'M6 3.6l2 1.6 2-1.6 2 1.6 2-1.6 2 1.6 2-1.6v16.8l-2-1.6-2 1.6-2-1.6-2 1.6-2-1.6-2 1.6zM14.6 9.4a3.2 3.2 0 1 0 0 5.2M8.4 11.2h4M8.4 13h4',
  contacts:
    'M6.4 3.6h10.4a1.8 1.8 0 0 1 1.8 1.8v13.2a1.8 1.8 0 0 1-1.8 1.8H6.4a1.8 1.8 0 0 1-1.8-1.8V5.4a1.8 1.8 0 0 1 1.8-1.8zM11.6 11a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM7.8 16.6c.3-2.2 1.8-3.2 3.8-3.2s3.5 1 3.8 3.2M21 7v2.4M21 12v2.4',
  personas:
    'M8.6 11.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM15.4 11.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.4 19c.4-3.2 2.4-4.8 5.2-4.8 1.4 0 2.6.4 3.4 1.2.8-.8 2-1.2 3.4-1.2 2.8 0 4.8 1.6 5.2 4.8',
  // the app
  more: 'M5.5 12.01v-.02M12 12.01v-.02M18.5 12.01v-.02',
  place: 'M12 20.6c4.4-4.2 6.6-7.6 6.6-10.4a6.6 6.6 0 0 0-13.2 0c0 2.8 2.2 6.2 6.6 10.4zM12 12.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z',
  search: 'M10.6 17.4a6.8 6.8 0 1 0 0-13.6 6.8 6.8 0 0 0 0 13.6zM15.6 15.6l4.6 4.6',
  call: 'M7 4.4h2.6l1.4 4-1.8 1.4a11 11 0 0 0 5 5l1.4-1.8 4 1.4V17a2.6 2.6 0 0 1-2.8 2.6C10.6 19.2 4.8 13.4 4.4 7.2A2.6 2.6 0 0 1 7 4.4z',
  plus: 'M12 5.5v13M5.5 12h13',
  check: 'M5.5 12.6l4.2 4.2 8.8-9.4',
  right: 'M9.5 6l6 6-6 6',
  left: 'M14.5 6l-6 6 6 6',
  archive: 'M4.4 5h15.2v4H4.4zM5.6 9v8.6A1.4 1.4 0 0 0 7 19h10a1.4 1.4 0 0 0 1.4-1.4V9M9.8 12.4h4.4',
  back: 'M9 6.4L4.6 10.8 9 15.2M4.6 10.8h9.2a5 5 0 0 1 0 8.4h-2.2',
  spaces:
    'M6 4.2h4.2A1.8 1.8 0 0 1 12 6v4.2A1.8 1.8 0 0 1 10.2 12H6a1.8 1.8 0 0 1-1.8-1.8V6A1.8 1.8 0 0 1 6 4.2zM15.8 8.2v3.4a2.4 2.4 0 0 1-2.4 2.4M14 16.6a3.2 3.2 0 1 0 6.4 0 3.2 3.2 0 0 0-6.4 0zM5 16h5v4H5z',
  family: 'M4 11.2 12 4.5l8 6.7V18a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM12 17c-2-1.4-3-2.6-3-3.8a1.6 1.6 0 0 1 3-.8 1.6 1.6 0 0 1 3 .8c0 1.2-1 2.4-3 3.8z',
  device: 'M5.4 4.6h13.2A1.6 1.6 0 0 1 20.2 6.2v8.6a1.6 1.6 0 0 1-1.6 1.6H5.4a1.6 1.6 0 0 1-1.6-1.6V6.2a1.6 1.6 0 0 1 1.6-1.6zM9 20h6M12 16.4V20',
  leave: 'M14 4.5H7A1.8 1.8 0 0 0 5.2 6.3v11.4A1.8 1.8 0 0 0 7 19.5h7M10.5 12h9.7M16.6 8.2l3.8 3.8-3.8 3.8',
  offline: 'M4 4l16 16M8.2 8.3A4.6 4.6 0 0 0 7.6 17.4h9.6M11 6.7a5 5 0 0 1 6.2 3.9 3.5 3.5 0 0 1 2.6 5',
  pin: 'M9 4h6M10 4v5.2L6.8 13v1.6h10.4V13L14 9.2V4M12 14.6v5.6',
  flag: 'M6 20.5V4.6M6 5.2c4-2.4 7 2.2 12 0v8.4c-5 2.2-8-2.4-12 0',
  target: 'M12 20.2a8.2 8.2 0 1 0 0-16.4 8.2 8.2 0 0 0 0 16.4zM12 15.6a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2z',
  people:
    'M9 11.4a3.4 3.4 0 1 0 0-6.8 3.4 3.4 0 0 0 0 6.8zM3 19.4c.4-3.4 2.8-5 6-5s5.6 1.6 6 5M16 5a3.2 3.2 0 0 1 0 6.2M17.4 14.6c2.2.5 3.4 2.1 3.6 4.6',
  lock: 'M7 10.5h10a1.8 1.8 0 0 1 1.8 1.8v6a1.8 1.8 0 0 1-1.8 1.8H7a1.8 1.8 0 0 1-1.8-1.8v-6A1.8 1.8 0 0 1 7 10.5zM8.2 10.5V8a3.8 3.8 0 0 1 7.6 0v2.5M12 14.4v1.8',
  // habits
  star: 'M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z',
  book: 'M6.2 4h11.3v16H6.2A1.9 1.9 0 0 1 4.3 18V6a1.9 1.9 0 0 1 1.9-2zM4.3 18a1.9 1.9 0 0 1 1.9-2h11.3M8.4 8h5.4',
  run: 'M14.4 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM6.4 10.4l3-2.4 3.8 1.2-2.4 4.6 3.6 2.4-1.2 4.6M10.4 14.6l-1.6 3.2H5M13.4 9.4l2 2.4h3.2',
  walk: 'M12.6 6a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM12.2 8.4l-3 1.6-1 3M12.2 8.4l-.8 5.4 3 2.8.8 4.6M11.4 13.8l-1 3.6-2 3.6M12.2 8.4l2 2.8 2.6 1',
  water: 'M12 3.6c3.6 4.2 5.8 7.4 5.8 10.4a5.8 5.8 0 0 1-11.6 0c0-3 2.2-6.2 5.8-10.4zM9.4 14.4a2.7 2.7 0 0 0 2.4 2.7',
  moon: 'M19.4 14.6A8 8 0 0 1 9.4 4.6a8 8 0 1 0 10 10z',
  sun: 'M12 16.2a4.2 4.2 0 1 0 0-8.4 4.2 4.2 0 0 0 0 8.4zM12 2.8v2M12 19.2v2M2.8 12h2M19.2 12h2M5.5 5.5l1.4 1.4M17.1 17.1l1.4 1.4M18.5 5.5l-1.4 1.4M6.9 17.1l-1.4 1.4',
  heart: 'M12 19.6C7 16 4 13 4 9.4A4.2 4.2 0 0 1 12 7.6a4.2 4.2 0 0 1 8 1.8c0 3.6-3 6.6-8 10.2z',
  dumbbell: 'M3.4 10v4M6.6 7.4v9.2M17.4 7.4v9.2M20.6 10v4M6.6 12h10.8',
  leaf: 'M5 19c0-9 5-14 14.4-14C19.4 14 15 18.4 8.6 16.6M5 19.6c1.4-4 4-7 8-8.8',
  coffee:
    'M5 9.4h11v5.4a4.6 4.6 0 0 1-4.6 4.6H9.6A4.6 4.6 0 0 1 5 14.8zM16 10.6h1.6a2.3 2.3 0 0 1 0 4.6H16M8.4 3.6c-.8 1.2.8 2 0 3.2M12.4 3.6c-.8 1.2.8 2 0 3.2',
  music:
    'M8.4 17.2V6l10-2v11.2M8.4 17.2a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM18.4 15.2a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z',
  pen: 'M14.8 5.4l3.8 3.8M4.6 19.4l1-4.6L16 4.4a1.5 1.5 0 0 1 2.2 0l1.4 1.4a1.5 1.5 0 0 1 0 2.2L9.2 18.4z',
  idea: 'M9.4 16.4c0-1.6-3.2-3-3.2-6.8a5.8 5.8 0 0 1 11.6 0c0 3.8-3.2 5.2-3.2 6.8zM9.6 19h4.8M10.8 21.2h2.4',
  bed: 'M3.6 19V6.4M3.6 16.4h16.8M20.4 19v-5.2a2.8 2.8 0 0 0-2.8-2.8H11v5.4M7.4 13a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z',
  bike: 'M6.4 18.6a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2zM17.6 18.6a3.6 3.6 0 1 0 0-7.2 3.6 3.6 0 0 0 0 7.2zM6.4 15l3.4-6.6h5.4L11.6 15zM9.8 8.4 9 6.4H7.4M17.6 15 14.6 5.4h2.2',
  apple:
    'M12 8.2c-1.6-1.2-3-1.4-4.4-.8-2 .8-2.8 3-2.4 5.6.6 3.8 2.8 7 4.8 7 .8 0 1.2-.4 2-.4s1.2.4 2 .4c2 0 4.2-3.2 4.8-7 .4-2.6-.4-4.8-2.4-5.6-1.4-.6-2.8-.4-4.4.8zM12 8.2c0-2.2 1-3.8 3-4.6',
  phone:
    'M8.4 3.2h7.2a1.6 1.6 0 0 1 1.6 1.6v14.4a1.6 1.6 0 0 1-1.6 1.6H8.4a1.6 1.6 0 0 1-1.6-1.6V4.8a1.6 1.6 0 0 1 1.6-1.6zM10.8 17.8h2.4',
  clock: 'M12 20.2a8.2 8.2 0 1 0 0-16.4 8.2 8.2 0 0 0 0 16.4zM12 7.4V12l3.2 2',
  smile: 'M12 20.2a8.2 8.2 0 1 0 0-16.4 8.2 8.2 0 0 0 0 16.4zM8.6 13.8c1.6 2.6 5.2 2.6 6.8 0M9.2 9.6v.6M14.8 9.6v.6',
  code: 'M8.6 7.4 4 12l4.6 4.6M15.4 7.4 20 12l-4.6 4.6M13.4 5l-2.8 14',
  mail: 'M5.4 5.8h13.2A1.6 1.6 0 0 1 20.2 7.4v9.2a1.6 1.6 0 0 1-1.6 1.6H5.4a1.6 1.6 0 0 1-1.6-1.6V7.4a1.6 1.6 0 0 1 1.6-1.6zM4.2 7.2 12 13l7.8-5.8',
  coin: 'M12 20.2a8.2 8.2 0 1 0 0-16.4 8.2 8.2 0 0 0 0 16.4zM15 8.8a3.9 3.9 0 1 0 0 6.4M7.6 11h5M7.6 13.4h5',
  calm: 'M12 7.6a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM12 9.8c-2.6 0-3.6 1.8-4.4 4.6M12 9.8c2.6 0 3.6 1.8 4.4 4.6M3.8 18.8c3-3.6 13.4-3.6 16.4 0-4 1.6-12.4 1.6-16.4 0z',
  camera:
    'M4.8 7.6h3l1.4-2.2h5.6l1.4 2.2h3A1.2 1.2 0 0 1 20.4 8.8v8.6a1.2 1.2 0 0 1-1.2 1.2H4.8a1.2 1.2 0 0 1-1.2-1.2V8.8a1.2 1.2 0 0 1 1.2-1.2zM12 16a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z',
  palette:
    'M12 3.8a8.2 8.2 0 0 0 0 16.4c1.6 0 2-1.2 1.4-2.4-.8-1.6.2-3 1.8-3h2.4c1.6 0 2.6-1.2 2.6-2.8 0-4.6-3.6-8.2-8.2-8.2zM7.8 11.4v.4M10.2 7.8v.4M14.6 7.8v.4',
  fork: 'M7 3.8v16.4M4.6 3.8v4.4a2.4 2.4 0 0 0 4.8 0V3.8M17 20.2v-6.6M17 13.6c-1.8-.8-2.6-2.6-2.6-5s1-4.8 2.6-4.8z',
  dog: 'M4.6 10.6 7 8V4.4l3.2 2.4h4.4l4.8 2.8v2.6c0 1.4-1 2.2-2.6 2.2h-2.2v5.4M7 20v-5.4c-1.4-.8-2.2-2.2-2.4-4M13.8 9.4v.6',
  broom: 'M19.6 4.4l-7 7M9.4 9.4l5.2 5.2c-1 3-3.8 5.2-8.6 5.6H4v-2c.4-4.8 2.4-7.8 5.4-8.8zM8 16.2l-2 3.8',
  chat: 'M5.6 5h12.8A1.6 1.6 0 0 1 20 6.6v8.2a1.6 1.6 0 0 1-1.6 1.6H11l-4.6 3.8v-3.8h-.8A1.6 1.6 0 0 1 4 14.8V6.6A1.6 1.6 0 0 1 5.6 5zM8 9.2h8M8 12.4h5',
};

/** Words for habits that mean one of the drawings. */
const SYNONYMS = {
  run: ['running', 'jog', 'laufen', 'joggen', 'shoe', 'sneaker', 'footprints'],
  walk: ['steps', 'spaziergang', 'gehen', 'hike', 'schritte'],
  book: [
    'read',
    'reading',
    'lesen',
    'books',
    'buch',
    'study',
    'learn',
    'lernen',
    'graduation-cap',
    'book-open',
    'library',
  ],
  water: ['drop', 'droplet', 'drink', 'glass', 'wasser', 'trinken', 'glass-water'],
  moon: ['night', 'nacht'],
  bed: ['sleep', 'schlaf', 'schlafen'],
  sun: ['morning', 'sunrise', 'morgen', 'light'],
  heart: ['health', 'love', 'herz', 'gratitude', 'dankbarkeit'],
  dumbbell: ['gym', 'fitness', 'sport', 'workout', 'strength', 'training', 'kraft', 'muscle'],
  leaf: ['plant', 'garden', 'nature', 'tree', 'pflanze', 'natur', 'seedling', 'sprout'],
  coffee: ['tea', 'cup', 'kaffee', 'tee', 'pause', 'break'],
  music: ['guitar', 'piano', 'song', 'musik', 'headphones', 'mic'],
  pen: ['write', 'writing', 'journal', 'pencil', 'schreiben', 'edit', 'notebook'],
  idea: ['brain', 'bulb', 'lightbulb', 'focus', 'think', 'fokus'],
  bike: ['bicycle', 'cycling', 'fahrrad', 'rad'],
  apple: ['fruit', 'carrot', 'salad', 'obst', 'vegetable', 'ernährung'],
  phone: ['smartphone', 'mobile', 'screen', 'handy', 'call'],
  clock: ['timer', 'time', 'alarm', 'watch', 'hourglass', 'zeit'],
  smile: ['mood', 'happy', 'face', 'stimmung'],
  code: ['terminal', 'laptop', 'computer', 'dev', 'git', 'keyboard'],
  mail: ['inbox', 'email', 'envelope', 'post'],
  coin: ['money', 'euro', 'budget', 'wallet', 'piggy-bank', 'geld', 'receipt', 'invoice'],
  calm: ['meditation', 'meditate', 'yoga', 'breath', 'lotus', 'zen', 'wind', 'breathe', 'atmen'],
  camera: ['photo', 'picture', 'foto'],
  palette: ['paint', 'art', 'draw', 'brush', 'kunst', 'malen', 'zeichnen'],
  fork: ['cook', 'food', 'meal', 'kitchen', 'eat', 'utensils', 'kochen', 'essen'],
  dog: ['pet', 'cat', 'paw', 'hund'],
  broom: ['clean', 'tidy', 'home-clean', 'putzen', 'aufräumen', 'sparkles'],
  chat: ['language', 'talk', 'message', 'languages', 'sprache', 'vokabeln'],
  people: ['family', 'friends', 'users', 'team', 'familie', 'kids', 'baby'],
  todo: ['list', 'checklist', 'tasks', 'clipboard', 'plan'],
  calendar: ['date', 'week', 'kalender'],
  check: ['done', 'tick', 'circle-check'],
  home: ['house', 'haus', 'zuhause'],
};
const HABIT_WORDS = new Map(Object.entries(SYNONYMS).flatMap(([name, words]) => words.map((word) => [word, name])));

/**
 * A drawing, hidden from screen readers: the text beside it says the same.
 *
 * @param {string} name
 */
export function icon(name) {
  const drawing = DRAWINGS[name];
  if (!drawing) throw new Error(`no drawing is named ${name}`);
  return svg('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, svg('path', { d: drawing }));
}

/**
 * The drawing for a habit's own word; a star where there is none.
 *
 * @param {unknown} word
 */
export function habitIcon(word) {
  const name = String(word).trim().toLowerCase();
  if (Object.hasOwn(DRAWINGS, name)) return icon(name);
  return icon(HABIT_WORDS.get(name) ?? 'star');
}
