import { type ReactNode, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { chooseLanguage, useLanguage, useWords } from '../language/language.ts';
import { ViewerProvider } from '../session/viewer.tsx';
import { Who } from '../session/who.tsx';
import { words } from './words.ts';
import './theme.css';
import './controls.css';
import './page.css';

export const PAGES = ['shop', 'seller', 'operator', 'partner', 'playground'] as const;
export type PageName = (typeof PAGES)[number];

/** What every page stands in: brand, the other pages, language, who is signed in. */
export function Page({
  name,
  title,
  children,
  wide = false,
}: {
  name: PageName | 'start';
  title: string;
  children: ReactNode;
  /** The content brings its own layout and fills the window. */
  wide?: boolean;
}) {
  const say = useWords(words);
  const language = useLanguage();
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = title === 'Alexandrite' ? title : `${title} · Alexandrite`;
  }, [language, title]);
  return (
    <>
      <button type="button" className="skip button" onClick={focusMain}>
        {say.skip}
      </button>
      <header className="page-header">
        <div>
          <a className="brand" href="/" aria-label={say.home}>
            <img src="/favicon.svg" alt="" width="27" height="27" />
            Alexandrite
          </a>
          <nav aria-label={say.pages}>
            {PAGES.map((page) => (
              <a key={page} href={`/${page}`} aria-current={page === name ? 'page' : undefined}>
                {say[page]}
              </a>
            ))}
          </nav>
          <fieldset className="languages" aria-label={say.language}>
            {(['ru', 'en'] as const).map((choice) => (
              <button
                key={choice}
                type="button"
                lang={choice}
                title={choice === 'ru' ? 'Русский' : 'English'}
                aria-pressed={language === choice}
                onClick={() => chooseLanguage(choice)}
              >
                {choice.toUpperCase()}
              </button>
            ))}
          </fieldset>
          <Who />
        </div>
      </header>
      {wide ? (
        children
      ) : (
        <>
          <main id="main" tabIndex={-1}>
            {children}
          </main>
          <footer className="page-footer">
            <div>{say.footer}</div>
          </footer>
        </>
      )}
    </>
  );
}

/** No link to `#main`: the address behind `#` names the order that is shown. */
function focusMain(): void {
  document.getElementById('main')?.focus();
}

export function show(page: ReactNode): void {
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <ViewerProvider>{page}</ViewerProvider>
    </StrictMode>,
  );
}
