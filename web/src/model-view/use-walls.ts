import { useEffect, useState } from 'react';
import type { ShownModel } from './open-model.ts';
import type { PaintedWalls } from './paint-walls.ts';
import { paintedWalls, type WallsSource } from './walls-of-model.ts';

export interface Walls {
  wanted: boolean;
  painted: PaintedWalls | null;
  problem: boolean;
  toggle: () => void;
}

/** The walls of a model once somebody wants to see them, and until they do not. */
export function useWalls(model: ShownModel, source: WallsSource | null): Walls {
  const [wanted, setWanted] = useState(false);
  const [state, setState] = useState<{ of: string; painted: PaintedWalls | null } | null>(null);
  const id = source?.id ?? null;
  useEffect(() => {
    if (!wanted || source === null) return;
    const abort = new AbortController();
    paintedWalls(model, source, abort.signal).then(
      (painted) => setState({ of: source.id, painted }),
      () => {
        if (!abort.signal.aborted) setState({ of: source.id, painted: null });
      },
    );
    return () => {
      abort.abort();
      setState(null);
    };
    // `source` is made anew with every answer, and says the same as long as its id does
  }, [wanted, model, id]);
  const current = wanted && state !== null && state.of === id ? state : null;
  return {
    wanted: wanted && source !== null,
    painted: current?.painted ?? null,
    problem: current !== null && current.painted === null,
    toggle: () => setWanted((before) => !before),
  };
}
