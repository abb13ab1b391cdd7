/**
 * Which modules somebody uses. Pure.
 *
 * @import { Library } from './library.js'
 */

/**
 * The modules that hold something, then the others; both in the order given, so that using one more moves little.
 *
 * @param {string[]} modules
 * @param {Pick<Library, 'items'>} library
 * @returns {string[]}
 */
export function inUseFirst(modules, library) {
  const used = modules.filter((module) => library.items(module).length > 0);
  return [...used, ...modules.filter((module) => !used.includes(module))];
}
