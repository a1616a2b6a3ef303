// A text longer than the connection takes would end it, and the text would be gone without a word. It stays in the field, is not sent, and that is said.
(() => {
  const own = document.currentScript.dataset;
  const most = Number(own.most);
  let said = null;

  function forgetGone() {
    if (said && !said.field.isConnected) {
      said.words.remove();
      said = null;
    }
    place();
  }

  // Under its field, without being in the part of the page that Blazor owns.
  function place() {
    if (said) {
      const field = said.field.getBoundingClientRect();
      said.words.style.top = `${field.bottom + window.scrollY + 4}px`;
      said.words.style.left = `${field.left + window.scrollX}px`;
      said.words.style.maxWidth = `${Math.max(field.width, 240)}px`;
    }
  }

  function stay(event) {
    forgetGone();
    const field = event.target;
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) || field.type === 'file') {
      return;
    }
    if (field.value.length <= most) {
      if (said?.field === field) {
        said.words.remove();
        field.removeAttribute('aria-invalid');
        said = null;
      }
      return;
    }
    event.stopImmediatePropagation();
    if (said?.field === field) {
      return;
    }
    said?.words.remove();
    const words = document.createElement('p');
    words.className = 'too-long';
    words.setAttribute('role', 'alert');
    words.textContent = own.words;
    field.setAttribute('aria-invalid', 'true');
    document.body.append(words);
    said = { field, words };
    place();
  }

  new MutationObserver(forgetGone).observe(document.body, { childList: true, subtree: true });
  for (const kind of ['resize', 'scroll']) {
    window.addEventListener(kind, place, { capture: true, passive: true });
  }
  for (const kind of ['input', 'change']) {
    document.addEventListener(kind, stay, { capture: true });
  }
})();
