import { Component, lazy, type ReactNode, Suspense } from 'react';
import { useWords } from '../language/language.ts';
import { Notice } from '../layout/notice.tsx';
import { Page, show } from '../layout/page.tsx';
import { SessionEnded } from '../session/needs-role.tsx';
import { words } from './words.ts';
import './playground.css';

const Editor = lazy(() => import('./editor.tsx'));

/** The whole graph by hand. The editor is large, so the frame stands before it has come. */
function Playground() {
  const say = useWords(words);
  return (
    <Page name="playground" title={say.title} wide>
      <SessionEnded />
      <main id="main" className="playground" tabIndex={-1} aria-label={say.title}>
        <Fallback text={say.broken}>
          <Suspense fallback={<p role="status">{say.loading}</p>}>
            <Editor />
          </Suspense>
        </Fallback>
      </main>
    </Page>
  );
}

/** Says so when the editor cannot be loaded, instead of an empty page. */
class Fallback extends Component<{ text: string; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Notice tone="bad">{this.props.text}</Notice> : this.props.children;
  }
}

show(<Playground />);
