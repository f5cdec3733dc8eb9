import { useEffect, useRef } from 'react';
import type { OrderStatus } from '../client/schema.ts';
import { useWords } from '../language/language.ts';
import { STEPS, stepOf } from './status.ts';
import { words } from './words.ts';
import './steps.css';

/** How far an order has come, from the first step to the last. */
export function Steps({ status, reached }: { status: OrderStatus; reached: OrderStatus[] }) {
  const say = useWords(words);
  const present = useRef<HTMLLIElement>(null);
  const own = stepOf(status);
  // an order on hold or cancelled stands where it was before
  const current = own >= 0 ? own : Math.max(0, ...reached.map(stepOf));
  // on a narrow screen the steps scroll sideways
  useEffect(() => {
    const list = present.current?.parentElement;
    if (list && present.current)
      list.scrollLeft = present.current.offsetLeft - (list.clientWidth - present.current.offsetWidth) / 2;
  }, [current]);
  return (
    <ol className="steps">
      {STEPS.map((step, index) => {
        const shown = index === current && step.includes(status) ? status : step[0]!;
        return (
          <li
            key={step[0]}
            ref={index === current ? present : undefined}
            className={index < current ? 'past' : index === current ? 'present' : 'future'}
            aria-current={index === current ? 'step' : undefined}
          >
            <span>{say[shown]}</span>
          </li>
        );
      })}
    </ol>
  );
}
