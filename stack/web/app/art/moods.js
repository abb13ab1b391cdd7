/** The faces of the diary's moods, and their places on a scale of colours from light to heavy. */

import { svg } from '../dom.js';

/** @type {Record<string, {mouth: string, eyes: string}>} */
const FACES = {
  dankbar: { mouth: 'M8 13.6c1.6 3 6.4 3 8 0', eyes: 'M7.6 10c.6-1 1.8-1 2.4 0M14 10c.6-1 1.8-1 2.4 0' },
  glücklich: { mouth: 'M7.4 13h9.2c-.4 2.8-2.4 4.2-4.6 4.2S7.8 15.8 7.4 13z', eyes: 'M9 8.8v1.2M15 8.8v1.2' },
  zufrieden: { mouth: 'M8.6 14.2c1.6 1.8 5.2 1.8 6.8 0', eyes: 'M9 9.2v1M15 9.2v1' },
  neutral: { mouth: 'M8.8 14.8h6.4', eyes: 'M9 9.4v.8M15 9.4v.8' },
  nachdenklich: { mouth: 'M9.4 15.4c1.4-.8 3-1 5-.4', eyes: 'M8 9h2.2M14 10v.6M13.8 7.8l2.6.6' },
  traurig: { mouth: 'M8.8 16c1.6-2 4.8-2 6.4 0', eyes: 'M8 10.2c.6.7 1.6.7 2.2 0M13.8 10.2c.6.7 1.6.7 2.2 0' },
  gestresst: {
    mouth: 'M7.8 15.6l1.7-1.6 1.7 1.6 1.7-1.6 1.7 1.6 1.6-1.6',
    eyes: 'M7.8 8.8l2 1.2-2 1.2M16.2 8.8l-2 1.2 2 1.2',
  },
  wütend: {
    mouth: 'M8.6 15.8c1.8-1.6 5-1.6 6.8 0',
    eyes: 'M7.6 8.4l2.8 1.4M16.4 8.4l-2.8 1.4M9.4 10.8v.6M14.6 10.8v.6',
  },
};

/**
 * Whether a diary entry's mood is one that has a face.
 *
 * @param {unknown} mood
 * @returns {mood is string}
 */
export function isMood(mood) {
  return typeof mood === 'string' && Object.hasOwn(FACES, mood);
}

/** Every mood, the lightest first. */
export const MOODS = Object.keys(FACES);

/**
 * A face, hidden from screen readers: the mood's word stands beside it.
 *
 * @param {string} mood
 */
export function face(mood) {
  const { mouth, eyes } = FACES[mood];
  return svg(
    'svg',
    { class: 'face', viewBox: '0 0 24 24', 'aria-hidden': 'true', 'data-mood': mood },
    svg('circle', { class: 'skin', cx: 12, cy: 12, r: 10.5 }),
    svg('path', { d: eyes }),
    svg('path', { d: mouth }),
  );
}
