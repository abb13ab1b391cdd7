/**
 * Where the services are, which collections exist and which pages the navigation shows, as the server tells it.
 *
 * @typedef {object} CollectionConfig
 * @property {string} module
 * @property {string} appId
 * @property {string} table
 * @property {string[]} encryptedFields
 *
 * @typedef {object} PageConfig
 * @property {string} path
 * @property {string} module
 * @property {string} title
 * @property {boolean} navigation
 * @property {boolean} adminsOnly
 *
 * @typedef {object} Config
 * @property {string} authUrl
 * @property {string} syncUrl
 * @property {CollectionConfig[]} collections
 * @property {PageConfig[]} pages
 */

/**
 * @param {PageConfig[]} pages
 * @param {string} module
 * @returns {PageConfig}
 */
export function pageOf(pages, module) {
  const page = pages.find((candidate) => candidate.module === module);
  if (!page) throw new Error(`no page is named ${module}`);
  return page;
}

/** @returns {Promise<Config>} */
export async function loadConfig() {
  const response = await fetch('/config.json');
  if (!response.ok) throw new Error(`/config.json answered ${response.status}`);
  return response.json();
}
