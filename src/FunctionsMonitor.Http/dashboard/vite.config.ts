import { defineConfig } from 'vite';

export default defineConfig({
  // build.mjs takes the first slash away.
  base: '/dashboard/assets/',
  build: {
    assetsDir: '',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
});
