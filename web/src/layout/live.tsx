import { useConnection } from '../client/use-subscription.ts';
import { useWords } from '../language/language.ts';
import { words } from './words.ts';

/** Whether what one sees is being kept up to date. */
export function Live() {
  const say = useWords(words);
  const connection = useConnection();
  if (connection === 'idle') return null;
  const [name, text] =
    connection === 'live'
      ? ['live-on', say.live]
      : connection === 'lost'
        ? ['live-lost', say.lost]
        : ['', say.connecting];
  return (
    <span className={`live ${name}`} role="status">
      {text}
    </span>
  );
}
