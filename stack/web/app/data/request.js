/** Requests to the services, and the two ways in which they fail: nobody answered, or the answer is a refusal. */

/** Nobody answered. */
export class Unreachable extends Error {
  name = 'Unreachable';
}

/** The service answered with an error. */
export class Refused extends Error {
  name = 'Refused';

  /**
   * @param {Response} response
   * @param {Record<string, unknown>} body
   */
  constructor(response, body) {
    super(`${response.url} answered ${response.status}: ${body.message ?? body.error ?? 'no reason given'}`);
    this.status = response.status;
    this.code = typeof body.error === 'string' ? body.error : null;
    this.retryAfterSec = Number(body.retryAfterSec ?? response.headers.get('retry-after')) || null;
  }
}

/**
 * `fetch` that throws for every answer but a good one.
 *
 * @param {string} url
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 * @throws {Unreachable | Refused}
 */
export async function request(url, init) {
  let response;
  try {
    response = await fetch(url, init);
  } catch (cause) {
    if (init?.signal?.aborted) throw cause;
    throw new Unreachable(`no answer from ${url}`, { cause });
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  throw new Refused(response, body !== null && typeof body === 'object' ? body : {});
}

/**
 * @param {unknown} body
 * @returns {RequestInit}
 */
export function jsonBody(body) {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}
