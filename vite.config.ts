/** The console (src/console) as the gateway serves it: hashed files below /console/assets, a nonce where style needs one. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'src/console',
  base: '/console/',
  plugins: [react()],
  // src/gateway/console-pages.ts puts a new nonce in its place in every answer.
  html: { cspNonce: 'PRIVITY_NONCE' },
  build: {
    outDir: '../../dist/console',
    emptyOutDir: true,
    target: 'es2023',
    // Data URLs are for images alone (the content policy).
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
  },
});
