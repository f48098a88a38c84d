import { defineConfig } from 'vite';

// The page is served at /graphql and its files below /graphql/assets/ (hub/web/graphiql_page.py).
export default defineConfig({
  base: '/graphql/',
  publicDir: false,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0, // the Content-Security-Policy allows fonts and workers from files only, never from data: addresses
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000, // Monaco is one big piece; it is loaded after the page is drawn
    license: { fileName: 'licenses.md' },
    target: 'es2022',
    rolldownOptions: {
      onLog(level, log, print) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') print(level, log); // "use client" means nothing here
      },
    },
  },
});
