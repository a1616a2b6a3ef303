// What pages ask of the browser. Every function answers, so that a caller knows when it is done.

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No clipboard without a secure context: fall back to a selection.
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    area.style.opacity = '0';
    const dialog = document.querySelector('dialog[open]') ?? document.body;
    const before = document.activeElement;
    dialog.append(area);
    area.select();
    let done = false;
    try {
      done = document.execCommand('copy');
    } catch {
      done = false;
    }
    area.remove();
    before?.focus?.();
    return done;
  }
}

export function focus(selector) {
  const target = document.querySelector(selector);
  if (!target) {
    return false;
  }
  if (target.tabIndex < 0 && !target.hasAttribute('tabindex')) {
    target.tabIndex = -1;
  }
  target.focus({ preventScroll: true });
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  target.scrollIntoView({ block: 'start', behavior: calm ? 'auto' : 'smooth' });
  return true;
}

export function enter(drawing) {
  const target = document.querySelector(`${drawing} .spot.now :is(input, select, button)`);
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: 'nearest' });
  return !!target;
}

export async function download(fileName, stream) {
  const url = URL.createObjectURL(new Blob([await stream.arrayBuffer()]));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
  return true;
}

export function timeZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? null;
}

export function theme(name) {
  return window.setupWizardTheme(name);
}

export async function signOut() {
  const key = localStorage.getItem('setupwizard-key');
  const answer = await fetch('/sign-out', { method: 'POST', headers: { Authorization: `Bearer ${key}` } });
  if (!answer.ok && answer.status !== 401) {
    return false;
  }
  localStorage.removeItem('setupwizard-key');
  location.replace('/?out');
  return true;
}

export function print() {
  window.print();
  return true;
}

const warn = (event) => event.preventDefault();

export function guard(on) {
  if (on) {
    window.addEventListener('beforeunload', warn);
  } else {
    window.removeEventListener('beforeunload', warn);
  }
  return true;
}
