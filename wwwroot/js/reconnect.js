// Shows the dialog while the server cannot be reached, and comes back by itself. Works with clients that mark the dialog with a class
// and with clients that raise an event.
const dialog = document.getElementById('components-reconnect-modal');
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
let state = '';
let waiting = false;

async function serverAnswers() {
  try {
    const answer = await fetch('healthz', { cache: 'no-store', signal: AbortSignal.timeout(3000) });
    return answer.ok;
  } catch {
    return false;
  }
}

async function comeBack() {
  if (waiting) {
    return;
  }
  waiting = true;
  while (!(await serverAnswers())) {
    await pause(1500);
  }
  waiting = false;
  try {
    if (await Blazor.reconnect()) {
      return;
    }
  } catch {
    // The server is a new one and does not know this page.
  }
  location.reload();
}

function enter(next) {
  if (next === state) {
    return;
  }
  state = next;
  dialog.dataset.state = next;
  if (next === 'hide') {
    dialog.close();
  } else if (next === 'rejected') {
    location.reload();
  } else if (!dialog.open) {
    dialog.showModal();
  }
  if (next === 'failed') {
    comeBack();
  }
}

if (dialog) {
  const prefix = 'components-reconnect-';
  const known = ['show', 'hide', 'retrying', 'failed', 'rejected'];
  const read = () => {
    const mark = [...dialog.classList].find((c) => c.startsWith(prefix) && known.includes(c.slice(prefix.length)));
    if (mark) {
      enter(mark.slice(prefix.length));
    }
  };
  new MutationObserver(read).observe(dialog, { attributes: true, attributeFilter: ['class'] });
  dialog.addEventListener('components-reconnect-state-changed', (event) => enter(event.detail.state));
  dialog.querySelector('[data-reload]').addEventListener('click', () => location.reload());
  dialog.addEventListener('cancel', (event) => event.preventDefault());
}
