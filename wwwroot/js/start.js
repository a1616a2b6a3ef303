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
  keepWhatCameEarly();
  // Tries again at once and then less and less often; not at all once reconnect.js knows that another wizard is there, which this page is nothing to.
  const dialog = document.getElementById('components-reconnect-modal');
  const interval = (tries) => (dialog?.dataset.state === 'restarted' ? null : Math.min(500 * tries, 5000));
  Blazor.start({
    circuit: {
      configureSignalR: (builder) => builder.withUrl('_blazor', { accessTokenFactory: () => key }),
      reconnectionOptions: { retryIntervalMilliseconds: interval },
    },
  });

  // A key of another time does not open: then the terminal has the address of now.
  fetch('/key', { headers: { Authorization: `Bearer ${key}` } }).then((answer) => {
    if (answer.status === 401) {
      localStorage.removeItem(name);
      ask();
    }
  }, () => {});

  // The first pages are there before their connection. What is typed, where the focus is and what is pressed until then is carried over when the connection has drawn the page anew.
  function keepWhatCameEarly() {
    const first = document.querySelector('main');
    if (!first) {
      return;
    }
    const typed = new Map();
    let pressed = null;
    let focused = '';
    const buttons = () => [...document.querySelectorAll('button')];
    const onInput = (event) => event.target.id && typed.set(event.target.id, { value: event.target.value, checked: event.target.checked });
    const onFocus = (event) => { focused = event.target.id; };
    const onClick = (event) => {
      const button = event.target.closest('button');
      pressed = button ? { at: buttons().indexOf(button), says: button.textContent } : pressed;
    };
    document.addEventListener('input', onInput, true);
    document.addEventListener('click', onClick, true);
    document.addEventListener('focusin', onFocus, true);
    new MutationObserver((_, observer) => {
      const now = document.querySelector('main');
      if (!now || now === first) {
        return;
      }
      observer.disconnect();
      document.removeEventListener('input', onInput, true);
      document.removeEventListener('click', onClick, true);
      document.removeEventListener('focusin', onFocus, true);
      for (const [id, { value, checked }] of typed) {
        const field = document.getElementById(id);
        if (field) {
          field.value = value;
          field.checked = checked;
          field.dispatchEvent(new Event('input', { bubbles: true }));
          field.dispatchEvent(new Event('change', { bubbles: true }));
        }
      }

      // A new page begins at its heading; somebody who is typing already has begun elsewhere.
      const field = focused && document.getElementById(focused);
      if (field) {
        field.focus();
        document.addEventListener('focusin', (event) => event.target.matches('h1') && field.focus(), { once: true });
      }
      const button = pressed && buttons()[pressed.at];
      if (button?.textContent === pressed?.says) {
        button?.click();
      }
    }).observe(document.body, { childList: true, subtree: true });
  }
})();
