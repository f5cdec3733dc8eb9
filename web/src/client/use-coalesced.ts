import { useCallback, useEffect, useRef } from 'react';

/** The same call, made at once but at most every so many milliseconds; the last one is never lost. */
export function useCoalesced(call: () => void, everyMs: number): () => void {
  const latest = useRef(call);
  latest.current = call;
  const state = useRef<{ timer: ReturnType<typeof setTimeout> | undefined; again: boolean }>({
    timer: undefined,
    again: false,
  });
  useEffect(() => {
    const held = state.current;
    return () => {
      clearTimeout(held.timer);
      held.timer = undefined;
    };
  }, []);
  return useCallback(() => {
    const held = state.current;
    if (held.timer !== undefined) {
      held.again = true;
      return;
    }
    const rest = () => {
      held.timer = setTimeout(() => {
        held.timer = undefined;
        if (!held.again) return;
        held.again = false;
        latest.current();
        rest();
      }, everyMs);
    };
    latest.current();
    rest();
  }, [everyMs]);
}
