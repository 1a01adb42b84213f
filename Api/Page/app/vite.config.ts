import { readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';
import manifest from './package.json' with { type: 'json' };

/** What is bundled keeps its licence beside it. */
const licences: Plugin = {
  name: 'licences',
  generateBundle() {
    const texts = Object.entries(manifest.dependencies).map(([name, version]) => `${name} ${version}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8').trim()}\n`);
    this.emitFile({ type: 'asset', fileName: 'licences.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
  },
};

// The built files are committed, so that whoever runs a network needs no Node.js. `outDir` is served by the API host.
// While the page is worked on, `npm run dev` asks a running network for what it shows.
export default defineConfig({
  plugins: [licences],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: { outDir: '../wwwroot', emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 400, modulePreload: { polyfill: false } },
  server: { port: 5173, proxy: { '/api': process.env.DTAO_API ?? 'http://127.0.0.1:30090' } },
});
