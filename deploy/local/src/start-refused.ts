/** Said in one line: there is nothing wrong with the platform, only with where or how it was to start. */
export class StartRefused extends Error {}
