import { defineConfig } from 'vite';

// The built files are committed, so that whoever runs a network needs no Node.js. `outDir` is served by the API host.
// While the page is worked on, `npm run dev` asks a running network for what it shows.
export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: { outDir: '../wwwroot', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 400, modulePreload: { polyfill: false } },
  server: { port: 5173, proxy: { '/api': process.env.DTAO_API ?? 'http://127.0.0.1:30090' } },
});
