"""Checks the pages of the site: `python tools/check_site.py build/docs`.

Each has a title, a description, links that lead somewhere, and at most 150 kB.
If Chromium is installed, no page is wider than a window of 1280 or 390 pixels.
"""

import functools
import html.parser
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse

MAX_BYTES = 150_000
WIDTHS = 1280, 390
TIMEOUT = 200

# Opens each page in a frame, and posts those that are too wide.
_MEASURE = """<!doctype html><body><script>
(async () => {
  const found = [];
  for (const page of PAGES) {
    const frame = document.createElement('iframe');
    frame.style = 'height: 900px; border: 0';
    frame.src = '/' + page;
    await new Promise(done => {
      frame.onload = done;
      document.body.append(frame);
    });
    for (const width of WIDTHS) {
      frame.style.width = `${width}px`;
      const actual = frame.contentDocument.documentElement.scrollWidth;
      if (actual > width)
        found.push(`${page}: ${actual} px wide at ${width} px`);
    }
    frame.remove();
  }
  fetch('/', {method: 'POST', body: JSON.stringify(found)});
})();
</script></body>"""


class _Page(html.parser.HTMLParser):
  """The links, the anchors and the head of a page."""

  def __init__(self, path):
    super().__init__()
    self.links, self.ids, self.head = [], set(), set()
    self.feed(path.read_text())

  def handle_starttag(self, tag, attrs):
    attrs = dict(attrs)
    self.ids.add(attrs.get('id'))
    self.links += [attrs[x] for x in ('href', 'src') if attrs.get(x)]
    if tag == 'title' or attrs.get('name') == 'description':
      self.head.add(tag)


def _paths(root):
  return [path for path in root.rglob('*.html')
          if path.relative_to(root).parts[0] != '_static']  # Templates.


def problems(root):
  """Returns what is wrong with the files."""
  pages = {path: _Page(path) for path in _paths(root)}
  found = []
  for path, page in pages.items():
    name = path.relative_to(root)
    # The sources of Optax's own modules are as long as they are.
    if path.stat().st_size > MAX_BYTES and name.parts[0] != '_modules':
      found.append(f'{name}: {path.stat().st_size} bytes')
    if page.head != {'title', 'meta'}:
      found.append(f'{name}: no title or no description')
    for link in page.links:
      url = urllib.parse.urlparse(link)
      if url.scheme or url.netloc:
        continue
      target = (path.parent / url.path).resolve() if url.path else path
      anchor = url.fragment
      if not target.exists() or (
          anchor and target in pages and anchor not in pages[target].ids):
        found.append(f'{name}: {link} leads nowhere')
  return found


def too_wide(root, chromium):
  """Returns which pages are wider than a window."""
  pages = [str(x.relative_to(root)) for x in _paths(root)]
  script = _MEASURE.replace('WIDTHS', json.dumps(WIDTHS)).replace(
      'PAGES', json.dumps(pages))
  answers, answered = [], threading.Event()

  class Handler(http.server.SimpleHTTPRequestHandler):

    def do_GET(self):
      if self.path != '/':
        return super().do_GET()
      self.send_response(200)
      self.send_header('Content-Type', 'text/html')
      self.end_headers()
      self.wfile.write(script.encode())

    def do_POST(self):
      answers.extend(json.loads(
          self.rfile.read(int(self.headers['Content-Length']))))
      self.send_response(204)
      self.end_headers()
      answered.set()

    def log_message(self, *args):
      pass

  handler = functools.partial(Handler, directory=root)
  with (http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler) as server,
        tempfile.TemporaryDirectory() as profile):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser = subprocess.Popen(
        [chromium, '--headless', '--no-sandbox', f'--user-data-dir={profile}',
         '--window-size=1400,1000', '--remote-debugging-port=0',
         # Neither fonts nor formulas from elsewhere.
         '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
         f'http://127.0.0.1:{server.server_port}/'],
        stderr=subprocess.DEVNULL)
    try:
      if not answered.wait(TIMEOUT):
        answers.append(f'the browser did not answer in {TIMEOUT} s')
    finally:
      browser.terminate()
      browser.wait()
      server.shutdown()
  return answers


def main():
  root = pathlib.Path(sys.argv[1]).resolve()
  found = problems(root)
  chromium = shutil.which('chromium') or shutil.which('google-chrome')
  if chromium:
    found += too_wide(root, chromium)
  else:
    print('Widths are not checked: there is no chromium on the PATH.')
  print('\n'.join(found) or 'All pages are in order.')
  sys.exit(bool(found))


if __name__ == '__main__':
  main()
