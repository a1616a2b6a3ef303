// Loaded before the first paint. The server has already written the theme of the cookie; this changes it afterwards.
(() => {
  const name = 'setupwizard-theme';
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
  window.setupWizardTheme = (theme) => {
    if (theme === 'light' || theme === 'dark') {
      root.dataset.theme = theme;
      document.cookie = `${name}=${theme}; path=/; max-age=31536000; samesite=strict`;
    }
    return isDark();
  };
})();
