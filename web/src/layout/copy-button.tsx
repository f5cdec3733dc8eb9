import { useEffect, useState } from 'react';

/** Copies a text and says so for a moment. */
export function CopyButton({
  text,
  label,
  done,
  failed,
}: {
  text: string;
  label: string;
  done: string;
  failed: string;
}) {
  const [outcome, setOutcome] = useState<'done' | 'failed' | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), 3_000); // 3 seconds: long enough to be read
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () =>
    navigator.clipboard === undefined // only pages of https and of this machine have one
      ? setOutcome('failed')
      : navigator.clipboard.writeText(text).then(
          () => setOutcome('done'),
          () => setOutcome('failed'),
        );
  return (
    <>
      <button type="button" className="button small" onClick={() => void copy()}>
        {label}
      </button>
      <span className="small quiet" role="status">
        {outcome === 'done' ? done : outcome === 'failed' ? failed : ''}
      </span>
    </>
  );
}
