// Loaded before the first paint. The server has already chosen the style sheets from the cookie; this keeps them in step afterwards.
(() => {
  const name = 'setupwizard-theme';
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
  window.setupWizardTheme = (theme) => {
    if (theme === 'light' || theme === 'dark') {
      root.dataset.theme = theme;
      for (const link of document.querySelectorAll('link[data-theme-link]')) {
        link.media = link.dataset.themeLink === theme ? 'all' : 'not all';
      }
      document.cookie = `${name}=${theme}; path=/; max-age=31536000; samesite=strict`;
    }
    return isDark();
  };
})();
