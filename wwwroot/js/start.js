// Starts the pages' connection. The key is what this address' own pages keep; a server on another port of this machine gets our cookies, but not this.
(() => {
  const name = 'setupwizard-key';
  const ask = () => location.replace('/token');
  let key = '';
  try {
    key = localStorage.getItem(name) ?? '';
  } catch {
    // A browser that keeps nothing keeps no cookie either, and was not let in.
  }
  if (!key) {
    ask();
    return;
  }
  Blazor.start({ circuit: { configureSignalR: (builder) => builder.withUrl('_blazor', { accessTokenFactory: () => key }) } });

  // A key of another time does not open: then the terminal has the address of now.
  fetch('/key', { headers: { Authorization: `Bearer ${key}` } }).then((answer) => {
    if (answer.status === 401) {
      localStorage.removeItem(name);
      ask();
    }
  }, () => {});
})();
