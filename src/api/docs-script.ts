/**
 * The reference page's own script: search, light or dark, and trying a call out. The page can be read without it. The key is
 * kept in the page alone, never stored, and sent to this server only.
 */
export const docsScript = `
'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const calls = [...document.querySelectorAll('details.call')];

  byId('page-search').addEventListener('input', ({ target }) => {
    const words = target.value.toLowerCase().split(/\\s+/).filter(Boolean);
    for (const call of calls) {
      call.hidden = !words.every((word) => call.dataset.words.includes(word));
      const link = document.querySelector('nav a[href="#' + call.id + '"]');
      if (link) link.hidden = call.hidden;
    }
    for (const room of document.querySelectorAll('[data-room]')) {
      room.hidden = !calls.some((call) => !call.hidden && call.dataset.in === room.dataset.room);
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || /INPUT|TEXTAREA/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    byId('page-search').focus();
  });

  byId('page-look').addEventListener('click', () => {
    const root = document.documentElement;
    const isDark = root.dataset.look ? root.dataset.look === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.look = isDark ? 'light' : 'dark';
  });

  function openNamed() {
    const call = location.hash === '' ? null : byId(decodeURIComponent(location.hash.slice(1)));
    if (call && call.matches('details.call')) call.open = true;
  }
  addEventListener('hashchange', openNamed);
  openNamed();

  for (const form of document.querySelectorAll('form')) {
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const output = form.querySelector('output');
      output.textContent = '...';
      try {
        await send(form, output);
      } catch (error) {
        output.textContent = String(error);
      }
    });
  }

  async function send(form, output) {
    let path = form.dataset.path;
    const query = new URLSearchParams();
    const headers = {};
    if (byId('page-key').value.trim() !== '') headers.Authorization = 'Bearer ' + byId('page-key').value.trim();
    for (const field of form.querySelectorAll('[data-place]')) {
      const value = field.value.trim();
      if (field.dataset.place === 'path') path = path.replace('{' + field.name + '}', encodeURIComponent(value));
      else if (value === '') continue;
      else if (field.dataset.place === 'query') query.append(field.name, value);
      else headers[field.name] = value;
    }
    const text = form.querySelector('textarea');
    const body = text && text.value.trim() !== '' ? text.value : undefined;
    if (body !== undefined) headers['Content-Type'] = text.dataset.type;
    const start = performance.now();
    const response = await fetch(path + (query.size > 0 ? '?' + query : ''), { method: form.dataset.method, headers, body });
    const head = response.status + ' ' + response.statusText + ', ' + Math.round(performance.now() - start) + ' ms\\n\\n';
    let answer = '';
    // Shown as it comes: a stream has no end.
    for await (const part of chunksOf(response)) {
      answer += part;
      output.textContent = head + answer;
      if (answer.length > 200000) break;
    }
    try {
      answer = JSON.stringify(JSON.parse(answer), null, 2);
    } catch {}
    output.textContent = head + answer;
  }

  async function* chunksOf(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    } finally {
      await reader.cancel();
    }
  }
})();
`;
