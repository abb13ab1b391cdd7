/** The `data-testid` values of the pages. Their home is `stack_api::test_ids`; a test of the server holds this copy to it. */

export const LIVE_TIME = 'live-time';
export const PAGE = 'page';
export const GREETING = 'greeting';
export const CARD = 'card';
export const TASK = 'task';
export const NOTE = 'note';
export const JOURNAL_ENTRY = 'journal-entry';
export const HABIT = 'habit';
export const EVENT = 'event';
export const CONTACT = 'contact';
export const MOOD = 'mood';
export const ARTICLE = 'article';
export const GOAL = 'goal';
export const INVOICE = 'invoice';
export const PERSONA = 'persona';
export const EMPTY = 'empty';
export const SIGN_IN = 'sign-in';
export const SIGN_IN_ERROR = 'sign-in-error';
