import { useWords } from '../language/language.ts';
import { PAGES, Page, show } from '../layout/page.tsx';
import { words as pageWords } from '../layout/words.ts';
import { SessionEnded } from '../session/needs-role.tsx';
import { words } from './words.ts';
import './start.css';

/** Chooses among the pages. */
function Start() {
  const say = useWords(words);
  const pages = useWords(pageWords);
  return (
    <Page name="start" title="Alexandrite">
      <div className="hero">
        <Gem />
        <div className="intro">
          <h1>{say.title}</h1>
          <p>{say.intro}</p>
        </div>
      </div>
      <SessionEnded />
      <h2 className="hidden-visually">{say.choose}</h2>
      <ul className="choices">
        {PAGES.map((page) => (
          <li key={page}>
            <a className="card choice" href={`/${page}`}>
              <h3>{pages[page]}</h3>
              <p className="quiet">{say[page]}</p>
              <span className="go" aria-hidden="true">
                {say.open} →
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Page>
  );
}

/** The stone that the house is named after: green by day, violet by lamplight. */
function Gem() {
  return (
    <svg className="gem" viewBox="0 0 200 180" aria-hidden="true">
      <defs>
        <linearGradient id="stone" x1="0" y1="0" x2="1" y2="1">
          <stop offset="0" stopColor="#128a6d" />
          <stop offset=".5" stopColor="#35518f" />
          <stop offset="1" stopColor="#8a34b0" />
        </linearGradient>
      </defs>
      <path d="M60 8h80l52 56-92 108L8 64z" fill="url(#stone)" />
      <g fill="#fff">
        <path d="M60 8L48 64H8z" opacity=".18" />
        <path d="M60 8l40 56-52 0z" opacity=".32" />
        <path d="M60 8h80l-40 56z" opacity=".12" />
        <path d="M140 8l12 56h-52z" opacity=".24" />
        <path d="M140 8l52 56h-40z" opacity=".08" />
        <path d="M48 64h52v108z" opacity=".14" />
        <path d="M8 64h40l52 108z" opacity=".05" />
        <path d="M152 64h40l-92 108z" opacity=".1" />
      </g>
    </svg>
  );
}

show(<Start />);
