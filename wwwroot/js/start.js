// Starts the pages' connection. The key is what this address' own pages keep; a server on another port of this machine gets our cookies, but not this.
(() => {
  const own = document.currentScript.dataset;
  let key = '';
  try {
    key = localStorage.getItem('setupwizard-key') ?? '';
  } catch {
    // A browser that keeps nothing keeps no cookie either, and was not let in.
  }
  if (own.key === 'needed' && !key) {
    location.replace('/token');
    return;
  }
  Blazor.start({ circuit: { configureSignalR: (builder) => builder.withUrl('_blazor', { accessTokenFactory: () => key }) } });
})();
