import { defineConfig } from 'vite';

export default defineConfig({
  // Relative to the page, which is /dashboard without a slash: it works behind a proxy that adds a prefix.
  base: 'dashboard/assets/',
  build: {
    assetsDir: '',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
});
