import { useCallback, useState } from 'react';
import { asFailure, type Failure } from './failure.ts';

/** A refusal as the graph types it. */
export interface Refusal {
  code: string;
  message: string;
}

export interface Action<Arguments extends unknown[]> {
  run: (...values: Arguments) => Promise<boolean>;
  busy: boolean;
  /** An expected "no", or a fault; gone when it is tried again. */
  refusal: Refusal | Failure | null;
  clear: () => void;
}

/** Something a person does with a button: one at a time, and what came of it. True when it was done. */
export function useAction<Arguments extends unknown[]>(
  act: (...values: Arguments) => Promise<Refusal | null | undefined>,
): Action<Arguments> {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | Failure | null>(null);
  const run = useCallback(
    async (...values: Arguments) => {
      setBusy(true);
      setRefusal(null);
      try {
        const refused = (await act(...values)) ?? null;
        setRefusal(refused);
        return refused === null;
      } catch (error) {
        setRefusal(asFailure(error));
        return false;
      } finally {
        setBusy(false);
      }
    },
    [act],
  );
  return { run, busy, refusal, clear: useCallback(() => setRefusal(null), []) };
}

/** The refusal of a mutation's answer `{ result }`, null when it was granted. */
export function refusalOf(data: { result: { __typename: string } }): Refusal | null {
  return data.result.__typename === 'Refusal' ? (data.result as unknown as Refusal) : null;
}
