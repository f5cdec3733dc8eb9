/**
 * Whether a client has gone. Who sends something on looks at it from time to time; a listener for each request would cost
 * more than the rest of it. An AbortSignal is one.
 */
export interface CallerSignal {
  readonly aborted: boolean;
  /** For who must know at once; not called when it is aborted already. */
  addEventListener(type: 'abort', listener: () => void, options: { once: true }): void;
}

/** Aborted when one of them is. */
export function either(one: CallerSignal, other: CallerSignal): CallerSignal {
  return {
    get aborted() {
      return one.aborted || other.aborted;
    },
    addEventListener(type, listener, options) {
      let told = false;
      const once = () => {
        if (told) return;
        told = true;
        listener();
      };
      one.addEventListener(type, once, options);
      other.addEventListener(type, once, options);
    },
  };
}
