import { defineConfig } from 'vite';
import react from '@vitejs/plugin-react';

// In development the API lives on another port; everything else is served by vite.
const server = process.env.GUILDHALL_DEV_SERVER ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    // The page runs under a strict content security policy: nothing may be inlined as data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    // The tables of emoji are large, and loaded only when somebody looks for one.
    chunkSizeWarningLimit: 1000,
  },
  server: {
    proxy: {
      '/api': { target: server },
      '/gateway': { target: server, ws: true },
      '/avatars': { target: server },
      '/icons': { target: server },
      '/emojis': { target: server },
    },
  },
});
