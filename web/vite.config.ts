import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compress } from './compress.ts';

const page = (path: string) => fileURLToPath(new URL(`./${path}index.html`, import.meta.url));

/** One HTML document per page under `dist/<page>/`, everything they share under `dist/assets/`. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react(), compress()],
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // Nothing becomes a `data:` URL: a strict Content-Security-Policy can then name 'self' only.
    assetsInlineLimit: 0,
    // The playground's editor and the 3D view load on demand and may be big; the pages themselves must not.
    chunkSizeWarningLimit: 4_000,
    rolldownOptions: {
      // GraphiQL's files carry directives for a compiler of React that has already run
      checks: { moduleLevelDirective: false },
      input: {
        start: page(''),
        shop: page('shop/'),
        seller: page('seller/'),
        operator: page('operator/'),
        partner: page('partner/'),
        playground: page('playground/'),
      },
    },
  },
  // `npm run dev -w web` beside a running platform: pages from Vite, everything else from the gateway.
  server: {
    proxy: {
      '/graphql': { target: 'http://127.0.0.1:4000', ws: true },
      '/uploads': 'http://127.0.0.1:4000',
      '/demo': 'http://127.0.0.1:4000',
    },
  },
});
