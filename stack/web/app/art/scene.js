/**
 * The landscape behind the greeting and the sign-in form: one drawing, whose colours follow the time of day.
 *
 * What matters stands between 420 and 780, the part a narrow screen shows.
 */

import { svg } from '../dom.js';

/** None stand where the greeting does. */
const STARS = [
  [430, 138],
  [486, 122],
  [528, 150],
  [604, 134],
  [640, 116],
  [668, 70],
  [618, 44],
  [706, 30],
  [780, 60],
  [842, 92],
  [886, 34],
  [952, 84],
  [1108, 128],
  [1164, 96],
];
const TREES = [
  [452, 214, 0.8],
  [474, 216, 1.1],
  [668, 212, 1],
  [692, 210, 1.35],
  [714, 212, 0.9],
  [96, 218, 1.2],
  [122, 220, 0.9],
  [940, 212, 1.1],
  [962, 213, 0.8],
  [1104, 218, 1.3],
];

/** @param {'morning' | 'day' | 'evening' | 'night'} partOfDay */
export function scene(partOfDay) {
  return svg(
    'svg',
    {
      class: 'scene',
      viewBox: '0 0 1200 260',
      preserveAspectRatio: 'xMidYMax slice',
      'aria-hidden': 'true',
      'data-part': partOfDay,
    },
    svg('g', { class: 'stars' }, ...STARS.map(([cx, cy], index) => star(cx, cy, index))),
    svg('circle', { class: 'halo', cx: 742, cy: 138, r: 74 }),
    svg('circle', { class: 'sun', cx: 742, cy: 138, r: 40 }),
    svg('g', { class: 'clouds' }, cloud(560, 128, 0.75), cloud(900, 62, 1.2), cloud(1010, 104, 0.7)),
    svg('path', {
      class: 'hill far',
      d: 'M0 186C120 150 250 150 400 168S640 176 780 146s300-6 420 26v88H0z',
    }),
    svg('path', {
      class: 'hill middle',
      d: 'M0 208c150-22 300-12 460 6s300-30 470-18 190 26 270 16v48H0z',
    }),
    svg('g', { class: 'trees' }, ...TREES.map(([x, y, size]) => tree(x, y, size))),
    house(),
    svg('path', {
      class: 'hill near',
      d: 'M0 236c200-22 380-14 560 2s420-20 640-4v26H0z',
    }),
  );
}

/**
 * @param {number} cx
 * @param {number} cy
 * @param {number} index
 */
function star(cx, cy, index) {
  return svg('circle', { class: cy < 116 && 'high', cx, cy, r: index % 3 === 0 ? 1.9 : 1.2 });
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
function cloud(x, y, size) {
  const shape = 'M-46 14a13 13 0 0 1 4-25 20 20 0 0 1 36-8 16 16 0 0 1 27 10 12 12 0 0 1 6 23z';
  return svg('path', { d: shape, transform: `translate(${x} ${y}) scale(${size})` });
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} size
 */
function tree(x, y, size) {
  return svg('path', {
    d: 'M0 8V-4M0-34c7 8 10 14 10 20s-4 10-10 10-10-4-10-10 3-12 10-20z',
    transform: `translate(${x} ${y}) scale(${size})`,
  });
}

function house() {
  return svg(
    'g',
    { class: 'house', transform: 'translate(566 206)' },
    svg('path', { class: 'wall', d: 'M-17 22V-2h34v24z' }),
    svg('path', { class: 'roof', d: 'M-22 0 0-17 22 0z' }),
    svg('path', { class: 'chimney', d: 'M8-16h5v10H8z' }),
    svg('path', { class: 'window', d: 'M-9 4h7v8h-7zM3 4h7v8H3z' }),
  );
}
