import { useSyncExternalStore } from 'react';

/** The part of the address behind `#`, so that an order has a link and the browser's back button works. */
export function useHash(): string {
  return useSyncExternalStore(
    (listener) => {
      addEventListener('hashchange', listener);
      return () => removeEventListener('hashchange', listener);
    },
    () => location.hash.replace(/^#\/?/, ''),
    () => '',
  );
}

/** The order that the address names: `#/orders/<id>`. */
export function orderIn(hash: string): string | null {
  const [noun, id] = hash.split('/');
  if (noun !== 'orders' || !id) return null;
  try {
    return decodeURIComponent(id);
  } catch {
    return null; // a broken escape: nobody's order
  }
}

export function orderLink(id: string): string {
  return `#/orders/${encodeURIComponent(id)}`;
}
