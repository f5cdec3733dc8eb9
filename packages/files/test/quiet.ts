/** A log for tests in which the server goes away on purpose. */
export const quiet = { info: () => {}, warn: () => {}, error: () => {} };
