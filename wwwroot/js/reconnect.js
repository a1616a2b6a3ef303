// Shows the dialog while the server cannot be reached, and comes back by itself. Works with clients that mark the dialog with a class
// and with clients that raise an event.
const dialog = document.getElementById('components-reconnect-modal');
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
let state = '';
let away = false;
let waiting = false;

// Whether a wizard is there, and whether it is the one this page belongs to: a new one does not know the page's key.
async function ask() {
  let key = '';
  try {
    key = localStorage.getItem('setupwizard-key') ?? '';
  } catch {
    // Without it, that somebody answers is all that can be told.
  }
  try {
    const answer = await fetch('/key', { cache: 'no-store', signal: AbortSignal.timeout(3000), headers: { Authorization: `Bearer ${key}` } });
    return answer.status === 401 ? 'restarted' : answer.ok ? 'there' : 'away';
  } catch {
    return 'away';
  }
}

// What is said: while nobody answers, that, whatever the client is trying.
function say() {
  const said = away && state !== 'restarted' && state !== 'hide' ? 'failed' : state;
  dialog.dataset.state = said;
  dialog.setAttribute('aria-labelledby', said === 'failed' || said === 'restarted' ? `reconnect-${said}` : 'reconnect-trying');
}

// A new wizard that lets everybody in gives this page again; one that wants its own address opened says so. Asked without cookies: half of a pass would come with
// the answer, the other half, which only a page that is opened keeps, would be lost, and the way to this page with it.
async function restarted() {
  try {
    const page = await fetch(location.href, { cache: 'no-store', credentials: 'omit', headers: { Accept: 'text/html' } });
    if (page.ok) {
      location.reload();
      return;
    }
  } catch {
    // Gone again; what is so is said all the same.
  }
  state = 'restarted';
  say();
}

// Says what is so as soon as the connection is gone, and not after the last try.
async function look() {
  while (dialog.open && state !== 'restarted') {
    const found = await ask();
    if (!dialog.open) {
      return;
    }
    if (found === 'restarted') {
      await restarted();
      return;
    }
    away = found === 'away';
    say();
    await pause(1500);
  }
}

async function comeBack() {
  if (waiting) {
    return;
  }
  waiting = true;
  let found = await ask();
  while (found === 'away') {
    await pause(1500);
    found = await ask();
  }
  waiting = false;
  if (found === 'restarted') {
    return;
  }
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
  if (next === state || (state === 'restarted' && next !== 'hide')) {
    return;
  }
  state = next;
  away = away && next !== 'hide';
  say();
  document.documentElement.toggleAttribute('data-lost', next !== 'hide');
  if (next === 'hide') {
    dialog.close();
  } else if (next === 'rejected') {
    location.reload();
  } else if (!dialog.open) {
    dialog.showModal();
    look();
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
