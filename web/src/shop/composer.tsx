import { useEffect, useId, useRef, useState } from 'react';
import { asFailure, type Failure } from '../client/failure.ts';
import type { Refusal } from '../client/use-action.ts';
import { useWords } from '../language/language.ts';
import { orderLink } from '../layout/hash.ts';
import { Notice, Trouble } from '../layout/notice.tsx';
import { ModelError, type ModelProblem } from '../model-view/mesh.ts';
import { ModelView } from '../model-view/model-view.tsx';
import { openModel, type ShownModel } from '../model-view/open-model.ts';
import { words as modelWords } from '../model-view/words.ts';
import { useCatalogue } from '../order/catalogue.ts';
import { words as orderWords } from '../order/words.ts';
import { useSession } from '../session/session.ts';
import { SignIn } from '../session/sign-in.tsx';
import { DropZone } from './drop-zone.tsx';
import { rememberFresh } from './fresh-orders.ts';
import { type PlacingStep, placeOrder } from './place-order.ts';
import { UploadError } from './put-bytes.ts';
import { words } from './words.ts';

/** A model, how it should be made, and the button that asks for its price. */
export function Composer() {
  const say = useWords(words);
  const { token } = useSession();
  const { data, failure, reload } = useCatalogue();
  const [file, setFile] = useState<File | null>(null);
  const { model, problem, reading } = useLocalModel(file);
  const [alloy, setAlloy] = useState('SILVER_925');
  const [finish, setFinish] = useState('POLISHED');
  const [quantity, setQuantity] = useState('1');
  const [signingIn, setSigningIn] = useState(false);
  const placing = usePlacing();

  const place = () => {
    if (token === null) return setSigningIn(true);
    if (file !== null) void placing.run(file, model, { alloy, finish, quantity: Number(quantity) });
  };
  const busy = placing.step !== null;

  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        place();
      }}
    >
      <section className="card" aria-label={say.file}>
        <DropZone filename={file?.name ?? null} disabled={busy} onFile={setFile}>
          {model && <ModelView model={model} alloy={alloy} />}
          {reading && <Reading />}
          {problem && <Unreadable problem={problem} />}
        </DropZone>
      </section>
      <section className="card stack" aria-label={say.wish}>
        <h2>{say.wish}</h2>
        <Trouble what={data === null ? failure : null} retry={reload} />
        <Choice kind="alloy" items={data?.catalogue.alloys} value={alloy} onChange={setAlloy} />
        <Choice kind="finish" items={data?.catalogue.finishes} value={finish} onChange={setFinish} />
        <Quantity value={quantity} onChange={setQuantity} />
        <Trouble what={placing.trouble} />
        {placing.step && <Placing step={placing.step} stop={placing.stop} />}
        <div className="buttons">
          <button
            type="submit"
            className="button primary"
            disabled={busy || file === null || file.size === 0 || data === null}
          >
            {token === null ? say.signInFirst : say.getPrice}
          </button>
        </div>
      </section>
      {signingIn && <SignIn onClose={() => setSigningIn(false)} />}
    </form>
  );
}

function useLocalModel(file: File | null) {
  const [state, setState] = useState<{
    of: File | null;
    model: ShownModel | null;
    problem: ModelProblem | null;
  }>({ of: null, model: null, problem: null });
  useEffect(() => {
    if (file === null) return;
    const abort = new AbortController();
    openModel(file, abort.signal).then(
      (model) => setState({ of: file, model, problem: null }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setState({ of: file, model: null, problem: error instanceof ModelError ? error.problem : 'DAMAGED' });
      },
    );
    return () => abort.abort();
  }, [file]);
  const current = state.of === file;
  return {
    model: current ? state.model : null,
    problem: current ? state.problem : null,
    reading: file !== null && !current,
  };
}

function usePlacing() {
  const say = useWords(words);
  const [step, setStep] = useState<PlacingStep | null>(null);
  const [trouble, setTrouble] = useState<Refusal | Failure | null>(null);
  const abort = useRef<AbortController | null>(null);
  // leaving the page stops what is under way
  useEffect(() => () => abort.current?.abort(), []);
  const run = async (
    file: File,
    model: ShownModel | null,
    wish: { alloy: string; finish: string; quantity: number },
  ) => {
    abort.current = new AbortController();
    setTrouble(null);
    try {
      const placed = await placeOrder(file, wish, setStep, abort.current.signal);
      if (!('orderId' in placed)) return setTrouble(placed);
      rememberFresh(placed.orderId, model);
      location.hash = orderLink(placed.orderId);
    } catch (error) {
      setTrouble(
        abort.current.signal.aborted ? { code: 'STOPPED', message: say.uploadStopped } : inWords(error),
      );
    } finally {
      setStep(null);
    }
  };
  const inWords = (error: unknown): Refusal | Failure => {
    if (!(error instanceof UploadError)) return asFailure(error);
    const message = error.status === 0 ? say.uploadLost : say.uploadFailed(error.status);
    return { code: 'UPLOAD', message };
  };
  return { step, trouble, run, stop: () => abort.current?.abort() };
}

function Reading() {
  const say = useWords(modelWords);
  return (
    <p role="status" className="quiet">
      {say.reading}
    </p>
  );
}

function Unreadable({ problem }: { problem: ModelProblem }) {
  const say = useWords(words);
  const names = useWords(modelWords);
  return (
    <Notice tone={problem === 'CANNOT_BE_SHOWN' || problem === 'TOO_LARGE' ? 'warn' : 'bad'}>
      <p>{names[problem]}</p>
      {problem !== 'EMPTY' && <p className="small">{say.sendAnyway}</p>}
    </Notice>
  );
}

function Choice({
  kind,
  items,
  value,
  onChange,
}: {
  kind: 'alloy' | 'finish';
  items: { code: string; label: string }[] | undefined;
  value: string;
  onChange: (code: string) => void;
}) {
  const say = useWords(orderWords);
  const field = useId();
  return (
    <div className="field">
      <label htmlFor={field}>{say[kind]}</label>
      <select
        id={field}
        value={value}
        disabled={items === undefined}
        onChange={(event) => onChange(event.target.value)}
      >
        {items === undefined && <option value={value}>…</option>}
        {items?.map((item) => (
          <option key={item.code} value={item.code}>
            {item.label}
          </option>
        ))}
      </select>
    </div>
  );
}

function Quantity({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const say = useWords(words);
  const field = useId();
  return (
    <div className="field">
      <label htmlFor={field}>{say.quantity}</label>
      <input
        id={field}
        type="number"
        inputMode="numeric"
        min={1}
        max={1000}
        step={1}
        required
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

function Placing({ step, stop }: { step: PlacingStep; stop: () => void }) {
  const say = useWords(words);
  const percent = step.step === 'UPLOADING' ? Math.round(step.share * 100) : null;
  const text =
    step.step === 'ANNOUNCING' ? say.announcing : percent !== null ? say.uploading(percent) : say.ordering;
  return (
    <div className="stack tight">
      <div className="row apart">
        <span className="number">{text}</span>
        <button type="button" className="button plain small" onClick={stop}>
          {say.stop}
        </button>
      </div>
      <progress aria-label={text} max={100} value={percent ?? undefined} />
    </div>
  );
}
